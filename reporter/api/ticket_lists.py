"""Lists of tickets over HTTP: the filters of a query made into a question, the rows made presentable."""

from typing import Any

from reporter.api import shown, times, words
from reporter.api.words import gettext
from reporter.domain import coordinates, permissions, privacy
from reporter.domain.areas import Level
from reporter.domain.coordinates import Datum, Point
from reporter.domain.errors import Forbidden, Invalid, sentence
from reporter.domain.figures import Figure
from reporter.domain.rulebook import Rulebook
from reporter.domain.statuses import STATUS_NAMES, Status
from reporter.models.areas import Area
from reporter.models.tickets import Ticket
from reporter.queries import areas, ticket_lists
from reporter.queries.ticket_lists import STATUS_GROUPS, Filters
from reporter.queries.tickets import may_see_area
from reporter.services import clocks
from reporter.services.unit_of_work import UnitOfWork


def visible(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """What the caller may see, filtered. Raises Invalid naming the filter that makes no sense."""
    page = ticket_lists.page(
        uow.session, uow.caller, _filters(uow, query), query["sort"], query.get("cursor"), query["limit"], uow.now
    )
    return _shown(uow, page, Datum(query["coord_type"]))


def own(uow: UnitOfWork, cursor: str | None, limit: int) -> dict[str, Any]:
    """The caller's own and joined."""
    filters = Filters(submitter_id=uow.caller.person_id)
    page = ticket_lists.page(uow.session, uow.caller, filters, "-received_at", cursor, limit, uow.now)
    return _shown(uow, page, Datum.WGS84)


def area_of(uow: UnitOfWork, code: str | None, field: str = "area") -> Area:
    """An area the caller may ask about; by default the widest one held. Raises Invalid, which looks alike for
    unknown and for hidden areas."""
    if code is None:
        seats = uow.caller.seats
        area_id = seats[0].area_id if seats else uow.caller.home_area_id or _district(uow)
        found = uow.session.get(Area, area_id) if area_id else None
    else:
        found = areas.by_code(uow.session, code)
    if found is None or not may_see_area(uow.caller, found):
        raise Invalid(fields={field: sentence("没有这个区域，或不在您的范围内")})
    return found


def _district(uow: UnitOfWork) -> int | None:
    """The district the caller's department works for."""
    department_id = uow.caller.department_id
    return uow.book.departments[department_id].district_id if department_id is not None else None


def _filters(uow: UnitOfWork, query: dict[str, Any]) -> Filters:
    figure = Figure(query["figure"]) if "figure" in query else None
    holder_areas, holder_department = _holder(uow, query.get("holder"))
    return Filters(
        area=area_of(uow, query["area"]) if "area" in query else None,
        directly=query.get("directly", False),
        statuses=_statuses(query.get("status")),
        category=query.get("category"),
        holder_areas=holder_areas,
        holder_department=holder_department,
        overdue=query.get("overdue"),
        owes_reply=_owes_reply(uow, query.get("owes_reply")),
        severity=query.get("severity"),
        q=query.get("q"),
        created_from=times.moment(uow, query.get("created_from"), "created_from"),
        created_to=times.moment(uow, query.get("created_to"), "created_to", end=True),
        bbox=_bbox(query.get("bbox"), Datum(query["coord_type"])),
        charged=_charged(uow, query.get("charged")),
        recheck=query.get("recheck"),
        figure=figure,
        period=times.period(uow, query.get("from_"), query.get("to"))[0] if figure else None,
    )


def _owes_reply(uow: UnitOfWork, asked: bool | None) -> bool | None:
    """Cards are shown among staff only. Raises Forbidden."""
    if asked is not None and not uow.caller.is_staff:
        raise Forbidden()
    return asked


def _statuses(text: str | None) -> tuple[str, ...]:
    found: list[str] = []
    for word in (text or "").split(","):
        if word in STATUS_GROUPS:
            found.extend(STATUS_GROUPS[word])
        elif word in STATUS_NAMES:
            found.append(word)
        elif word:
            raise Invalid(fields={"status": sentence("没有这个状态")})
    return tuple(found)


def _holder(uow: UnitOfWork, text: str | None) -> tuple[tuple[int, ...] | None, int | None]:
    """The seats or the department that must have the ball."""
    if text is None:
        return None, None
    if text == "me":
        department = uow.caller.department_id
        return (None, department) if department else (tuple(seat.area_id for seat in uow.caller.seats), None)
    kind, _, code = text.partition(":")
    if kind == "seat":
        area = areas.by_code(uow.session, code)
        return ((area.id,) if area else ()), None
    if kind == "department":
        return None, department_named(uow, code)
    raise Invalid(fields={"holder": sentence("写成 me、seat:区域代码 或 department:部门代码")})


def _charged(uow: UnitOfWork, text: str | None) -> tuple[int | None, int | None] | None:
    """The seat or the department, as (area, None) or (None, department), where a limit ran out."""
    if text is None:
        return None
    kind, _, code = text.partition(":")
    if kind == "seat":
        area = areas.by_code(uow.session, code)
        return (area.id if area else 0), None
    if kind == "department":
        return None, department_named(uow, code, "charged")
    raise Invalid(fields={"charged": sentence("写成 seat:区域代码 或 department:部门代码")})


def department_named(uow: UnitOfWork, code: str, field: str = "holder") -> int:
    """Two districts may use one code: the caller's own decides. Raises Invalid naming ``field``."""
    rows = [row for row in uow.book.departments.values() if row.code == code]
    own = {seat.area_id for seat in uow.caller.seats} | {uow.caller.home_area_id}
    for seat in uow.caller.seats:
        own.update(areas.lineage_of(uow.session, seat.area_id))
    for row in rows:
        if len(rows) == 1 or row.id == uow.caller.department_id or row.district_id in own:
            return row.id
    raise Invalid(fields={field: sentence("没有这个部门")})


def _bbox(text: str | None, datum: Datum) -> tuple[float, float, float, float] | None:
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise Invalid(fields={"bbox": sentence("写成 min_lng,min_lat,max_lng,max_lat")}) from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # false for NaN too
        raise Invalid(fields={"bbox": sentence("写成 min_lng,min_lat,max_lng,max_lat")})
    low, high = coordinates.to_wgs84(west, south, datum), coordinates.to_wgs84(east, north, datum)
    return low.lng, low.lat, high.lng, high.lat


def _shown(uow: UnitOfWork, page: ticket_lists.Page, datum: Datum) -> dict[str, Any]:
    return {"items": [_item(uow, row, datum) for row in page.rows], "next_cursor": page.next_cursor}


def _item(uow: UnitOfWork, row: Any, datum: Datum) -> dict[str, Any]:
    ticket: Ticket = row.Ticket
    category = uow.book.category_by_id(ticket.category_id)
    here = clocks.lineage(ticket)
    own, reported = bool(row.own), bool(row.reported)
    staff = permissions.reads_as_staff(uow.caller, here, lambda: reported)
    return {
        "number": ticket.number,
        "status": ticket.status,
        "status_name": gettext(STATUS_NAMES[Status(ticket.status)]),
        "category": {"code": category.code, "name": words.category_name(category)},
        "severity": ticket.severity,
        "received_at": ticket.received_at,
        "due_at": ticket.due_at,
        "overdue": shown.is_overdue(ticket, uow.now),
        "at_risk": bool(row.at_risk),
        "hold_until": ticket.hold_until,
        "reply_due_at": ticket.reply_due_at if staff else None,
        "area_code": row.area_code,
        "area_name": row.area_name,
        "address": row.address if own or staff else None,
        "text": row.text if own else (privacy.mask_numbers_in(row.text or "") or None) if staff else None,
        "holder": _list_holder(uow.book, row, staff),
        "location": shown.location(Point(ticket.lng, ticket.lat), datum),
        "joins": ticket.joins,
        "thumbnail_url": f"/api/v1/photos/{row.picture}/thumbnail" if row.picture and (own or staff) else None,
        "merged_into": shown.main_shown(*reversed(row.main.split())) if row.main else None,
        "joined": reported and not own,
        "parent_number": row.parent_number,
        "may_rate": reported and shown.rating_open(uow, ticket, row.Rating, here),
    }


def _list_holder(book: Rulebook, row: Any, staff: bool) -> dict[str, Any] | None:
    if row.Ticket.holder_department_id is not None:
        department = book.departments[row.Ticket.holder_department_id]
        name = words.department_name(department)
        return {
            "level": "department",
            "area_code": None,
            "department_code": department.code,
            "role": name,
            "name": name,
        }
    if row.desk_code is None:
        return None
    title = gettext(book.rung(row.desk_ladder, Level(row.Ticket.holder_level).value).title)
    return {
        "level": row.Ticket.holder_level,
        "area_code": row.desk_code,
        "department_code": None,
        "role": title,
        "name": row.desk_person if staff else title,
    }
