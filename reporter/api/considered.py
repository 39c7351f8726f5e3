"""What was considered when routing decided, in words."""

from collections.abc import Mapping
from typing import Any

from reporter.api.words import gettext
from reporter.domain.deciding import OUTCOMES


def shown(trace: Mapping[str, Any]) -> dict[str, Any]:
    """A stored decision with a sentence beside the outcome of each rule."""
    return {**trace, "rules": [_rule(rule, OUTCOMES[rule["outcome"]]) for rule in trace["rules"]]}


def _rule(rule: Mapping[str, Any], outcome: str) -> dict[str, Any]:
    return {**rule, "text": gettext(outcome)}
