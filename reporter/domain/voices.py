"""点赞/吐槽: thanks or a grumble about whoever sits on a seat, straight to the grid lead (``anchors.md`` 25).

Never about a ticket, never public. About the 网格长 it goes to the community, about a wider seat to the next above.
"""

from collections.abc import Sequence
from enum import StrEnum

from reporter.domain import routing
from reporter.domain.areas import Level, Seat
from reporter.domain.errors import Conflict, sentence
from reporter.domain.routing import Stop


class VoiceKind(StrEnum):
    THANKS = "thanks"
    GRUMBLE = "grumble"


KIND_NAMES = {VoiceKind.THANKS: sentence("点赞"), VoiceKind.GRUMBLE: sentence("吐槽")}
HEARD = sentence("{area}收到一条{kind}，请查看")
ANSWERED = sentence("您对{area}的{kind}有了答复")
WIDEST = Level.STREET  # seats of a street or smaller are spoken about here; above is the hotline's business


class AlreadyAnswered(Conflict):
    code = "voice_already_answered"
    message = sentence("这条已经答复过了")


def who_hears(chain: Sequence[Seat]) -> Stop:
    """The seat that hears of the last seat of a chain: the 网格长 of what is below a grid, else the next filled above.

    Never the person it is about, on whatever seat. Raises NoLevelAbove.
    """
    about = chain[-1]
    people = frozenset(person.person_id for person in (about.holder, about.deputy) if person)
    above = about.level if about.level.reaches(Level.GRID) else Level.BUILDING
    return routing.climb(chain, above, "voice", conflicted=people)
