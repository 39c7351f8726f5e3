"""The district writes rules: a report at night goes elsewhere, says why, and whoever asks “why here” hears the same."""

from pathlib import Path

import pytest

from tests.importing.desk import Desk
from tests.importing.test_rules import HEAD
from tests.service import Service
from tests.world import (
    AT_DESERTED,
    AT_HOME,
    AT_XIMA_HOME,
    BUILDING,
    CENTRAL,
    EMPTY_BUILDING,
    GRID_A,
    GRID_B,
    HOME,
    IN_GRID_A_ONLY,
    NANHU,
    NEAR_GRID_B,
)

LAMP, COVER = "LL0107", "BJ0123"
NIGHT = f"R-night,10,{GRID_A},LL0107,,,,,,,22:00-06:00,holder,seat:{CENTRAL},"


class District:
    """The service, and the desk at which the district imports its rules at the same moment."""

    def __init__(self, service: Service, folder: Path):
        self.service = service
        self._desk = Desk(service.engine, folder)

    def rules(self, *lines: str) -> None:
        self._desk.now = self.service.clock()
        said = self._desk.run("rules", self._desk.csv("rules.csv", HEAD, *lines), "--apply")
        assert said.code == 0, said.text


@pytest.fixture
def district(service: Service, tmp_path: Path) -> District:
    return District(service, tmp_path)


def where(point: tuple[float, float]) -> dict[str, object]:
    return {"lng": point[0], "lat": point[1], "coord_type": "wgs84"}


def test_a_lamp_at_night_goes_where_the_rule_says_and_by_day_as_ever(district: District) -> None:
    service = district.service
    district.rules(NIGHT)
    resident = service.as_("resident")

    by_day = resident.report(AT_HOME, category=LAMP)
    service.at("2026-09-07 23:30")
    night = resident.report(AT_HOME, category=LAMP)

    assert by_day["holder"]["area_code"] == HOME
    assert night["holder"]["area_code"] == CENTRAL
    assert [hop["holder"]["area_code"] for hop in night["hops"]] == [GRID_A, CENTRAL]
    assert night["accountable"]["area_code"] == GRID_A
    assert "按派单规则R-night由" in night["reason"]

    grid = service.seat(GRID_A)
    looked = {
        number: grid.ticket(number)["hops"][-1]["considered"][0]["rules"]
        for number in (by_day["number"], night["number"])
    }
    assert [(one["code"], one["version"], one["outcome"]) for one in looked[night["number"]]] == [
        ("R-night", 1, "applied")
    ]
    assert [(one["outcome"], one["text"]) for one in looked[by_day["number"]]] == [("hours", "不在规定的时段")]
    assert resident.ticket(night["number"])["hops"][-1]["considered"] == [], "for staff only"


def test_a_later_version_changes_only_what_comes_later(district: District) -> None:
    service = district.service
    service.at("2026-09-07 23:00")
    district.rules(NIGHT)
    resident = service.as_("resident")
    first = resident.report(AT_HOME, category=LAMP)["number"]
    district.rules(NIGHT.replace(f"seat:{CENTRAL}", f"seat:{NANHU}"))

    assert resident.report(AT_HOME, category=LAMP)["holder"]["area_code"] == NANHU
    assert resident.ticket(first)["holder"]["area_code"] == CENTRAL
    listed = service.as_("district").get("/routing/rules").json["items"]
    assert [(one["code"], one["version"], one["target"], one["in_force"]) for one in listed] == [
        ("R-night", 1, f"seat:{CENTRAL}", False),
        ("R-night", 2, f"seat:{NANHU}", True),
    ]
    assert listed[0]["area_code"] == GRID_A


def test_a_rule_that_cannot_be_applied_is_said_and_counted_and_the_next_one_holds(district: District) -> None:
    service = district.service
    district.rules(
        f"R1,10,,LL0107,,,,,,,,holder,seat:{EMPTY_BUILDING},", f"R2,20,,LL0107,,,,,,,,holder,seat:{BUILDING},"
    )
    ticket = service.as_("resident").report(AT_DESERTED, category=LAMP)

    assert ticket["holder"]["area_code"] == BUILDING, "outside the chain, by the second rule"
    considered = service.seat(GRID_B).ticket(ticket["number"])["hops"][-1]["considered"][0]
    assert [(one["code"], one["outcome"]) for one in considered["rules"]] == [("R1", "vacant"), ("R2", "applied")]
    metrics = service.nobody().client.get("/metrics").text
    assert 'reporter_routing_rule_failures_total{rule="R1"} 1' in metrics
    assert 'rule="R2"' not in metrics
    service.seat(BUILDING).did(ticket["number"], "take")


