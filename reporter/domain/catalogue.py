"""What a report is about: up to three categories for the words people use, and the emergency number to show.

Nothing is decided silently: ``Index.suggest`` offers, the submitter or the grid lead chooses. Categories, aliases,
emergency words and the threshold are data (``seeds/catalogue.json``); here is only how Chinese reports are written:
inserted words, denials ("路灯没有坏"), full-width and traditional characters. Source of the rules: domain reference 8.1
(longest alias first, score by length, prior by place, ambiguous words stay ambiguous). Limits are in ``sla.py``.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

BREAK = ","  # where a clause ends; the only punctuation that survives ``normalise``
NEIGHBOURHOOD = "neighbourhood"  # the kind of category that lives indoors; components and events are outdoors

# How a text is compared with an alias: by pairs of neighbouring characters, which survive inserted words.
COMMON = frozenset("的了不没冇得有无在是被把个到着过也都就很太还要会能好坏见人来去出起上下一二几天这那又再")
COMMON_WEIGHT = (1.0, 0.5, 0.15)  # of a pair with no, one, two common characters: 不见 fits a cover and a cat
GAP_CREDIT = (1.0, 0.6, 0.5, 0.4)  # for a pair with 0..3 characters put between: 楼道的灯 for 楼道灯
WINDOW, STEP = 24, 12  # characters an alias may be spread over; windows overlap by half
LEAST_COVERAGE = 0.5  # share of an alias's weight that must be there, or it is a coincidence
DISTINCT = 0.85  # coverage at which an alias counts as really said, not only hinted at

# How clear evidence becomes a score.
HALF_REACH = 1.0  # weight at which a complete alias scores one half: about two characters
LEAST_WEIGHT = 0.5  # of a complete alias, however common its characters are: 没水
NEWS = 0.5  # share of an alias that clearer ones have not said yet, for it to count beside them
MORE_WORDS = 0.25  # how far such another alias lifts the score towards 1
LATE, LATE_AFTER = 0.5, 150  # what evidence loses from the 150th character on: people say the matter first
SHARED = 0.9  # for members of a look-alike set for which no alias of their own speaks
WRONG_PLACE = 0.88  # for an outdoor category indoors and the reverse: mild, people also report from the window

NEGATOR = r"(?:(?<!有)没有|(?<!有)没|并未|尚未|未|无|冇得|冇)"
FILLER = r"(?:发生|发现|出现|造成|导致|闻到|看到|听到|存在|人员|人|任何|什么|有|再|过|被|又|太|很|怎么|这么|那么)"
DEFECT = (
    r"(?:损坏|破损|毁坏|坏|破|断(?!过)|倒(?!垃圾|污|水|渣)|丢(?!垃圾)|被偷|不见|缺失|松动|漏|渗|堵|塌|陷|裂|歪|倾斜|掉|脱落"
    r"|停水|停电|停运|故障|失灵|积水|渍水|淹|异味|异响|吵|扰民|起火|着火|失火|冒烟|爆炸|泄漏|困人|不亮)"
)
IS_NOT = r"(?<!是)不是"  # "是不是坏了" asks
DENIED = re.compile(  # takes the thing along with its denied defect; "不是坏了吗" complains, it does not deny
    rf"[^{BREAK}了]{{0,5}}(?:{NEGATOR}{FILLER}{{0,2}}{DEFECT}|(?<![坏漏堵吵])不再?(?:坏|漏|堵|吵|淹|停水|停电)"
    rf"|{IS_NOT}[^{BREAK}]{{0,8}}?{DEFECT})(?!了?[吗嘛么])"
)
AVERTED = r"(?:避免|防止|以免|以防|预防|谨防|严防)"  # "防止触电" speaks of no accident
DENIED_BEFORE = re.compile(
    rf"(?:(?:{NEGATOR}|不){FILLER}{{0,3}}|闻不到|{AVERTED}[^{BREAK}]{{0,4}}|{IS_NOT}[^{BREAK}]{{0,4}})$"
)
DENIAL_REACH = 12  # characters before a word of danger in which its denial can stand


@dataclass(frozen=True)
class Entry:
    """A category as far as words go. ``look_alike`` names the set that reporters cannot tell apart."""

    code: str
    name: str
    kind: str  # component | event | neighbourhood
    aliases: tuple[str, ...]
    look_alike: str | None = None


@dataclass(frozen=True)
class Candidate:
    """A category worth offering: ``score`` 0..1; ``matched`` are the catalogue's words that spoke for it, clearest
    first, empty for the fallback."""

    code: str
    score: float
    matched: tuple[str, ...]


@dataclass(frozen=True)
class EmergencyWord:
    """A word of danger, in the form that ``normalise`` gives, and the key of the number to show first."""

    word: str
    divert: str


@dataclass(frozen=True)
class _Word:
    """An alias or name, once for all entries (by position) that share it; ``weight`` sums its pairs."""

    plain: str
    shown: str
    owners: tuple[int, ...]
    pairs: frozenset[str]
    weight: float


@dataclass(frozen=True)
class _Heard:
    """``coverage`` is the share of a word that was said, ``clarity`` its worth as evidence; both 0..1."""

    coverage: float
    clarity: float


def normalise(text: str, traditional: Mapping[str, str]) -> str:
    """One plain form: half-width, lower case, simplified, without spaces and emoji.

    Punctuation and line ends become one ``BREAK``, so that a denial ends where its clause ends.
    """
    kept: list[str] = []
    for char in unicodedata.normalize("NFKC", text).lower():
        simple = traditional.get(char, char)
        kind = unicodedata.category(simple)[0]
        if kind in "LN":
            kept.append(simple)
        elif (kind == "P" or simple in "\r\n~|") and kept and kept[-1] != BREAK:
            kept.append(BREAK)
    return "".join(kept).strip(BREAK)


def emergency(text: str, words: Sequence[EmergencyWord], traditional: Mapping[str, str]) -> str | None:
    """The divert key of the first word of the table that the text says and does not deny; None without danger.

    The table is in order of urgency: what kills within minutes stands first.
    """
    plain = normalise(text, traditional)
    return next((word.divert for word in words if _is_said(word.word, plain)), None)


class Index:
    """The catalogue's words, weighed once and asked often. Not changed after building, so threads may share it.

    ``generics`` maps a look-alike set to the code of its unspecific member ("a cover, nobody knows whose");
    ``fallback_code`` is offered when nothing reaches ``threshold`` (0..1).
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        *,
        fallback_code: str,
        threshold: float,
        generics: Mapping[str, str],
        traditional: Mapping[str, str],
    ) -> None:
        self._entries = tuple(entries)
        self._fallback_code = fallback_code
        self._threshold = threshold
        self._generics = dict(generics)
        self._traditional = dict(traditional)
        owners: dict[str, dict[int, str]] = defaultdict(dict)
        for number, entry in enumerate(self._entries):
            for shown in (entry.name, *entry.aliases):
                owners[normalise(shown, traditional)].setdefault(number, shown)
        self._weights = self._pair_weights(owners)
        self._words = tuple(
            _Word(plain, next(iter(by.values())), tuple(by), _pairs(plain), self._weight_of(_pairs(plain)))
            for plain, by in owners.items()
            if plain
        )
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, word in enumerate(self._words):
            for pair in word.pairs:
                self._postings[pair].append((number, self._weights[pair]))

    def suggest(self, text: str, *, indoors: bool | None = None, limit: int = 3) -> list[Candidate]:
        """Up to ``limit`` candidates, best first; the fallback alone when nothing is convincing.

        ``indoors``: the point lies in a building (True), on a carriageway (False) or nobody knows (None).
        """
        affirmed = DENIED.sub(BREAK, normalise(text, self._traditional))
        ranked = sorted(self._judged(self._heard(affirmed), indoors), key=lambda found: (-found[0], found[1]))
        offered = [
            Candidate(self._entries[owner].code, round(score, 3), tuple(self._words[number].shown for number in told))
            for score, owner, told in ranked[:limit]
            if score >= self._threshold
        ]
        return offered or [Candidate(self._fallback_code, 0.0, ())]

    def _pair_weights(self, owners: Mapping[str, Iterable[int]]) -> dict[str, float]:
        """Rare pairs weigh more. A look-alike set counts as one owner, or its many covers would drown 井盖."""
        users: dict[str, set[str]] = defaultdict(set)
        for plain, by in owners.items():
            for pair in _pairs(plain):
                users[pair].update(self._entries[number].look_alike or self._entries[number].code for number in by)
        top = math.log(len(self._entries) + 1)
        return {
            pair: (1 - math.log(len(topics)) / top) * COMMON_WEIGHT[sum(char in COMMON for char in pair)]
            for pair, topics in users.items()
        }

    def _weight_of(self, pairs: Iterable[str]) -> float:
        return sum(self._weights[pair] for pair in pairs)

    def _heard(self, plain: str) -> dict[int, _Heard]:
        """Word (by position) → how it was heard; words of which too little is there are left out."""
        heard: dict[int, _Heard] = {}
        for start in range(0, max(1, len(plain) - STEP), STEP):
            stretch = plain[start : start + WINDOW]
            late = 1 - LATE * min(1.0, start / LATE_AFTER)
            found: dict[int, float] = defaultdict(float)
            for pair, credit in _credits(stretch, self._postings).items():
                for number, weight in self._postings[pair]:
                    found[number] += weight * credit
            for number, sum_found in found.items():
                word = self._words[number]
                complete = word.plain in stretch
                weight = max(word.weight, LEAST_WEIGHT) if complete else word.weight
                coverage = 1.0 if complete else sum_found / weight
                clarity = late * coverage**2 * weight / (weight + HALF_REACH)
                if coverage >= LEAST_COVERAGE and (number not in heard or clarity > heard[number].clarity):
                    heard[number] = _Heard(coverage, clarity)
        return heard

    def _judged(self, heard: Mapping[int, _Heard], indoors: bool | None) -> Iterator[tuple[float, int, list[int]]]:
        """Each entry that was heard: score, position, the words (by position) behind it."""
        of_entry: dict[int, list[int]] = defaultdict(list)
        for number in sorted(heard, key=lambda number: (-heard[number].clarity, number)):
            for owner in self._words[number].owners:
                of_entry[owner].append(number)
        for owner, numbers in of_entry.items():
            entry = self._entries[owner]
            told = self._telling(numbers, heard)
            score = heard[told[0]].clarity
            for number in told[1:]:
                score += (1 - score) * heard[number].clarity * MORE_WORDS
            if self._is_vague(entry, numbers, heard):
                score *= SHARED
            if indoors is not None and indoors != (entry.kind == NEIGHBOURHOOD):
                score *= WRONG_PLACE
            yield score, owner, told

    def _telling(self, numbers: Sequence[int], heard: Mapping[int, _Heard]) -> list[int]:
        """At most three words: the clearest, and those really said that add something to it."""
        told, said = [numbers[0]], set(self._words[numbers[0]].pairs)
        for number in numbers[1:8]:
            word = self._words[number]
            news = self._weight_of(word.pairs - said)
            if len(told) < 3 and heard[number].coverage >= DISTINCT and news >= NEWS * word.weight:
                told.append(number)
                said |= word.pairs
        return told

    def _is_vague(self, entry: Entry, numbers: Iterable[int], heard: Mapping[int, _Heard]) -> bool:
        """True where the generic member of the set should stand above: no alias of this member alone was said."""
        if self._generics.get(entry.look_alike or "", entry.code) == entry.code:
            return False
        return not any(heard[number].coverage >= DISTINCT and self._is_own(number, entry) for number in numbers)

    def _is_own(self, number: int, entry: Entry) -> bool:
        owners = (self._entries[owner] for owner in self._words[number].owners)
        return sum(owner.look_alike == entry.look_alike for owner in owners) == 1


def _is_said(word: str, plain: str) -> bool:
    at = plain.find(word) if word else -1
    while at >= 0:
        if not DENIED_BEFORE.search(plain[max(0, at - DENIAL_REACH) : at]):
            return True
        at = plain.find(word, at + 1)
    return False


def _pairs(plain: str) -> frozenset[str]:
    """Neighbouring characters within a clause; a single character stands for itself."""
    return frozenset(pair for at in range(max(1, len(plain) - 1)) if BREAK not in (pair := plain[at : at + 2]))


def _credits(stretch: str, known: Mapping[str, object]) -> dict[str, float]:
    """Known pairs of the stretch, also those with characters put between, each with its best credit."""
    best: dict[str, float] = {}
    for gap, credit in enumerate(GAP_CREDIT, start=1):
        for first, second in zip(stretch, stretch[gap:], strict=False):
            pair = first + second
            if pair in known and pair not in best:  # narrow gaps come first, so the first credit is the best
                best[pair] = credit
    return best
