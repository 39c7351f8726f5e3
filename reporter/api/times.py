"""Dates and times as they come in queries: a local date, or a moment with its zone."""

from datetime import UTC, date, datetime, time, timedelta

from reporter.domain.errors import Invalid, sentence
from reporter.queries.figures import Period
from reporter.services.unit_of_work import UnitOfWork

DEFAULT_DAYS = 30


def moment(uow: UnitOfWork, text: str | None, field: str, *, end: bool = False) -> datetime | None:
    """A date means its local midnight (with ``end``: the next one, so that the day is included).

    Raises Invalid naming the field.
    """
    if text is None:
        return None
    wrong = Invalid(fields={field: sentence("要写成日期，如 2026-10-03，或带时区的时间")})
    try:
        if len(text) == 10:
            found = midnight(uow, date.fromisoformat(text) + timedelta(days=1 if end else 0))
        else:
            found = datetime.fromisoformat(text.replace(" ", "+"))  # a bare + in a query string arrives as a space
        if found.tzinfo is None:
            raise wrong
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:  # also what is a date, but none in UTC
        raise wrong from error


def period(uow: UnitOfWork, start: str | None, end: str | None) -> tuple[Period, date, date]:
    """The local days asked for, by default the last thirty; both ends included. Raises Invalid."""
    last = _day(end, "to") or uow.today
    first = _day(start, "from") or last - timedelta(days=DEFAULT_DAYS - 1)
    if first > last:
        raise Invalid(fields={"from": sentence("开始日期在结束日期之后")})
    if last - first > timedelta(days=MOST_DAYS):
        raise Invalid(fields={"from": sentence("时间范围太长")})
    return Period(midnight(uow, first), midnight(uow, last + timedelta(days=1)), first, last), first, last


def month(uow: UnitOfWork, text: str | None) -> tuple[Period, str]:
    """The local days of a month written as ``2026-10``, by default the present one. Raises Invalid."""
    first = uow.today.replace(day=1)
    if text is not None:
        try:
            first = date.fromisoformat(f"{text}-01")
            if len(text) != len("2026-10") or not FIRST_YEAR <= first.year <= LAST_YEAR:
                raise ValueError(text)
        except ValueError as error:
            raise Invalid(fields={"month": sentence("要写成月份，如 2026-10")}) from error
    after = (first + timedelta(days=31)).replace(day=1)
    return Period(midnight(uow, first), midnight(uow, after), first, after - timedelta(days=1)), first.isoformat()[:7]


MOST_DAYS = 3660
FIRST_YEAR, LAST_YEAR = 1900, 2999  # beyond lie days that have no neighbours to count with


def midnight(uow: UnitOfWork, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=uow.policy(()).time_zone)


def _day(text: str | None, field: str) -> date | None:
    if text is None:
        return None
    try:
        found = date.fromisoformat(text[:10])
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValueError(text)
    except ValueError as error:
        raise Invalid(fields={field: sentence("要写成日期，如 2026-10-03")}) from error
    return found
