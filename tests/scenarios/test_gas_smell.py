"""A smell of gas indoors (domain.md 12.3, 19): first the emergency number, then the gravest ticket, told upwards."""

from tests.service import Service
from tests.world import AT_HOME, CENTRAL, GRID_A, NANHU

WORDS = "屋里有一股煤气味"


def test_a_smell_of_gas_prompts_to_call_and_is_told_to_everybody_above(service: Service) -> None:
    service.at("2026-10-03 21:40")  # a Saturday of the holiday
    resident = service.as_("resident")

    guess = resident.post("/categories/suggest", {"text": WORDS}).json
    assert guess["candidates"][0]["code"] == "LL0109"
    assert guess["emergency"]["number"]
    assert "撤离" in guess["emergency"]["prompt"] or "离开" in guess["emergency"]["prompt"]

    ticket = resident.report(AT_HOME, text=WORDS, category="LL0109")
    assert (ticket["severity"], ticket["status"]) == (4, "dispatched")
    assert ticket["emergency"]["prompt"] == guess["emergency"]["prompt"]
    limits = {clock["kind"]: clock["limit"]["unit"] for clock in ticket["clocks"] if clock["state"] == "running"}
    assert {limits["response"], limits["resolve"]} <= {"urgent_minute", "urgent_hour", "natural_day"}, "no clock sleeps"

    service.work()
    told = {
        who: [message["text"] for message in service.seat(who).get("/messages").json["items"]]
        for who in (GRID_A, CENTRAL, NANHU)
    }
    assert all(any(ticket["number"] in text for text in texts) for texts in told.values()), told


def test_the_prompt_never_changes_the_way_silently(service: Service) -> None:
    """The same words without a category go to the 网格长 for triage, flagged (decisions.md “Who gets it” 6)."""
    service.at("2026-10-03 21:40")
    ticket = service.as_("resident").report(AT_HOME, text=WORDS)
    assert (ticket["status"], ticket["holder"]["area_code"]) == ("reported", GRID_A)
    assert ticket["emergency"]["number"]
