"""The shape of the code: floors, rooms, sizes, and what may not stand in a file.

The contracts between the floors are in pyproject.toml; here they are run, and checked to leave no room out.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from importlinter import cli as importlinter

ROOT = Path(__file__).parents[1]
LONGEST = {
    "reporter": 300,
    "schemas": 300,
    "deploy": 300,
    "tests": 600,
}  # lines; past some 250 a module asks to be split
LONGER: dict[str, str] = {}  # path → why it is better in one piece

# A machine's own paths, and where packages come from: these belong to a machine's settings, never into a file. The
# brackets keep this file from finding itself.
FORBIDDEN = {
    "a path of one machine": re.compile(
        r"(?<![\w.~-])(?:/(?:[w]ork|[f]arm|[r]oot)(?:/|(?=[\"'`\s])|$)|/tmp/[b]ash_jobs)"
    ),
    "the address of a registry": re.compile(
        r"[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.(?:org|com)|[n]pmmirror\.com|[y]arnpkg\.com"
        r"|(?:deb|security)\.[d]ebian\.org|[d]ocker\.io|[g]hcr\.io|[a]liyun\.com|[t]una\.tsinghua|/[s]imple/?(?:\s|$)"
    ),
}


def contracts() -> list[dict[str, object]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def rooms() -> set[str]:
    """Every module and package directly under reporter/."""
    inside = (ROOT / "reporter").iterdir()
    return {path.stem for path in inside if path.suffix == ".py" or (path / "__init__.py").exists()} - {"__init__"}


def ours(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def files_in_the_repository() -> list[Path]:
    """What is committed or would be: everything but what .gitignore leaves out."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_imports_go_down_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert importlinter.lint_imports(no_cache=True) == importlinter.EXIT_STATUS_SUCCESS


def test_every_room_has_its_floor() -> None:
    layers = next(contract["layers"] for contract in contracts() if contract["id"] == "floors")
    on_a_floor = set(re.findall(r"reporter\.(\w+)", str(layers)))
    assert rooms() - on_a_floor == {"standin"}  # a stranger in the house, with contracts of its own


@pytest.mark.parametrize(("contract", "may"), [("schemas", {"domain"}), ("standin", set())])
def test_what_knows_little_knows_no_room_but_those(contract: str, may: set[str]) -> None:
    forbidden = next(entry["forbidden_modules"] for entry in contracts() if entry["id"] == contract)
    assert rooms() - set(re.findall(r"reporter\.(\w+)", str(forbidden))) - {"standin", "open311"} == may - {"standin"}


# parts of the standard library that ask the machine, the world, or chance
NOT_FOR_RULES = {
    "http",
    "io",
    "logging",
    "os",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "time",
    "urllib",
}


def test_rules_need_the_standard_library_only_and_ask_nobody() -> None:
    graph = grimp.build_graph("reporter", include_external_packages=True, cache_dir=None)
    rules = {module for module in graph.modules if module.startswith("reporter.domain")}
    allowed = sys.stdlib_module_names - NOT_FOR_RULES
    strangers = {
        (rule, imported)
        for rule in rules
        for imported in graph.find_modules_directly_imported_by(rule)
        if imported.split(".")[0] not in allowed and imported not in rules
    }
    assert strangers == set()
    assert len(rules) > 5


def test_rules_are_told_what_time_it_is() -> None:
    asks = re.compile(r"\b(?:date|datetime)\.(?:now|utcnow|today)\(")
    asking = [path.name for path in ours("reporter/domain") if asks.search(path.read_text())]
    assert asking == []


def test_packages_open_no_doors_of_their_own() -> None:
    opened = [
        str(path.relative_to(ROOT)) for path in ours("reporter", "schemas", "tests") if path.name == "__init__.py"
    ]
    assert len(opened) > 8
    assert [name for name in opened if (ROOT / name).read_text().strip()] == []


def test_modules_are_short_enough_to_be_read() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in ours(*LONGEST)}
    long = {name: lines for name, lines in lengths.items() if lines > LONGEST[name.split("/")[0]]}
    assert long.keys() == LONGER.keys(), long


def test_modules_open_with_their_promise() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in ours("reporter", "schemas", "deploy", "tests")
        if path.name != "__init__.py" and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_migrations_are_one_line_of_history() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_nothing_in_the_repository_belongs_to_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number} {what}"
        for path in files_in_the_repository()
        if b"\0" not in (content := path.read_bytes())[:8000]
        for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), 1)
        for what, pattern in FORBIDDEN.items()
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "is_refused"),  # the bars are taken out, so that this file does not find itself
    [
        ("see /wo|rk/main/reporter", True),
        ('open("/ro|ot/.cache")', True),
        ('ROOT = "/wo|rk"', True),
        ("/tmp/ba|sh_jobs.0/17", True),
        ("--index-url https://py|pi.org/sim|ple", True),
        ("http://127.0.0.1:3141/index/sim|ple/", True),
        ('"resolved": "https://registry.npm|js.org/left-pad/-/left-pad.tgz"', True),
        ("a worker writes to /tmp/reporter-tests", False),
        ("docs/wo|rk/plan.md", False),
        ("POST /workers/3", False),
        ("a simple list", False),
        ("pip install -r requirements.lock", False),
    ],
)
def test_what_counts_as_belonging_to_one_machine(line: str, is_refused: bool) -> None:
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(line.replace("|", ""))]
    assert bool(found) == is_refused
