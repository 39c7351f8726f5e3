"""点赞/吐槽: said once, heard by the grid lead, answered once."""

from typing import Any

from sqlalchemy import insert

from reporter.domain import permissions, voices
from reporter.domain.areas import Level
from reporter.domain.errors import Forbidden, NotFound
from reporter.domain.permissions import Permission
from reporter.domain.voices import KIND_NAMES, VoiceKind
from reporter.models.messages import Message
from reporter.models.voices import Voice
from reporter.queries import areas
from reporter.queries import voices as queries
from reporter.services.unit_of_work import UnitOfWork


def say(uow: UnitOfWork, code: str, key: str, kind: VoiceKind, text: str, *, anonymous: bool) -> tuple[Voice, bool]:
    """Say something about the seat of an area. Returns the voice and whether it is new: the same key says it once.

    Raises Forbidden, NotFound (no such area, or wider than a street), NoLevelAbove.
    """
    permissions.require(uow.caller, Permission.SPEAK)
    known = queries.by_key(uow.session, uow.caller.person_id, key)
    if known is not None:
        return known, False
    area = areas.by_code(uow.session, code)
    if area is None or not voices.WIDEST.reaches(Level(area.level)):
        raise NotFound()
    chain = areas.chain_of(uow.session, area.id, uow.book, uow.now)
    heard, acting = voices.who_hears(chain), chain[-1].acting()
    voice = Voice(
        author_id=uow.caller.person_id,
        client_request_id=key,
        area_id=area.id,
        about_person_id=acting.person_id if acting else None,
        heard_area_id=heard.seat.area_id,
        heard_level=heard.seat.level.value,
        kind=kind.value,
        text=text,
        anonymous=anonymous,
        created_at=uow.now,
    )
    uow.session.add(voice)
    uow.session.flush()  # its message is named after it
    if heard.person is not None:
        _tell(uow, voice, heard.person.person_id, 1, voices.HEARD, area.name)
    return voice, True


def answer(uow: UnitOfWork, voice_id: int, text: str) -> Any:
    """Answer what one's seat heard, once; the author is told. Raises NotFound, Forbidden, AlreadyAnswered."""
    row = queries.locked(uow.session, voice_id, uow.caller)
    voice: Voice = row.Voice
    if not any(seat.area_id == voice.heard_area_id for seat in uow.caller.seats):
        raise Forbidden()
    if voice.answered_at is not None:
        raise voices.AlreadyAnswered()
    voice.answer, voice.answered_at, voice.answerer_id = text, uow.now, uow.caller.person_id
    _tell(uow, voice, voice.author_id, 2, voices.ANSWERED, row.Area.name)
    return row


def _tell(uow: UnitOfWork, voice: Voice, person_id: int, seq: int, text: str, area: str) -> None:
    uow.session.execute(
        insert(Message).values(
            ticket_id=None,
            topic=f"voice:{voice.id}",
            event_seq=seq,
            person_id=person_id,
            text=text,
            data={"area": area, "kind": KIND_NAMES[VoiceKind(voice.kind)]},
            created_at=uow.now,
            run_at=uow.now,
        )
    )
