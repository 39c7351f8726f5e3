"""点赞/吐槽 over HTTP: say, list, answer."""

from typing import Any

from flask_smorest import Blueprint

from reporter.api.edge import transaction
from reporter.api.words import gettext
from reporter.db import LARGEST_KEY
from reporter.domain import privacy
from reporter.domain.voices import KIND_NAMES, VoiceKind
from reporter.models.areas import Area
from reporter.models.voices import Voice
from reporter.queries import voices as queries
from reporter.services import voices
from reporter.services.unit_of_work import UnitOfWork
from schemas.base import Paging
from schemas.voices import AnswerIn, VoiceIn, VoiceList, VoiceOut

blueprint = Blueprint("voices", __name__, url_prefix="/api/v1", description="点赞 and 吐槽, straight to the grid lead")


@blueprint.post("/areas/<string:code>/voices")
@transaction(writes=True, brake="submit")
@blueprint.arguments(VoiceIn)
@blueprint.response(201, VoiceOut)
@blueprint.alt_response(200, schema=VoiceOut, description="Said before with this key")
def say(uow: UnitOfWork, given: dict[str, Any], code: str) -> Any:
    """Thank, or grumble about, whoever sits on the seat of an area: to the grid lead, or above who it is about"""
    voice, first = voices.say(
        uow,
        code,
        str(given["client_request_id"]),
        VoiceKind(given["kind"]),
        given["text"],
        anonymous=given["anonymous"],
    )
    area = uow.session.get_one(Area, voice.area_id)
    return _shown(uow, voice, area, uow.caller.name), 201 if first else 200


@blueprint.get("/voices")
@transaction()
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, VoiceList)
def list_voices(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """What I said, and what my seats heard or those below; a grumble is never shown to whom it is about"""
    rows, cursor = queries.page(uow.session, uow.caller, query.get("cursor"), query["limit"])
    return {"items": [_shown(uow, row.Voice, row.Area, row.author) for row in rows], "next_cursor": cursor}


@blueprint.post(f"/voices/<int(max={LARGEST_KEY}):voice_id>/answer")
@transaction(writes=True)
@blueprint.arguments(AnswerIn)
@blueprint.response(200, VoiceOut)
def answer(uow: UnitOfWork, given: dict[str, Any], voice_id: int) -> dict[str, Any]:
    """Answer what my seat heard, once; the author is told"""
    row = voices.answer(uow, voice_id, given["text"])
    return _shown(uow, row.Voice, row.Area, row.author)


def _shown(uow: UnitOfWork, voice: Voice, area: Area, author: str) -> dict[str, Any]:
    own = voice.author_id == uow.caller.person_id
    nameless = voice.anonymous or voice.about_person_id == uow.caller.person_id
    hears = any(seat.area_id == voice.heard_area_id for seat in uow.caller.seats)
    return {
        "id": voice.id,
        "area_code": area.code,
        "area_name": area.name,
        "kind": voice.kind,
        "kind_name": gettext(KIND_NAMES[VoiceKind(voice.kind)]),
        "text": voice.text if own else privacy.mask_numbers_in(voice.text),
        "author": author if own else None if nameless else privacy.mask_name(author),
        "own": own,
        "created_at": voice.created_at,
        "answer": voice.answer,
        "answered_at": voice.answered_at,
        "may_answer": hears and not own and voice.answered_at is None,
    }
