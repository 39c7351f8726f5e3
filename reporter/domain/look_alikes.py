"""Sets of categories that reporters cannot tell apart, as the catalogue names them (``domain.md`` 7)."""

from collections.abc import Iterable, Mapping
from typing import Any


class LookAlikes:
    """``sets``: by name, each with the codes that belong to it ``also`` (beside those of the categories themselves)
    and whether it only counts ``within_a_building`` (路灯 with 楼道灯)."""

    def __init__(self, sets: Mapping[str, Mapping[str, Any]]):
        self._also: dict[str, set[str]] = {}
        for name, one in sets.items():
            for code in one.get("also", ()):
                self._also.setdefault(code, set()).add(name)
        self.indoors = frozenset(name for name, one in sets.items() if one.get("within_a_building"))

    def kinds(self, code: str, own: str | None) -> frozenset[str]:
        """What two tickets must share to be of one kind: the category itself, or a set it belongs to."""
        return frozenset({code, *self._also.get(code, ()), *([own] if own else [])})


def longest_window_h(common: Iterable[Any], own: Iterable[Mapping[str, Any]]) -> int:
    """The longest of the windows of all areas and times, and of the categories that have one of their own."""
    return max([int(hours) for hours in common] + [int(hours) for one in own for hours in one.values()])
