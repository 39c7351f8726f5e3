"""Earlier states of the calendar come back exactly, whatever was imported since."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reporter.domain.calendar_versions import Calendars, DayChange
from tests.domain.calendars import policy

DAY = date(2027, 1, 1)
days = st.dictionaries(st.integers(0, 9).map(lambda n: DAY + timedelta(days=n)), st.booleans(), max_size=10)


@given(days, st.lists(days, max_size=5))
def test_every_version_is_what_it_was(first: dict[date, bool], imports: list[dict[date, bool]]) -> None:
    states = {1: first}
    changes: list[DayChange] = []
    for version, imported in enumerate(imports, 2):
        known = states[version - 1]
        changes += [
            DayChange(version, day, known.get(day)) for day, works in imported.items() if known.get(day) != works
        ]
        states[version] = {**known, **imported}
    present = len(states)
    calendars = Calendars(states[present], f"calendar:{present}", sorted(changes, key=lambda one: -one.version))
    for version, known in states.items():
        found = calendars.of(policy(), f"calendar:{version}")
        assert (found.days, found.version) == (known, f"calendar:{version}")


def test_a_calendar_is_made_once_for_a_policy_and_anew_for_another() -> None:
    calendars = Calendars({}, "calendar:1", [])
    other = replace(policy(), sessions=policy().sessions[:1])
    assert calendars.of(policy()) is calendars.of(policy(), "calendar:1")
    assert calendars.of(other).sessions == policy().sessions[:1]
