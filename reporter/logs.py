"""How the service writes its log: one line an event, as JSON, with personal numbers masked."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from reporter.domain.privacy import mask_numbers_in

SECRETS = frozenset({"token", "password", "secret", "session_key", "access_token", "js_code", "authorization"})


def configure() -> None:
    """For programs; libraries and tests leave logging alone."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("urllib3").setLevel(logging.WARNING)  # its debug lines carry addresses with secrets
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redacted,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def redacted(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """No secret and no telephone or identity number reaches the log."""
    for key, value in event.items():
        if key.lower() in SECRETS:
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = mask_numbers_in(value)
    return event
