"""What a written limit means: every text of the two standards tables that were read, and what else people write."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.domain.importing.limits import MOST, Bare, Unreadable, parse, written
from reporter.domain.working_time import Limit, Unit

WORKING, CONTINUOUS = Bare.WORKING, Bare.CONTINUOUS


@pytest.mark.parametrize(
    ("text", "bare", "value", "unit"),
    [
        ("2紧急工作时", None, 2, Unit.URGENT_HOUR),  # both tables: runs round the clock
        ("1紧急工作时", None, 1, Unit.URGENT_HOUR),
        ("4紧急工作时", None, 4, Unit.URGENT_HOUR),
        ("2紧急工作日", None, 2, Unit.NATURAL_DAY),  # “urgent” again: 24 hours each
        ("1紧急工作日", None, 1, Unit.NATURAL_DAY),
        ("4工作时", None, 4, Unit.WORK_HOUR),  # the table with the law
        ("2工作时", None, 2, Unit.WORK_HOUR),
        ("1工作日", None, 1, Unit.WORK_DAY),
        ("2工作日", None, 2, Unit.WORK_DAY),
        ("3工作日", None, 3, Unit.WORK_DAY),
        ("4工作日", None, 4, Unit.WORK_DAY),
        ("5工作日", None, 5, Unit.WORK_DAY),
        ("7工作日", None, 7, Unit.WORK_DAY),
        ("10工作日", None, 10, Unit.WORK_DAY),
        ("4小时", WORKING, 4, Unit.WORK_HOUR),  # the first table: so its parser read it
        ("2小时", WORKING, 2, Unit.WORK_HOUR),
        ("2小时", CONTINUOUS, 2, Unit.URGENT_HOUR),  # another city
        ("1天", WORKING, 1, Unit.WORK_DAY),
        ("2天", WORKING, 2, Unit.WORK_DAY),
        ("3天", WORKING, 3, Unit.WORK_DAY),
        ("4天", WORKING, 4, Unit.WORK_DAY),
        ("5天", WORKING, 5, Unit.WORK_DAY),
        ("7天", WORKING, 7, Unit.WORK_DAY),
        ("10天", WORKING, 10, Unit.WORK_DAY),
        ("15天", WORKING, 15, Unit.WORK_DAY),
        ("7天", CONTINUOUS, 7, Unit.NATURAL_DAY),
        ("2个工作日", None, 2, Unit.WORK_DAY),  # how people say it
        ("三个工作日内", None, 3, Unit.WORK_DAY),
        ("两小时之内", CONTINUOUS, 2, Unit.URGENT_HOUR),
        ("３０紧急分钟", None, 30, Unit.URGENT_MINUTE),  # full-width digits
        (" 7 自然日 ", None, 7, Unit.NATURAL_DAY),
        ("30分钟", CONTINUOUS, 30, Unit.URGENT_MINUTE),
        ("3日", CONTINUOUS, 3, Unit.NATURAL_DAY),
    ],
)
def test_a_clear_limit_is_read(text: str, bare: Bare | None, value: int, unit: Unit) -> None:
    assert parse(text, bare) == Limit(value, unit)


@pytest.mark.parametrize(
    ("text", "bare", "why"),
    [
        ("4小时", None, "--bare-units"),  # working or round the clock: nobody said
        ("1天", None, "--bare-units"),
        ("30分钟", WORKING, "没有“工作分钟”"),
        ("1紧急工作时制止", WORKING, "后面还有“制止”"),  # the first table: to stop it, not to solve it
        ("种植季节15工作日", None, "前面有条件"),  # the table with the law: what about the other seasons?
        ("立即", WORKING, "没有数"),
        ("及时处理", WORKING, "没有数"),
        ("1.5小时", WORKING, "不是整数"),
        ("半天", WORKING, "不是整数"),
        ("0工作时", None, "1 到 1000"),
        ("1001工作日", None, "1 到 1000"),
        ("1工作日/2工作日", None, "后面还有“/2工作日”"),  # one limit for two things
        ("-2工作时", None, "前面有条件"),
        ("尽快", WORKING, "读不懂"),
        ("", WORKING, "读不懂"),
        ("2", WORKING, "读不懂"),  # of what?
        ("工作日", WORKING, "读不懂"),  # how many?
    ],
)
def test_an_unclear_limit_is_refused_with_its_text(text: str, bare: Bare | None, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse(text, bare)
    assert why in str(refused.value)
    assert f"“{text}”" in str(refused.value)


@given(st.integers(1, MOST), st.sampled_from(Unit), st.sampled_from([None, *Bare]))
def test_what_we_write_we_read(value: int, unit: Unit, bare: Bare | None) -> None:
    assert parse(written(Limit(value, unit)), bare) == Limit(value, unit)


@given(st.text(max_size=12), st.sampled_from([None, *Bare]))
def test_any_text_is_a_limit_or_refused_in_words(text: str, bare: Bare | None) -> None:
    with contextlib.suppress(Unreadable):  # any other exception fails
        assert 0 < parse(text, bare).value <= MOST