def test_a_department_holds_it_first_and_the_grid_verifies(district: District) -> None:
    service = district.service
    district.rules(f"R1,10,{NANHU},BJ0123,,,,,,,,holder,department:water,")
    rider, water = service.as_("rider"), service.as_("department")
    ticket = rider.report(IN_GRID_A_ONLY, category=COVER)
    number = ticket["number"]

    assert ticket["holder"]["department_code"] == "water"
    assert ticket["accountable"]["area_code"] == GRID_A
    service.work()
    assert any(number in text for text in water.told())
    water.did(number, "take")
    solved = water.did(number, "solve", note="盖好了", photo_ids=[water.photo()])
    assert (solved["status"], solved["holder"]["area_code"]) == ("feedback", GRID_A)
    elsewhere = service.as_("rider2").report(AT_XIMA_HOME, category=COVER)
    assert elsewhere["holder"]["department_code"] is None


def test_a_copied_seat_is_told_and_may_look(district: District) -> None:
    service = district.service
    district.rules(f"R1,10,{GRID_A},LL0107,,,,,,,,copy,seat:{NANHU},")
    number = service.as_("resident").report(AT_HOME, category=LAMP)["number"]
    service.work()
    street = service.as_("street")
    assert [text.startswith(f"抄送：{number} ") for text in street.told()] == [True]
    assert street.ticket(number)["hops"][-1]["considered"][0]["copied"] == NANHU


def test_accepting_asks_the_rules_too(district: District) -> None:
    service = district.service
    district.rules(f"R1,10,{GRID_A},LL0107,,,,,,,,first_level,building,")
    number = service.as_("resident").report(AT_HOME, text="楼道灯不亮")["number"]
    accepted = service.seat(GRID_A).did(number, "accept", category=LAMP)
    assert accepted["holder"]["area_code"] == BUILDING
    assert accepted["hops"][-1]["considered"][0]["rules"][0]["outcome"] == "applied"


def test_accepting_what_stays_writes_down_what_was_considered(district: District) -> None:
    service = district.service
    number = service.as_("resident").report(IN_GRID_A_ONLY, text="井盖没了")["number"]
    accepted = service.seat(GRID_A).did(number, "accept", category=COVER)
    assert len(accepted["hops"]) == 1
    assert [one["first_level"] for one in accepted["hops"][0]["considered"]] == ["grid", "grid"]


@pytest.mark.parametrize("point", [AT_HOME, AT_DESERTED, NEAR_GRID_B, AT_XIMA_HOME])
@pytest.mark.parametrize("category", [LAMP, COVER, None])
def test_why_here_answers_what_a_report_becomes(
    district: District, point: tuple[float, float], category: str | None
) -> None:
    service = district.service
    district.rules(NIGHT.replace("22:00-06:00", ""), "R2,10,,BJ0123,,,,,,,,holder,department:water,")
    resident = service.as_("resident")
    asked = resident.post("/routing/explain", {"location": where(point), "category": category})
    assert asked.status_code == 200, asked.text
    ticket = resident.report(point, **({"category": category} if category else {}))

    answer = asked.json
    assert [stop["holder"] for stop in answer["stops"]] == [hop["holder"] for hop in ticket["hops"]]
    assert answer["reason"] == ticket["reason"]
    assert (answer["area_code"], answer["flags"]) == (ticket["area_code"], ticket["flags"])
    assert answer["triage"] == (category is None)


def test_why_here_at_another_moment_writes_nothing_and_names_nobody_to_strangers(district: District) -> None:
    service = district.service
    district.rules(NIGHT)
    body = {"location": where(AT_HOME), "category": LAMP, "at": "2026-09-07T23:30:00+08:00", "text": "有人触电"}
    grid = service.seat(GRID_A)
    grid.get("/me")  # the rules are read again after they were imported
    before = district._desk.contents()
    with service.statements() as seen:
        staff = grid.post("/routing/explain", body).json
    assert len(seen) == 3, "the version of the rules, who is calling, and one question"
    assert staff["holder"]["area_code"] == CENTRAL
    assert staff["holder"]["name"] == "示例·中央花园社区"
    assert staff["considered"]["rules"][0]["outcome"] == "applied"
    rider = service.as_("rider").post("/routing/explain", body).json
    assert rider["holder"]["name"] == rider["holder"]["role"]
    assert rider["considered"] is None
    assert "示例" not in str(rider["chain"])
    foreign = service.seat("420102").post("/routing/explain", body).json
    assert foreign["considered"] is None, "names are for the staff of the place"
    after = district._desk.contents()
    assert {name for name in before if before[name] != after[name]} <= {"login_session"}
