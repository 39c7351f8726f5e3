"""The report as Markdown."""

from tests.bench.arithmetic import Floor, spread
from tests.bench.report import Result, markdown


def report() -> str:
    postgis, spatialite = Result("submit", "postgis"), Result("submit", "spatialite")
    postgis.add("rate, share of the validated answer's", spread([0.35, 0.34, 0.4]), floor=Floor(at_least=1 / 3))
    postgis.add("submit: rate", spread([1100.4]), "/s")
    spatialite.add("rate, share of the validated answer's", 0.11, floor=Floor(at_least=1 / 8))
    spatialite.notes.append("one writer at a time")
    spatialite.profile["submit"] = [" 40.0 %  reporter/services/intake.py submit"]
    storm = Result("storm", "postgis")
    storm.add("desk", "p95 40 ms | 75 × 200")
    return markdown({"date": "2026-11-24"}, [postgis, storm, spatialite], {"submit": "The ORM was tried.\n"})


def test_the_head_counts_the_floors_and_names_those_not_reached() -> None:
    assert "| date | 2026-11-24 |" in report()
    assert "**1 of 2 floors reached.**" in report()
    assert "- submit, spatialite: rate, share of the validated answer's\n" in report()


def test_a_part_is_one_table_of_both_databases() -> None:
    rows = [line for line in report().splitlines() if line.startswith("|")]
    assert rows[3:] == [
        "| figure | database | floor | median | least – most | reached |",
        "| --- | --- | --- | --- | --- | --- |",
        "| rate, share of the validated answer's | postgis | ≥ 0.333 | 0.35 | 0.34 – 0.4 | yes |",
        "| submit: rate | postgis |  | 1100 /s |  |  |",  # one run has no spread, and nothing is asked of it
        "| rate, share of the validated answer's | spatialite | ≥ 0.125 | 0.11 |  | **no** |",
        "| figure | database | floor | median | least – most | reached |",
        "| --- | --- | --- | --- | --- | --- |",
        "| desk | postgis |  | p95 40 ms \\| 75 × 200 |  |  |",
    ]


def test_below_it_stand_notes_profile_and_what_a_person_says() -> None:
    part = report().partition("## Submit")[2].partition("## Storm")[0]
    assert "- spatialite: one writer at a time" in part
    assert "Where the time goes, spatialite, submit:\n\n```\n 40.0 %  reporter/services/intake.py submit\n```" in part
    assert part.rstrip().endswith("The ORM was tried.")
