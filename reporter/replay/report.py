"""The table at the end: what became of what was sent. No words of anybody are in it."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from reporter.replay.ledger import Fate, Ledger, percentile

MOST_CATEGORIES = 12
NAME_WIDTH = 52


def table(ledger: Ledger) -> str:
    """Lines of plain text, a figure in each."""
    return "\n".join(f"{_padded(name)} {figure:>9}  {remark}".rstrip() for name, figure, remark in _lines(ledger))


def _lines(ledger: Ledger) -> Iterator[tuple[str, str, str]]:
    sent, accepted = len(ledger.outcomes), ledger.count(Fate.ACCEPTED)
    dirty = [outcome for outcome in ledger.outcomes if outcome.dirty]
    dirty_taken = sum(outcome.fate is Fate.ACCEPTED for outcome in dirty)
    yield "sent", str(sent), f"{len(dirty)} with a point of the arrivals file as it is, {dirty_taken} of them accepted"
    yield "  accepted (201)", str(accepted), _share(accepted, sent)
    yield "  same again (200)", str(ledger.count(Fate.SAME)), ""
    yield "  joined", str(ledger.count(Fate.JOINED)), ""
    yield "  refused", str(ledger.count(Fate.REFUSED)), _share(ledger.count(Fate.REFUSED), sent)
    yield from _counted(ledger.refusals, "    ")
    yield "  errors", str(ledger.count(Fate.ERROR)), ""
    yield "lost (answered 2xx, then not found by number)", str(ledger.lost), f"of {ledger.found.total()} looked for"
    yield "doubled (sent again, another number)", str(ledger.doubled), ""
    yield "errors (5xx or no connection, anywhere)", str(ledger.errors.total()), ""
    yield from _counted(ledger.errors, "  ")
    yield "connections dropped and tried again", str(ledger.dropped), ""
    yield "braked (429) and tried again", str(ledger.braked), f"waited {ledger.braked_s:.0f} s altogether"
    yield "requests a second", f"{sent / ledger.took_s if ledger.took_s else 0:.1f}", f"in {ledger.took_s:.0f} s"
    yield "behind the file's times at most, s", f"{ledger.most_late_s:.1f}", ""
    yield _times("submit, ms", [outcome.ms for outcome in ledger.outcomes if outcome.ms])
    yield _times("suggest, ms", ledger.suggest_ms)
    yield _times("read by number, ms", ledger.read_ms)
    yield "left to triage", str(ledger.to_triage), _share(ledger.to_triage, ledger.levels.total())
    yield "tickets by level of holder", str(ledger.levels.total()), ""
    yield from _counted(ledger.levels, "  ")
    yield "categories suggested, most often first", str(ledger.suggested.total()), ""
    yield from _counted(ledger.suggested, "  ", MOST_CATEGORIES)


def _counted(counts: Counter[str], indent: str, most: int | None = None) -> Iterator[tuple[str, str, str]]:
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]:
        yield f"{indent}{name}", str(count), _share(count, counts.total())


def _times(name: str, values: Sequence[float]) -> tuple[str, str, str]:
    p50, p95, p99 = (percentile(values, share) for share in (0.50, 0.95, 0.99))
    return name, f"p50 {p50:.0f}", f"p95 {p95:.0f}  p99 {p99:.0f}  most {max(values, default=0):.0f}"


def _padded(name: str) -> str:
    """A Chinese character is as wide as two letters."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in name)
    return name + " " * (NAME_WIDTH - len(name) - wide)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else ""
