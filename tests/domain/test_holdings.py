"""Who had the ball when, and that the seconds of the levels are the whole open time, to the second."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.domain.holdings import held_at, seconds_each
from tests.domain.calendars import beijing

START = beijing("2026-09-07 09:00")


@dataclass(frozen=True)
class Held:
    name: str
    started_at: datetime
    ended_at: datetime | None


def held(*moments: str | None) -> list[Held]:
    """``held("09:00", "10:00", None)``: one until ten, the next since then."""
    at = [beijing(f"2026-09-07 {moment}") if moment else None for moment in moments]
    return [Held(f"hop {seq}", start, end) for seq, (start, end) in enumerate(pairwise(at), 1) if start]


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        ("08:59", None),  # not reported yet
        ("09:00", "hop 2"),  # passed through the first in no time
        ("09:59", "hop 2"),
        ("10:00", "hop 3"),  # the moment of the return belongs to who has it then
        ("23:00", "hop 3"),  # has it still
    ],
)
def test_a_moment_belongs_to_one_holding(moment: str, name: str | None) -> None:
    found = held_at(held("09:00", "09:00", "10:00", None), beijing(f"2026-09-07 {moment}"))
    assert (found.name if found else None) == name


def test_while_it_was_closed_nobody_had_it() -> None:
    hops = [*held("09:00", "10:00"), *held("15:00", None)]
    assert held_at(hops, beijing("2026-09-07 12:00")) is None


lengths = st.lists(st.integers(0, 10**10).map(lambda micros: timedelta(microseconds=micros)), min_size=1, max_size=12)


@given(lengths, st.booleans(), st.integers(0, 10**9))
def test_the_seconds_of_all_holdings_are_those_of_the_open_time(
    lengths: list[timedelta], still_open: bool, closed_for: int
) -> None:
    """However its parts are rounded; a time during which it was closed belongs to nobody."""
    hops, at = [], START
    for seq, length in enumerate(lengths):
        hops.append(Held(str(seq), at, at + length))
        at += length
        if seq == len(lengths) // 2 < len(lengths) - 1:
            at += timedelta(microseconds=closed_for)  # closed and reopened
    if still_open:
        hops[-1] = Held(hops[-1].name, hops[-1].started_at, None)
    seconds = seconds_each(hops, at)
    assert sum(seconds) == sum(lengths, timedelta()) // timedelta(seconds=1)
    assert all(0 <= found - length // timedelta(seconds=1) <= 1 for found, length in zip(seconds, lengths, strict=True))
