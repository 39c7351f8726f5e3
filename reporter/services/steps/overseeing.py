"""From above: a card of supervision and its reply, closing by force, and 作废."""

from reporter.domain.actions import Action
from reporter.domain.areas import Level
from reporter.domain.errors import Invalid, sentence
from reporter.domain.waiting import Card, CardOpen
from reporter.domain.working_time import deadline
from reporter.models.waiting import Supervision
from reporter.services import clocks
from reporter.services.steps.hooks import Hook, Step, present

_BRACES = str.maketrans("{}", "｛｝")


def _a_new_card(step: Step) -> None:
    """Raises Invalid for a colour there is not, CardOpen while one of this colour waits for its reply."""
    card = step.given["card"]
    if card not in list(Card):
        raise Invalid(fields={"card": sentence("只有黄牌和红牌")})
    if any(one.card == card for one in step.scene.asides.open_cards):
        raise CardOpen(present=present(step.ticket))


def _shown(step: Step) -> None:
    uow, ticket, rows = step.uow, step.ticket, step.scene.asides
    policy = uow.policy(clocks.lineage(ticket))
    due_at = deadline(uow.now, policy.reply_limit, uow.book.calendar(policy)).at
    row = Supervision(
        ticket_id=ticket.id,
        seq=len(rows.cards) + 1,
        card=step.given["card"],
        kind=step.given.get("reason_code"),
        note=step.given["note"],
        shown_by=uow.caller.person_id,
        level=(step.scene.facts.overseer_level or Level.COMMUNITY).value,
        opened_at=uow.now,
        due_at=due_at,
    )
    uow.session.add(row)
    rows.cards.append(row)
    ticket.asides = True
    ticket.reply_due_at = min(card.due_at for card in rows.open_cards)
    step.data["reply_due_at"] = due_at.isoformat()


def _replied(step: Step) -> None:
    """One reply answers every card that is open."""
    uow, ticket = step.uow, step.ticket
    for card in step.scene.asides.open_cards:
        card.reply, card.replied_by = step.given["note"], uow.caller.person_id
        card.replied_at = card.closed_at = uow.now
    ticket.reply_due_at = None


def _say_why(step: Step) -> None:
    """The reason is told to whoever reported it; braces would be taken for something to fill."""
    step.filling["reason"] = str(step.given["reason"]).translate(_BRACES)


def _forced(step: Step) -> None:
    step.ticket.forced = True


HOOKS = {
    Action.SUPERVISE: Hook(check=_a_new_card, change=_shown),
    Action.REPLY: Hook(change=_replied),
    Action.FORCE_CLOSE: Hook(check=_say_why, change=_forced),
    Action.VOID: Hook(check=_say_why),
}
