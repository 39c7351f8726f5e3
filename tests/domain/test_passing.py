"""The rules of passing back and forth, without a database."""

from reporter.domain import passing
from reporter.domain.passing import Holding, Unit

GRID: Unit = ("seat", 1)
STREET: Unit = ("seat", 2)
WATER: Unit = ("department", 1)  # the same id as the 网格长's area, another kind of unit
POWER: Unit = ("department", 2)


def life(*turns: tuple[Unit, str] | tuple[Unit, str, str]) -> list[Holding]:
    """Holdings one after the other, each sent by the one before; the third word is the code of a reason."""
    return [
        Holding(seq, turn[0], turn[1], seq - 1 or None, frozenset(turn[2:])) for seq, turn in enumerate(turns, start=1)
    ]


ROUND = ((WATER, "dispatch"), (GRID, "return"))


def test_returns_are_counted_by_pair_in_either_direction() -> None:
    held = life((GRID, "filed"), *ROUND, (POWER, "dispatch"), (GRID, "return"), *ROUND)
    for one, other, times in (
        (WATER, GRID, 2),
        (GRID, WATER, 2),  # a pair has no direction
        (POWER, GRID, 1),
        (POWER, WATER, 0),
        (STREET, GRID, 0),
    ):
        assert passing.returns_between(held, one, other) == times, (one, other)


def test_a_reopened_ticket_begins_a_new_round() -> None:
    held = life((GRID, "filed"), *ROUND, *ROUND, (GRID, "reopen"), *ROUND)
    assert passing.returns_between(held, WATER, GRID) == 1


def test_who_returned_it_is_known_only_while_it_lies_where_it_was_returned_to() -> None:
    assert passing.returned_by(life((GRID, "filed"), *ROUND)) == WATER
    assert passing.returned_by(life((GRID, "filed"), *ROUND, (WATER, "dispatch"))) is None
    assert passing.returned_by(life((GRID, "filed"))) is None
    assert passing.returned_by([]) is None


ASKED = (STREET, "return", passing.STREET_DECIDES)
FINAL = (WATER, "dispatch", passing.ASSIGNED_FINALLY)


def test_the_street_that_was_asked_decides_until_the_ticket_is_reopened() -> None:
    held = life((GRID, "filed"), *ROUND, ASKED)
    assert (passing.decides(held, STREET), passing.decides(held, GRID)) == (True, False)
    assert passing.decides(life((GRID, "filed"), ASKED, FINAL, (STREET, "revoke")), STREET), "after taking it back too"
    assert not passing.decides(life((GRID, "filed"), ASKED, FINAL, (STREET, "reopen")), STREET)


def test_final_is_only_what_the_latest_decision_gave_and_only_to_whom() -> None:
    decided = (GRID, "filed"), ASKED, FINAL
    for turns, final in (
        (decided, True),
        ((*decided, (GRID, "solve"), (WATER, "verify")), True),  # rework comes back to the same
        ((*decided, (STREET, "revoke")), False),  # the street has it again
        ((*decided, (STREET, "revoke"), (POWER, "dispatch", passing.ASSIGNED_FINALLY)), True),
        ((*decided, (POWER, "dispatch", passing.ASSIGNED_FINALLY), (WATER, "dispatch")), False),  # decided anew
        ((*decided, (STREET, "reopen"), (WATER, "dispatch")), False),
    ):
        assert passing.is_final(life(*turns)) is final, turns
