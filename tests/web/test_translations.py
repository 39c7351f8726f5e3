"""Every sentence has its English, and no English is left over: the catalogue is compared with a fresh extraction."""

import io
import json
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel, force_locale, gettext

from reporter.web.data_words import LADDER_TITLES
from tests.web.conftest import TRANSLATIONS

ROOT = Path(__file__).parents[2]
BRACES = re.compile(r"\{(\w*)\}")


def english() -> Catalog:
    with (TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po").open("rb") as text:
        return read_po(text, locale="en")


def extracted() -> set[str]:
    """All sentences of the code and the pages, as ``reporter/web/babel.cfg`` says they are found."""
    methods, options = parse_mapping_cfg(io.StringIO((ROOT / "reporter/web/babel.cfg").read_text()))
    keywords = {"_": None, "gettext": None, "sentence": None}
    return {
        message
        for folder in ("reporter", "schemas")
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(ROOT / folder), methods, options, keywords=keywords
        )
        if isinstance(message, str)
    }


def test_every_sentence_is_translated_and_nothing_is_left_over() -> None:
    catalogue = english()
    translated = {str(message.id) for message in catalogue if message.id and message.string}
    assert extracted() - translated == set()
    assert {str(message.id) for message in catalogue if message.id} - extracted() == set()
    assert not catalogue.obsolete
    assert not [message.id for message in catalogue if message.fuzzy and message.id]


def test_translations_have_the_braces_of_their_sentence() -> None:
    different = [
        message.id
        for message in english()
        if message.id and sorted(BRACES.findall(str(message.id))) != sorted(BRACES.findall(str(message.string)))
    ]
    assert different == []


def test_translations_are_english() -> None:
    """Chinese stays only where it names a thing, as in “Grid lead (网)”."""
    chinese = [message.string for message in english() if re.search(r"[一-鿿]", str(message.string))]
    assert sorted(map(str, chinese)) == ["Building lead (格)", "Grid lead (网)", "Neighbour lead (里)"]


def test_every_title_of_the_ladders_has_its_word() -> None:
    tree = json.loads((ROOT / "reporter/seeds/tree.json").read_text())
    titles = {row["title"] for row in tree["ladders"] if row["title"]}
    assert titles <= set(LADDER_TITLES)
    catalogue = english()
    different = {
        row["title"]: row["title_en"]
        for row in tree["ladders"]
        if row["title"] and catalogue[row["title"]].string != row["title_en"]
    }
    assert different == {}


@pytest.mark.parametrize(
    ("language", "text"),
    [("zh", "请先登录"), ("en", "Please sign in first")],
)
def test_the_catalogue_is_found_at_run_time(translations: None, language: str, text: str) -> None:
    app = Flask("reporter", root_path=str(ROOT / "reporter"))
    Babel(app, default_locale="zh", default_translation_directories="web/translations")
    with app.test_request_context(), force_locale(language):
        assert gettext("请先登录") == text
