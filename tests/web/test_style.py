"""What can be told of the pages without a browser: contrast, words, and what a page may not contain."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "reporter" / "web"
SCRIPTS = sorted((WEB / "static" / "js").glob("*.js"))
SHEETS = sorted((WEB / "static" / "css").glob("*.css"))
PAGES = ("report", "desk", "dashboard", "docs")


def tokens() -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (WEB / "static/css/tokens.css").read_text()))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("front", "ground", "least"),
    [
        ("ink", "paper", 7.0),
        ("ink", "card", 7.0),
        ("ink-soft", "paper", 4.5),  # hints
        ("ink-soft", "card", 4.5),
        ("brand", "card", 4.5),  # links and plain buttons
        ("brand", "paper", 4.5),
        ("brand", "brand-soft", 4.5),  # an opened step
        ("brand-deep", "brand-soft", 4.5),  # tags
        ("on-brand", "brand", 4.5),  # primary buttons, header
        ("danger", "card", 4.5),  # errors
        ("danger", "paper", 4.5),
        ("danger", "danger-soft", 4.5),
        ("on-danger", "danger", 4.5),
        ("risk", "risk-soft", 4.5),
        ("risk", "card", 4.5),
        ("invite", "invite-soft", 4.5),
        ("focus", "paper", 3.0),  # not text: WCAG 1.4.11
        ("focus", "card", 3.0),
        ("line-strong", "card", 3.0),  # borders of fields
        ("bar-closed", "card", 3.0),
    ],
)
def test_contrast_of_the_tokens(front: str, ground: str, least: float) -> None:
    found = tokens()
    assert contrast(found[front], found[ground]) >= least


def test_contrast_knows_black_and_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def modules_of(page: str) -> set[Path]:
    """The script of a page and all it imports."""
    waiting, seen = [WEB / "static" / "js" / f"{page}.js"], set()
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += [module.parent / name for name in re.findall(r'from "\./(\w+\.js)"', module.read_text())]
    return seen


def without_comments(script: Path) -> str:
    return re.sub(r"/\*.*?\*/|^\s*//.*?$", "", script.read_text(), flags=re.DOTALL | re.MULTILINE)


def words_of(page: str) -> set[str]:
    """The keys of the words that a page is given."""
    names = ["common", *re.findall(r"words/(\w+)\.html", (WEB / "templates" / f"{page}.html").read_text())]
    texts = [(WEB / "templates" / "words" / f"{name}.html").read_text() for name in names]
    keys = [key for text in texts for key in re.findall(r'^  "([\w.]+)": _\(', text, re.MULTILINE)]
    assert len(keys) == len(set(keys))
    return set(keys)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_the_words_its_scripts_say(page: str) -> None:
    code = "".join(without_comments(module) for module in modules_of(page))
    first_arguments = re.findall(r"\bsay\(([^,()]*)", code)
    said = {key for argument in first_arguments for key in re.findall(r'"([\w.]+)"', argument) if key[-1] != "."}
    assert len(said) > 10
    assert said - words_of(page) == set()


def test_no_word_is_given_that_nobody_says() -> None:
    code = "".join(script.read_text() for script in SCRIPTS)
    stems = tuple(re.findall(r'"(\w+\.(?:\w+\.)?)"', code))  # put together with what data say, as "limit." + unit
    given = set().union(*map(words_of, PAGES))
    assert {key for key in given if f'"{key}"' not in code and not key.startswith(stems)} == set()


def test_scripts_never_make_markup_of_text() -> None:
    dangerous = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.style\b")
    assert [path.name for path in SCRIPTS if dangerous.search(path.read_text())] == []


def test_scripts_speak_what_an_old_phone_understands() -> None:
    """Chromium 75 and newer: no optional chaining, no ??, no private members, no newer methods."""
    new = re.compile(
        r"\?\.\w|\?\?|\.replaceChildren\(|\.at\(|structuredClone|randomUUID\(|\.replaceAll\(|#\w+ =|Object\.hasOwn"
    )
    assert {path.name: found[0] for path in SCRIPTS if (found := new.findall(path.read_text()))} == {}


def test_templates_hold_no_inline_script_and_no_style() -> None:
    """The content security policy would refuse them."""
    templates = sorted((WEB / "templates").rglob("*.html"))
    assert len(templates) > 8
    for template in templates:
        text = template.read_text()
        assert not re.search(r"\sstyle=|<style|\son\w+=", text), template.name
        assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", text)), (
            template.name
        )


def test_nothing_is_fetched_from_outside() -> None:
    ours = [
        *SCRIPTS,
        *SHEETS,
        *(WEB / "templates").rglob("*.html"),
        WEB / "static/site.webmanifest",
        WEB / "static/icon.svg",
    ]
    namespaces = "http://www.w3.org/"
    outside = {
        path.name: found
        for path in ours
        if (
            found := [
                url for url in re.findall(r"https?://[^\s\"')]+", path.read_text()) if not url.startswith(namespaces)
            ]
        )
    }
    assert outside == {}


def test_first_phone_page_is_small() -> None:
    """Uncompressed; the 150 KB of the next issue count compressed bytes."""
    size = sum(path.stat().st_size for path in (*modules_of("report"), *SHEETS))
    assert size < 120_000
