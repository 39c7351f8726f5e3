"""Sentences of the rules in the language of the caller: Chinese as written, English by the catalogue."""

from collections.abc import Mapping
from typing import Any

import flask_babel
from flask import g, has_request_context

from reporter.domain.routing import REASONS
from reporter.domain.rulebook import Category, Department, Prompt


def say(text: str, **filling: Any) -> str:
    """Translate a marked sentence, then fill its braces; an unknown brace is left empty."""
    return gettext(text).format_map(_Lenient(filling))


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def gettext(text: str) -> str:
    """A marked sentence in the language of the caller; Chinese needs no look-up, and an answer has forty of them."""
    return flask_babel.gettext(text) if english() else text


def english() -> bool:
    if not has_request_context():
        return False
    if "english" not in g:
        g.english = str(flask_babel.get_locale()).startswith("en")
    return bool(g.english)


def category_name(category: Category) -> str:
    return category.name_en if english() else category.name


def department_name(department: Department) -> str:
    return department.name_en if english() else department.name


def prompt_shown(prompt: Prompt | None) -> dict[str, str] | None:
    """What to show before anything else, when there may be danger."""
    if prompt is None:
        return None
    return {
        "divert": prompt.divert,
        "number": prompt.number,
        "prompt": prompt.prompt_en if english() else prompt.prompt,
    }


def reason_text(reason: Mapping[str, str]) -> str:
    title = reason["title"]  # outside gettext(): what is between its brackets is taken for a sentence to translate
    rule = reason.get("rule", "")
    return say(REASONS[reason["code"]], title=gettext(title), area=reason["area"], rule=rule)


def reasons_shown(reasons: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"code": reason["code"], "text": reason_text(reason)} for reason in reasons]


def sentence_of(reasons: list[dict[str, str]]) -> str:
    """All reasons of a hop as one line."""
    separator = "; " if english() else "；"
    return separator.join(reason_text(reason) for reason in reasons)
