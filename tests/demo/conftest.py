"""The demo districts of these tests: two streets as everyday use has them, and the whole 武昌区 once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from reporter.demo.district import generate
from reporter.demo.rows import AreaRow, District
from reporter.demo.spec import DistrictSpec, Division, read_divisions, read_specs

WUCHANG, JIANGAN = "420106", "420102"
NANHU, XIMA = "420106015", "420102007"


@dataclass(frozen=True)
class Made:
    """A generated district with the ways in which tests look at it."""

    spec: DistrictSpec
    district: District
    by_code: Mapping[str, AreaRow] = field(init=False)
    children: Mapping[str, Sequence[AreaRow]] = field(init=False)

    def __post_init__(self) -> None:
        children = defaultdict(list)
        for row in self.district.areas:
            children[row.parent_code or ""].append(row)
        object.__setattr__(self, "by_code", {row.code: row for row in self.district.areas})
        object.__setattr__(self, "children", dict(children))

    def at(self, level: str) -> list[AreaRow]:
        return [row for row in self.district.areas if row.level == level]

    def tiled(self) -> list[tuple[AreaRow, list[AreaRow]]]:
        """Parents with the children that must cover them: from the streets down, and the whole 武昌区."""
        levels = {"street", "community", "grid", "building"}
        if len(self.at("street")) > 1:
            levels.add("district")
        rows = [row for row in self.district.areas if row.level in levels and row.ring]
        return [(row, list(self.children[row.code])) for row in rows]


@pytest.fixture(scope="session")
def specs() -> Mapping[str, DistrictSpec]:
    return read_specs()


@pytest.fixture(scope="session")
def divisions() -> Sequence[Division]:
    return read_divisions()


@pytest.fixture(scope="session")
def nanhu(specs: Mapping[str, DistrictSpec], divisions: Sequence[Division]) -> Made:
    return Made(specs[WUCHANG], generate(specs[WUCHANG], divisions, streets={NANHU}))


@pytest.fixture(scope="session")
def xima(specs: Mapping[str, DistrictSpec], divisions: Sequence[Division]) -> Made:
    return Made(specs[JIANGAN], generate(specs[JIANGAN], divisions))


@pytest.fixture(scope="session")
def wuchang(specs: Mapping[str, DistrictSpec], divisions: Sequence[Division]) -> Made:
    return Made(specs[WUCHANG], generate(specs[WUCHANG], divisions))


@pytest.fixture(params=["nanhu", "xima", "wuchang"])
def made(request: pytest.FixtureRequest) -> Made:
    return request.getfixturevalue(request.param)
