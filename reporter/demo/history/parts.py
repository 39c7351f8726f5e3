"""The parts of a generated ticket: holdings, clocks, events, reports, messages. Moments are microseconds, UTC."""

from dataclasses import dataclass, field
from typing import Any

from reporter.domain.events import EventKind
from reporter.domain.lifecycle import ClockKind
from reporter.domain.permissions import Role
from reporter.domain.rulebook import Category, Condition
from reporter.domain.sla import Mark, Terms
from reporter.domain.statuses import Status
from reporter.services.ball import Landing


@dataclass(frozen=True, slots=True)
class Filing:
    """A first report. ``given`` is the category its submitter chose, None when the 网格长 has to find one."""

    at: int
    number: str
    submitter: tuple[int, Role]
    key: str
    text: str
    given: str | None
    category: Category
    condition: Condition
    lng: float
    lat: float
    accuracy_m: float
    has_photo: bool
    emergency: str | None  # said in the words
    coarse: bool  # the fix was too rough: placed in the community


@dataclass(slots=True)
class Hop:
    seq: int
    landing: Landing
    via: str
    sent_from: int | None
    started: int
    ended: int | None = None
    overdue_here: bool = False
    response_missed: bool = False
    decisions: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Clock:
    """``ahead``: the marks not told yet, soonest first. ``run_at``: when the sweep looks at it next."""

    seq: int
    kind: ClockKind
    hop_seq: int
    terms: Terms
    mode: str
    source: str
    calendar_version: str
    rules_on: str | None
    started: int
    due: int
    provisional: bool
    ahead: list[tuple[int, Mark]]
    run_at: int | None
    stopped: int | None = None
    attempts: int = 0
    told: dict[Mark, int] = field(default_factory=dict)


@dataclass(slots=True)
class Event:
    """``actor``: (person, role, area acted for); None: the system."""

    seq: int
    kind: EventKind
    at: int
    actor: tuple[int, Role, int | None] | None
    status: Status
    hop_seq: int | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Joining:
    at: int
    submitter: tuple[int, Role]
    key: str


@dataclass(frozen=True, slots=True)
class Grade:
    at: int
    person_id: int
    grade: int
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A message; ``data`` fills the braces of ``text``."""

    event_seq: int
    at: int
    person_id: int
    text: str
    data: dict[str, str]
