"""What an import found, one line each: what is new, what changes, what is wrong and why.

A dry run prints exactly these lines; applying writes exactly what they say, or nothing while one of them is a problem.
"""

from dataclasses import dataclass, field
from enum import StrEnum

WHOLE_FILE = 0


class Mark(StrEnum):
    NEW = "+"
    CHANGED = "~"
    NOTE = "·"  # worth knowing, writes nothing
    PROBLEM = "!"


@dataclass(frozen=True, slots=True)
class Finding:
    """``line``: of the file, from 1 (of GeoJSON the number of the feature); ``WHOLE_FILE`` when it is about no line."""

    line: int
    mark: Mark
    text: str


@dataclass
class Findings:
    """``word`` is what the file counts: ``line`` or ``feature``. ``unchanged``: rows that say what is already known;
    ``absent``: what is known and the file does not name: it stays as it is."""

    word: str = "line"
    found: list[Finding] = field(default_factory=list)
    unchanged: int = 0
    absent: int = 0

    def new(self, line: int, text: str) -> None:
        self.found.append(Finding(line, Mark.NEW, text))

    def changed(self, line: int, text: str) -> None:
        self.found.append(Finding(line, Mark.CHANGED, text))

    def note(self, line: int, text: str) -> None:
        self.found.append(Finding(line, Mark.NOTE, text))

    def problem(self, line: int, name: str, sentence: str) -> None:
        """``name``: the field the sentence is about."""
        self.found.append(Finding(line, Mark.PROBLEM, f"{name}: {sentence}"))

    def count(self, mark: Mark) -> int:
        return sum(finding.mark is mark for finding in self.found)

    @property
    def problems(self) -> int:
        return self.count(Mark.PROBLEM)

    @property
    def changes(self) -> int:
        """How many lines would be written."""
        return self.count(Mark.NEW) + self.count(Mark.CHANGED)

    @property
    def counts(self) -> dict[str, int]:
        """The totals, as the audit row keeps them."""
        return {
            "new": self.count(Mark.NEW),
            "changed": self.count(Mark.CHANGED),
            "unchanged": self.unchanged,
            "not_in_file": self.absent,
            "problems": self.problems,
        }

    def lines(self) -> list[str]:
        """What a person reads, in the order of the file: ``line 17  + BJ0123 …``."""
        in_order = sorted(self.found, key=lambda finding: finding.line)
        places = [f"{self.word} {finding.line}" if finding.line else "file" for finding in in_order]
        width = max(map(len, places), default=0)
        return [
            f"{place:<{width}}  {finding.mark} {finding.text}" for place, finding in zip(places, in_order, strict=True)
        ]
