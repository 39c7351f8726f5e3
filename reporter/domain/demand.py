"""How many people ask for the same thing, and when that is said aloud (``domain.md`` 7: +1 supporter)."""

from collections.abc import Iterable


def grown_to(joins: int, told: int, thresholds: Iterable[int]) -> int | None:
    """The highest threshold that ``joins`` has reached and that was not told yet; None when there is none.

    ``told``: the highest one told so far, 0 for none. Falling below and rising again tells nothing twice.
    """
    return max((one for one in thresholds if told < one <= joins), default=None)
