"""The whole demo in both databases: the same rows, and for any point the same answer.

Each test loads both databases, so there are few of them, and each asks much.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from math import cos, radians
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from reporter.db import make_engine, session_for
from reporter.demo.load import load
from reporter.demo.partition import Point as Pair
from reporter.domain.areas import Level, place
from reporter.domain.coordinates import Point
from reporter.domain.errors import LocationOutOfArea
from reporter.models.areas import Area, AreaShape, Compound, CompoundGrid, Leave, Seat, Station
from reporter.models.people import DemoHint, Person
from reporter.queries import areas, rulebook
from reporter.services.migrating import migrate
from tests.databases import KINDS, Databases
from tests.demo.conftest import WUCHANG, Made
from tests.demo.test_geometry import chains
from tests.domain.calendars import beijing

NOW = beijing("2026-10-03 09:00")
POINTS = 10_000
SNAP_M = 200.0
METRE = 1 / 111_195  # degrees of latitude
NARROW = cos(radians(30.55))  # of a degree of longitude
COMPARED = (Area, Seat, Person, Leave, Compound, CompoundGrid, Station)

Both = dict[str, Engine]


@pytest.fixture(scope="module")
def both(databases: Databases, request: pytest.FixtureRequest) -> Iterator[Both]:
    """The whole demo in a database of each kind."""
    if request.config.getoption("--database"):
        pytest.skip("compares the two databases")
    with ExitStack() as stack:
        engines = {kind: make_engine(stack.enter_context(databases.empty(kind))) for kind in KINDS}
        for engine in engines.values():
            stack.callback(engine.dispose)
            migrate(engine)
            with session_for(engine, writes=True) as session:
                load(session, NOW, lambda text: None)
        yield engines


def points_of(made: Made) -> list[Pair]:
    """Of ten: four anywhere around the district, four within metres of an edge or on a corner of an area below a
    street, one within 300 m of the district's own edge, one as people type it."""
    dice = Random("agreement")
    rows = [row.ring for row in made.district.areas if row.ring and len(row.code) > 9]
    outline = made.at("district")[0].ring
    assert outline
    west, south, east, north = (f(p[i] for p in outline) for f in (min, max) for i in (0, 1))
    points: list[Pair] = []
    for turn in range(POINTS):
        anywhere = dice.uniform(west - 0.005, east + 0.005), dice.uniform(south - 0.005, north + 0.005)
        match turn % 10:
            case 0 | 1 | 2 | 3:
                points.append(anywhere)
            case 4:
                points.append(dice.choice(dice.choice(rows)))  # exactly on a corner
            case 5:
                points.append(_on_an_edge(dice, dice.choice(rows), 0.0))
            case 6 | 7:
                points.append(_on_an_edge(dice, dice.choice(rows), 3.0))
            case 8:
                points.append(_on_an_edge(dice, outline, 300.0))
            case _:
                points.append((round(anywhere[0], 4), round(anywhere[1], 4)))
    return points


def _on_an_edge(dice: Random, ring: Sequence[Pair], metres: float) -> Pair:
    i = dice.randrange(len(ring) - 1)
    (ax, ay), (bx, by), share = ring[i], ring[i + 1], dice.random()
    off, up = dice.uniform(-metres, metres) * METRE / NARROW, dice.uniform(-metres, metres) * METRE
    return ax + share * (bx - ax) + off, ay + share * (by - ay) + up


def placed(session: Session, point: Pair) -> tuple[int, tuple[str, ...]] | None:
    """Which area the service takes a point for and with which flags, None where nobody is responsible."""
    try:
        found = place(areas.containing(session, Point(*point), NOW.date(), SNAP_M))
    except LocationOutOfArea:
        return None
    return found.area_id, found.flags


def rows_of(session: Session, model: type[Any]) -> list[tuple[Any, ...]]:
    columns = model.__table__.columns
    return [tuple(row) for row in session.execute(select(*columns).order_by(*model.__table__.primary_key))]


def test_both_databases_hold_the_whole_district_and_the_same_rows(both: Both) -> None:
    held = {}
    for kind, engine in both.items():
        with session_for(engine, writes=False) as session:
            levels = session.execute(
                select(Area.level, func.count()).where(Area.code.startswith("420106")).group_by(Area.level)
            )
            assert {level: count for level, count in levels if level != Level.HOUSEHOLD_GROUP} == {
                "district": 1,
                "street": 15,
                "community": 144,
                "grid": 1272,
                "building": 6360,
                "neighbourhood": 25440,
            }
            counted = {model: session.scalar(select(func.count()).select_from(model)) for model in (Compound, Station)}
            assert counted == {Compound: 568 + 38, Station: 15}
            for model in (Area, Person, Compound, Station):
                assert set(session.scalars(select(model.synthetic).distinct())) == {True}
            assert (session.scalar(select(func.count()).select_from(DemoHint)) or 0) < 25, "a person reads them all"
            shapes = session.execute(select(AreaShape.area_id, AreaShape.level, AreaShape.fine, AreaShape.size))
            held[kind] = [sorted(map(tuple, shapes)), *(rows_of(session, model) for model in COMPARED)]
    assert held["spatialite"] == held["postgis"]


def test_both_databases_answer_the_same_for_10000_points_and_as_the_generator_meant_it(
    both: Both, wuchang: Made
) -> None:
    points = points_of(wuchang)
    answers, seats = {}, {}
    for kind, engine in both.items():
        with session_for(engine, writes=False) as session:
            answers[kind] = [placed(session, point) for point in points]
            some = [answer[0] for answer in answers[kind][::40] if answer]
            book = rulebook.load(session)
            seats[kind] = [areas.chain_of(session, area_id, book, NOW) for area_id in some]
            codes = {row.id: row.code for row in session.execute(select(Area.id, Area.code))}
    asked = list(zip(points, answers["spatialite"], answers["postgis"], strict=True))
    assert [line for line in asked if line[1] != line[2]] == []
    assert seats["spatialite"] == seats["postgis"]

    flags = Counter(answer[1] if answer else "nobody's" for answer in answers["postgis"])
    assert set(flags) == {(), ("boundary",), ("snapped",), "nobody's"}
    assert min(flags.values()) > 500, "each kind of answer was tried"
    anywhere = [(point, answer) for n, (point, answer, _) in enumerate(asked) if n % 10 < 4]  # on no edge but by chance
    sure = [(point, codes[answer[0]]) for point, answer in anywhere if answer and not answer[1]]
    ours = [(point, code) for point, code in sure if code.startswith(WUCHANG)]  # 西马街道 is in the box, too
    assert [(point, code) for point, code in ours if chains(wuchang, WUCHANG, point)[0][-1] != code] == []
    assert len(ours) > 2000
