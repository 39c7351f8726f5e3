"""Ways to reach a person: the inbox of the service itself, and the console of whoever runs it."""

from typing import Any, Protocol

import structlog

log = structlog.get_logger()


class _Outgoing(Protocol):
    @property
    def key(self) -> str: ...

    @property
    def person_id(self) -> int: ...

    @property
    def data(self) -> dict[str, Any]: ...


class Inbox:
    """The message row is the inbox entry already; its arrival is the row the sender writes."""

    name = "inbox"

    def deliver(self, message: _Outgoing) -> None:
        """Nothing leaves the house."""


class Console:
    """One log line a message, keyed by its id, without the person's name or any words of theirs."""

    name = "console"

    def deliver(self, message: _Outgoing) -> None:
        log.info("message", key=message.key, ticket=message.data.get("number"), to=message.person_id)
