"""Which parts a run has, from the command line or the environment."""

import importlib

import pytest

from tests.bench.plan import FULL, KINDS, PARTS, QUICK, plan_from
from tests.bench.report import TITLES


@pytest.mark.parametrize(
    ("arguments", "env", "parts"),
    [
        ([], {}, PARTS),  # nothing named: all
        ([], {"PARTS": "lists,submit"}, ("submit", "lists")),  # in their own order
        ([], {"PARTS": " storm  photo "}, ("photo", "storm")),
        (["growth"], {"PARTS": "submit"}, ("growth",)),  # the command line counts first
        (["--quick", "memory"], {}, ("memory",)),
    ],
)
def test_parts(arguments: list[str], env: dict[str, str], parts: tuple[str, ...]) -> None:
    assert plan_from(arguments, env).parts == parts


@pytest.mark.parametrize(
    ("arguments", "env", "words"),
    [
        (["submits"], {}, "no part submits: name some of submit, lists"),
        ([], {"DATABASES": "mysql"}, "no database mysql"),
        (["--fast"], {}, "no --fast: there are --quick and --profile"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(arguments: list[str], env: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        plan_from(arguments, env)


def test_quick_and_profile_by_flag_or_by_environment() -> None:
    by_flag, by_environment = plan_from(["--quick"], {}), plan_from([], {"BENCH_QUICK": "1", "BENCH_PROFILE": "1"})
    assert by_flag.sizes is by_environment.sizes is QUICK
    assert (by_flag.profile, by_environment.profile) == (False, True)
    assert plan_from([], {}).sizes is FULL


@pytest.mark.parametrize(
    ("arguments", "env", "whole"),
    [
        ([], {}, True),
        (["--profile"], {}, True),
        (["--quick"], {}, False),
        (["submit"], {}, False),
        ([], {"DATABASES": KINDS[0]}, False),
    ],
)
def test_only_a_full_run_of_everything_is_the_report(arguments: list[str], env: dict[str, str], whole: bool) -> None:
    assert plan_from(arguments, env).whole is whole


def test_every_part_has_a_module_and_a_title() -> None:
    assert tuple(TITLES) == PARTS
    assert all(callable(importlib.import_module(f"tests.bench.parts.{part}").measure) for part in PARTS)
