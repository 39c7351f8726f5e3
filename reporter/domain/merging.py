"""May these two tickets be merged, and which of them remains (``domain.md`` 3.3 and 7).

The main one is the graver, of equally grave ones the earlier. A person decides, never the system; where two tickets
may well be two matters, that person writes down why they are one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from reporter.domain.coordinates import Point, metres_between
from reporter.domain.duplicates import alike, reach
from reporter.domain.errors import Conflict, MissingInput, sentence
from reporter.domain.statuses import ENDED, Status


class CannotMerge(Conflict):
    code = "cannot_merge"
    message = sentence("这两个工单不能合并")


class WrongMain(Conflict):
    """``present`` names the ticket that has to remain."""

    code = "wrong_main"
    message = sentence("更严重或更早的那一件要留下：请把{follower}并入{main}")


@dataclass(frozen=True, slots=True)
class Side:
    """A ticket as far as merging asks. ``kinds``: its category and look-alike sets. ``small``: a neighbourhood matter
    of low severity. ``main``: the number of the ticket it is merged into already."""

    number: str
    status: Status
    severity: int
    received_at: datetime
    closed_at: datetime | None
    kinds: frozenset[str]
    small: bool
    sensitive: bool
    submitter_id: int
    point: Point
    accuracy_m: float
    building_id: int | None = None
    main: str | None = None


def main_of(one: Side, other: Side) -> Side:
    """Which of two remains. One that has ended cannot follow anything, so it remains."""
    for side in (one, other):
        if side.status in ENDED:
            return side
    return min(one, other, key=lambda side: (-side.severity, side.received_at, side.number))


def check(
    follower: Side,
    main: Side,
    radius_m: float,
    window: timedelta,
    indoors: frozenset[str],
    note: str | None,
    now: datetime,
) -> None:
    """Whether ``follower`` may be merged into ``main``. ``radius_m``: of the main one's category. ``window``: how
    long it counts as the same thing after it was received, or closed. ``indoors``: see ``duplicates.alike``.

    Raises CannotMerge, WrongMain, and MissingInput naming ``note`` and why it is asked for.
    """
    if follower.number == main.number:
        raise CannotMerge(fields={"into": sentence("不能并入自己")})
    if follower.sensitive or main.sensitive:
        raise CannotMerge(fields={"into": sentence("敏感事项不能合并")})
    if main.main is not None:
        raise CannotMerge(fields={"into": sentence("这个工单自己已经并入别的工单")}, present={"number": main.main})
    if main.status in ENDED and not (main.closed_at is not None and now - main.closed_at < window):
        raise CannotMerge(
            fields={"into": sentence("这个工单早已结束")}, present={"number": main.number, "status": main.status.value}
        )
    if main_of(follower, main) is not main:
        raise WrongMain(present={"number": follower.number}, follower=main.number, main=follower.number)
    doubt = doubt_about(follower, main, radius_m, window, indoors)
    if doubt is not None and not (note or "").strip():
        raise MissingInput(fields={"note": doubt})


def doubt_about(follower: Side, main: Side, radius_m: float, window: timedelta, indoors: frozenset[str]) -> str | None:
    """Why somebody has to write down that the two are one thing; None when it is plain."""
    if (follower.small or main.small) and follower.submitter_id != main.submitter_id:
        return sentence("两家人的事不自动当作一件：请写明为什么是同一件事")
    same_building = main.building_id is not None and follower.building_id == main.building_id
    if not alike(follower.kinds, main.kinds, indoors, same_building=same_building):
        return sentence("类别不同：请写明为什么是同一件事")
    metres = metres_between(follower.point, main.point)
    if metres > reach(radius_m, follower.accuracy_m, main.accuracy_m):
        return sentence("两处离得较远：请写明为什么是同一件事")
    if abs(follower.received_at - main.received_at) > window:
        return sentence("两次上报隔得较久：请写明为什么是同一件事")
    return None
