"""A ticket as its reader may see it: names for staff, roles for others, personal details masked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from reporter.api import beside, considered, evidence, five_answers, forms, splits, whistle_briefs, words
from reporter.api.names import Names
from reporter.api.words import gettext
from reporter.domain import coordinates, holdings, privacy
from reporter.domain.areas import Level, Seat
from reporter.domain.coordinates import Datum, Point
from reporter.domain.duplicates import Similar
from reporter.domain.errors import Conflict
from reporter.domain.permissions import Actor, Role, reads_as_staff
from reporter.domain.ratings import check_may_rate
from reporter.domain.statuses import ENDED, STATUS_NAMES, Status
from reporter.models.clocks import Clock
from reporter.models.photos import Photo
from reporter.models.tickets import Hop, Rating, Ticket
from reporter.queries.merging import followers_of
from reporter.services import clocks
from reporter.services import lifecycle as steps
from reporter.services import scene as scenes
from reporter.services.scene import Scene, Words
from reporter.services.unit_of_work import UnitOfWork


def reread(uow: UnitOfWork, row: Ticket, datum: Datum) -> dict[str, Any]:
    """A ticket that has just changed, with what the database now says of it."""
    closed = row.closed_at is not None
    mine = uow.session.get(Rating, (row.id, uow.caller.person_id)) if closed else None
    return ticket(uow, scenes.load(uow, row), mine, datum)


def ticket(uow: UnitOfWork, scene: Scene, mine: Rating | None, datum: Datum) -> dict[str, Any]:
    """One ticket with chain, hops, clocks, the caller's actions and own rating."""
    row = scene.ticket
    staff = reads_as_staff(
        uow.caller,
        clocks.lineage(row),
        lambda: any(person_id == uow.caller.person_id for person_id, _ in scene.reporters),
    )
    names = Names(uow, scene, staff)
    status = Status(row.status)
    open_hop = scene.open_hop
    here = clocks.lineage(row)
    return {
        "number": row.number,
        "status": row.status,
        "status_name": gettext(STATUS_NAMES[status]),
        "version": row.version,
        "category": {"code": scene.category.code, "name": words.category_name(scene.category)},
        "condition": {
            "no": scene.condition.no,
            "text": scene.condition.text,
            "close_condition": scene.condition.close_condition,
            "guard": scene.condition.guard,
        },
        "severity": row.severity,
        "source": row.source,
        "received_at": row.received_at,
        "due_at": row.due_at,
        "due_provisional": row.due_provisional,
        "response_due_at": row.response_due_at,
        "responded_at": row.responded_at,
        "overdue": is_overdue(row, uow.now),
        "closed_at": row.closed_at,
        "area_code": scene.chain[-1].area_code,
        "place": place_of(scene.chain),
        "flags": row.place_flags,
        "location": location(Point(row.lng, row.lat), datum),
        "chain": chain(scene.chain, staff),
        "holder": names.of(open_hop),
        "reason": words.sentence_of(open_hop.reasons) if open_hop else "",
        "accountable": names.of_seat(row.accountable_area_id),
        **_holdings(scene.hops, names, uow.now, staff),
        "clocks": [_clock(clock, uow.now) for clock in scene.clocks],
        "actions": [forms.action(uow, scene, move) for move in steps.actions_for(uow, scene)],
        **_told(uow, scene, staff),
        "parent": splits.parent_of(uow, row),
        "parts": splits.parts_of(uow, row, staff),
        "merged_into": merged_into(uow, row),
        "merged": merged(uow, scene) if staff else [],
        "joins": row.joins,
        "whistles": whistle_briefs.of_ticket(uow, row) if row.whistles else [],
        "reworks": row.reworks,
        "emergency": words.prompt_shown(uow.book.prompts.get(row.emergency or "")),
        **_rating(uow, scene, mine, here),
        "five": five_answers.of(uow, scene, staff, names.of(open_hop)),
        "synthetic": scene.chain[-1].synthetic,
        **beside.of(uow, scene, staff),
    }


def merged_into(uow: UnitOfWork, row: Ticket) -> dict[str, Any] | None:
    """The main ticket of one that is merged, as everybody who sees the merged one may know it."""
    if row.merged_into_id is None:
        return None
    main = uow.session.get_one(Ticket, row.merged_into_id)
    return main_shown(main.number, main.status)


def main_shown(number: str, status: str) -> dict[str, Any]:
    return {"number": number, "status": status, "status_name": gettext(STATUS_NAMES[Status(status)])}


def merged(uow: UnitOfWork, scene: Scene) -> list[str]:
    """The numbers of what is merged into a ticket; asked only where something is."""
    if not any(words_of.elsewhere for words_of in scene.words):
        return []
    return [follower.number for follower in followers_of(uow.session, scene.ticket.id)]


def is_overdue(row: Ticket, now: datetime) -> bool:
    late = row.solved_at is None and row.due_at is not None and row.due_at < now
    return late and not row.exempt and Status(row.status) not in ENDED | {Status.ON_HOLD}


def location(point: Point, datum: Datum) -> dict[str, Any]:
    lng, lat = coordinates.from_wgs84(point, datum)
    return {"lng": round(lng, 6), "lat": round(lat, 6), "coord_type": datum.value}


def place_of(seats: Sequence[Seat]) -> str:
    """Street, community and below, in words."""
    return " ".join(seat.area_name for seat in seats if seat.level.rank >= Level.STREET.rank)


