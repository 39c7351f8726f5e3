"""What a limit written by a person means: “2紧急工作时”, “4工作时”, “3个工作日内”. What is not clear is refused.

Source of the units: domain reference 5.1. A plain “4小时” or “2天” counts working time in one city and runs
round the clock in another, so that whoever imports says which (``Bare``); nothing is assumed.
"""

import re
import unicodedata
from enum import StrEnum

from reporter.domain.working_time import Limit, Unit

MOST = 1000  # of any unit: more is a slip of the pen
ZERO_TO_TEN = {word: value for value, word in enumerate("零一二三四五六七八九十")} | {"两": 2}

UNIT_WORDS = {
    "紧急分钟": Unit.URGENT_MINUTE,
    "紧急工作时": Unit.URGENT_HOUR,
    "紧急工作小时": Unit.URGENT_HOUR,
    "紧急小时": Unit.URGENT_HOUR,
    "工作时": Unit.WORK_HOUR,
    "工作小时": Unit.WORK_HOUR,
    "工作日": Unit.WORK_DAY,
    "工作天": Unit.WORK_DAY,
    "自然日": Unit.NATURAL_DAY,
    "自然天": Unit.NATURAL_DAY,
    "日历日": Unit.NATURAL_DAY,
    "日历天": Unit.NATURAL_DAY,
    "紧急工作日": Unit.NATURAL_DAY,
}


class Bare(StrEnum):
    """What units without “紧急”, “工作” or “自然” count in this file."""

    WORKING = "working"
    CONTINUOUS = "continuous"


BARE_WORDS: dict[str, dict[Bare, Unit]] = {
    "分钟": {Bare.CONTINUOUS: Unit.URGENT_MINUTE},  # working minutes are no unit of ours
    "小时": {Bare.WORKING: Unit.WORK_HOUR, Bare.CONTINUOUS: Unit.URGENT_HOUR},
    "天": {Bare.WORKING: Unit.WORK_DAY, Bare.CONTINUOUS: Unit.NATURAL_DAY},
    "日": {Bare.WORKING: Unit.WORK_DAY, Bare.CONTINUOUS: Unit.NATURAL_DAY},
}
WITHOUT_A_NUMBER = ("立即", "及时", "随时", "当场", "马上", "即时")

_WORDS = "|".join(sorted((*UNIT_WORDS, *BARE_WORDS), key=len, reverse=True))
_LIMIT = re.compile(rf"(?P<value>\d{{1,9}}|[{''.join(ZERO_TO_TEN)}])个?(?P<unit>{_WORDS})(?:之?内)?")


class Unreadable(ValueError):
    """The only argument is a sentence about the text, for whoever wrote it."""


def parse(text: str, bare: Bare | None) -> Limit:
    """The limit a text means. Raises Unreadable."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    read = _LIMIT.fullmatch(plain)
    if read is None:
        raise Unreadable(_why_not(text, plain))
    value = ZERO_TO_TEN[read["value"]] if read["value"] in ZERO_TO_TEN else int(read["value"])
    if not 0 < value <= MOST:
        raise Unreadable(f"“{text}”：数应在 1 到 {MOST} 之间")
    return Limit(value, UNIT_WORDS.get(read["unit"]) or _bare_unit(text, read["unit"], bare))


def written(limit: Limit) -> str:
    """A limit as our own files write it; ``parse`` reads it back."""
    word = next(word for word, unit in UNIT_WORDS.items() if unit is limit.unit)
    return f"{limit.value}{word}"


def _bare_unit(text: str, word: str, bare: Bare | None) -> Unit:
    if bare is None:
        raise Unreadable(f"“{text}”没有说按工作时间还是连续时间算，请用 --bare-units working 或 continuous 说明")
    if bare not in BARE_WORDS[word]:
        raise Unreadable(f"“{text}”：没有“工作分钟”这个单位，请写成“紧急分钟”或“工作时”")
    return BARE_WORDS[word][bare]


def _why_not(text: str, plain: str) -> str:
    if any(word in plain for word in WITHOUT_A_NUMBER):
        return f"“{text}”没有数，请写成分钟，例如“30紧急分钟”"
    if re.search(r"\d\.\d|半", plain):
        return f"“{text}”不是整数，请换成更小的单位"
    if _LIMIT.match(plain):
        rest = plain[_LIMIT.match(plain).end() :]  # type: ignore[union-attr]  # the line above says it matches
        return f"“{text}”：时限后面还有“{rest}”，看不出是什么的时限，请只写时限"
    if _LIMIT.search(plain):
        return f"“{text}”：时限前面有条件，请分成两行，条件写进立案条件"
    return f"“{text}”读不懂，请写成“2紧急工作时”“4工作时”“3工作日”“7自然日”这样"
