"""Voices for a person: ``visible_to`` is the only door."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from reporter.db import LARGEST_KEY
from reporter.domain.areas import Level
from reporter.domain.errors import Invalid, NotFound, sentence
from reporter.domain.permissions import Actor
from reporter.domain.voices import VoiceKind
from reporter.models.areas import Area
from reporter.models.people import Person
from reporter.models.voices import Voice


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Which voices this person sees, asked of ``Voice`` joined with the ``Area`` it is about.

    The author their own; the seat that hears it and those above; whoever it thanks. Nobody a grumble about themselves.
    """
    about_me = Voice.about_person_id == actor.person_id
    heard = [
        and_(
            getattr(Area, f"{seat.level.value}_id") == seat.area_id,
            Voice.heard_level.in_([level.value for level in Level if level.rank >= seat.level.rank]),
        )
        for seat in actor.seats
    ]
    grumble = and_(Voice.about_person_id.is_not(None), about_me, Voice.kind == VoiceKind.GRUMBLE.value)
    return or_(Voice.author_id == actor.person_id, and_(or_(false(), *heard), ~grumble), and_(about_me, ~grumble))


def page(session: Session, actor: Actor, cursor: str | None, limit: int) -> tuple[Sequence[Any], str | None]:
    """Rows (Voice, Area, author's name), newest first, in one statement. Raises Invalid for an unreadable cursor."""
    question = _question(actor).order_by(Voice.id.desc()).limit(limit + 1)
    if cursor is not None:
        if not cursor.isdecimal() or int(cursor) > LARGEST_KEY:
            raise Invalid(fields={"cursor": sentence("翻页标记无效，请从第一页重新开始")})
        question = question.where(Voice.id < int(cursor))
    rows = session.execute(question).all()
    return rows[:limit], str(rows[limit - 1].Voice.id) if len(rows) > limit else None


def locked(session: Session, voice_id: int, actor: Actor) -> Any:
    """One row of the same, the voice locked. Raises NotFound: hidden looks absent."""
    row = session.execute(_question(actor).where(Voice.id == voice_id).with_for_update(of=Voice)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def by_key(session: Session, author_id: int, key: str) -> Voice | None:
    """What this person's request of this key became the first time."""
    return session.scalar(select(Voice).where(Voice.author_id == author_id, Voice.client_request_id == key))


def _question(actor: Actor) -> Any:
    return (
        select(Voice, Area, Person.name.label("author"))
        .join(Area, Area.id == Voice.area_id)
        .join(Person, Person.id == Voice.author_id)
        .where(visible_to(actor))
    )