def chain(seats: Sequence[Seat], staff: bool) -> list[dict[str, Any]]:
    """Names for staff; for everybody else only which role sits there."""
    return [
        {
            "level": seat.level.value,
            "role": gettext(seat.title),
            "area_code": seat.area_code,
            "area_name": seat.area_name,
            "seat": {
                "holder": (seat.holder.name if staff else gettext(seat.title)) if seat.holder else None,
                "vacant": seat.vacant,
                "deputy": (seat.deputy.name if staff else gettext("副手")) if seat.deputy else None,
            },
        }
        for seat in seats
    ]


def similar(uow: UnitOfWork, found: Sequence[Similar], *, scored: bool = True) -> list[dict[str, Any]]:
    """The public projection: number, category, distance, status; ``scored``: also how alike, and by which parts."""
    return [
        {
            "number": item.known.number,
            "category": item.known.category,
            "category_name": words.category_name(uow.book.category(item.known.category, uow.today)),
            "distance_m": round(item.metres, 1),
            "status": item.known.status,
            "status_name": gettext(STATUS_NAMES[Status(item.known.status)]),
            "joins": item.known.joins,
            **({"score": item.score, "parts": item.parts} if scored else {}),
        }
        for item in found
    ]


def photo(row: Photo) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "width": row.width,
        "height": row.height,
        "url": f"/api/v1/photos/{row.id}",
        "thumbnail_url": f"/api/v1/photos/{row.id}/thumbnail",
    }


def _holdings(hops: Sequence[Hop], names: Names, now: datetime, staff: bool) -> dict[str, Any]:
    """The hops, and how long each level had the ball; both add up to the open time."""
    each = list(zip(hops, holdings.seconds_each(hops, now), strict=True))
    levels: dict[str | None, int] = {}
    for hop, seconds in each:
        levels[hop.level] = levels.get(hop.level, 0) + seconds
    return {
        "hops": [_hop(hop, names, seconds, staff) for hop, seconds in each],
        "level_seconds": [{"level": level, "seconds": seconds} for level, seconds in levels.items()],
    }


def _hop(hop: Hop, names: Names, seconds: int, staff: bool) -> dict[str, Any]:
    return {
        "seq": hop.seq,
        "holder": names.of(hop),
        "via": hop.via,
        "reason": words.sentence_of(hop.reasons),
        "reasons": words.reasons_shown(hop.reasons),
        "started_at": hop.started_at,
        "ended_at": hop.ended_at,
        "seconds": seconds,
        "overdue_here": hop.overdue_here,
        "response_missed": hop.response_missed,
        "considered": [considered.shown(trace) for trace in hop.decisions or ()] if staff else [],
        "false_closing": hop.false_closing,
    }


def _clock(clock: Clock, now: datetime) -> dict[str, Any]:
    state = "stopped" if clock.stopped_at else "running"
    if state == "running" and clock.due_at is None:
        state = "paused"
    elif state == "running" and clock.due_at and clock.due_at < now:
        state = "overdue"
    elif state == "running" and clock.at_risk_at:
        state = "at_risk"
    return {
        "kind": clock.kind,
        "hop": clock.hop_seq,
        "state": state,
        "limit": {"value": clock.limit_value, "unit": clock.limit_unit},
        "source": clock.source,
        "daytime_only": clock.daytime_only,
        "calendar_version": clock.calendar_version,
        "provisional": clock.provisional,
        "recomputed_at": clock.recomputed_at,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "stopped_at": clock.stopped_at,
        "reminded_at": clock.reminded_at,
        "at_risk_at": clock.at_risk_at,
        "overdue_at": clock.overdue_at,
    }


def _told(uow: UnitOfWork, scene: Scene, staff: bool) -> dict[str, Any]:
    """What was reported, by whom as far as the reader may know, and the photos before and after."""
    reports = []
    for words_of in scene.words:
        report = words_of.report
        own = report.submitter_id == uow.caller.person_id
        if not staff and not own:
            continue  # what others said is nobody's business; how many joined is a number
        reports.append(
            {
                "text": report.text if own else privacy.mask_numbers_in(report.text or "") or None,
                "address": report.address,
                "source": report.source,
                "submitter": _submitter(words_of, own),
                "received_at": report.received_at,
                "observed_at": report.observed_at,
                "joined": words_of.joined,
                "photos": [photo(one) for one in scene.photos if one.report_id == report.id],
            }
        )
    after = [one for one in scene.photos if one.event_seq is not None]
    found = evidence.findings(uow, after, staff)
    return {"reports": reports, "photos_after": [{**photo(one), "findings": found.get(one.id, [])} for one in after]}


def _submitter(words_of: Words, own: bool) -> dict[str, Any] | None:
    report = words_of.report
    if not own and report.anonymous:
        return None
    behalf = report.on_behalf_of
    return {
        "role": words_of.role.value,
        "name": words_of.name if own else privacy.mask_name(words_of.name),
        "on_behalf_of": (behalf if own else privacy.mask_name(behalf)) if behalf else None,
    }


def _rating(uow: UnitOfWork, scene: Scene, mine: Rating | None, here: Sequence[int]) -> dict[str, Any]:
    """The caller's own rating, and whether there is still one to give."""
    return {
        "rating": mine,
        "may_rate": reported_by(scene, uow.caller) and rating_open(uow, scene.ticket, mine, here),
    }


def rating_open(uow: UnitOfWork, row: Ticket, mine: Rating | None, here: Sequence[int]) -> bool:
    """Whether the caller's rating, or a change of it, would be taken now."""
    try:
        check_may_rate(
            row.closed_at,
            mine.rated_at if mine else None,
            mine.changed_at if mine else None,
            uow.now,
            uow.policy(here),
        )
    except Conflict:
        return False
    return True


def reported_by(scene: Scene, actor: Actor) -> bool:
    rates = actor.role in (Role.RESIDENT, Role.RIDER, Role.LEAD)
    return rates and any(person_id == actor.person_id for person_id, _ in scene.reporters)
