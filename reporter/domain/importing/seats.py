"""What a table of seats means: who holds which area, and who stands in.

A person is known again by a key that the city chooses (a staff number, say), never by a name: names repeat. A table
holds no passwords and no telephone numbers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reporter.domain.importing.cells import Column, Row
from reporter.domain.importing.findings import Findings

COLUMNS = (
    Column("area_code", ("区域代码", "网格代码", "代码"), 24),
    Column("holder_key", ("person_key", "负责人编号", "人员编号"), 60, needed=False, filled=False),
    Column("holder_name", ("负责人", "姓名"), 60, filled=False),
    Column("holder_username", ("username", "负责人用户名", "用户名"), 60, needed=False, filled=False),
    Column("deputy_key", ("副手编号",), 60, needed=False, filled=False),
    Column("deputy_name", ("副手",), 60, needed=False, filled=False),
    Column("deputy_username", ("副手用户名",), 60, needed=False, filled=False),
)
IGNORED = ("area_name", "区域名称", "phone", "电话")
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")  # “seat:…” is taken by the demo


@dataclass(frozen=True, slots=True)
class GivenPerson:
    """``key`` is the person's key, or the user name where the table gives none."""

    line: int
    key: str
    name: str
    username: str | None


@dataclass(frozen=True, slots=True)
class GivenSeat:
    """``holder`` None: vacant."""

    line: int
    area_code: str
    holder: GivenPerson | None
    deputy: GivenPerson | None


@dataclass(frozen=True, slots=True)
class Staff:
    seats: list[GivenSeat]
    people: dict[str, GivenPerson]


def staff(rows: Sequence[Row], findings: Findings) -> Staff:
    """The seats and the people of a table, each person once."""
    people: dict[str, GivenPerson] = {}
    usernames: dict[str, str] = {}
    seats: dict[str, GivenSeat] = {}
    for row in rows:
        holder, deputy = (_person(row, part, people, usernames, findings) for part in ("holder", "deputy"))
        if row["area_code"] in seats:
            first = seats[row["area_code"]].line
            findings.problem(
                row.line, "area_code", f"{row['area_code']} 在第 {first} 行已经有了，一个岗位只有一位负责人"
            )
        elif holder and deputy and holder.key == deputy.key:
            findings.problem(row.line, "deputy_key", f"副手和负责人是同一个人：{holder.key}")
        else:
            seats[row["area_code"]] = GivenSeat(row.line, row["area_code"], holder, deputy)
    return Staff(list(seats.values()), people)


def _person(
    row: Row, part: str, people: dict[str, GivenPerson], usernames: dict[str, str], findings: Findings
) -> GivenPerson | None:
    """The holder or the deputy of a row; None when the row names nobody, or nobody who can be used."""
    key, name, username = (row[f"{part}_{what}"] for what in ("key", "name", "username"))
    if not (key or name or username):
        return None
    sentence = field = None
    if not (key or username):
        field, sentence = "key", f"“{name}”没有编号也没有用户名，下次导入认不出是谁"
    elif not name:
        field, sentence = "name", "没有姓名"
    elif username and not USERNAME.fullmatch(username):
        field, sentence = "username", f"“{username}”不能用：2 到 60 个小写字母、数字、点、横线"
    elif username and usernames.setdefault(username, key or username) != (key or username):
        field, sentence = "username", f"“{username}”已经是 {usernames[username]} 的用户名"
    if field and sentence:
        findings.problem(row.line, f"{part}_{field}", sentence)
        return None
    return _known(GivenPerson(row.line, key or username, name, username or None), part, people, findings)


def _known(person: GivenPerson, part: str, people: dict[str, GivenPerson], findings: Findings) -> GivenPerson | None:
    """The person as first met, when this row says the same."""
    first = people.setdefault(person.key, person)
    if person.name != first.name:
        sentence = f"编号 {person.key} 在第 {first.line} 行叫“{first.name}”，这里叫“{person.name}”"
        findings.problem(person.line, f"{part}_name", sentence)
        return None
    if person.username and first.username and person.username != first.username:
        sentence = f"编号 {person.key} 在第 {first.line} 行的用户名是“{first.username}”"
        findings.problem(person.line, f"{part}_username", sentence)
        return None
    if person.username and not first.username:
        people[person.key] = person
    return people[person.key]
