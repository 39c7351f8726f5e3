"""The small district that everyday tests run on: two districts, three communities, four grids.

Everything is a rectangle, so that a test can say where a point lies. The names of the points and seats
below are what stories use.

    武昌区 420106 (WC)                     江岸区 420102 (JA): 西马街道 with other limits, one grid
      南湖街道 420106015
        社区 …002: 甲网格 …001, 乙网格 …002
        华锦 …001: 网 …001 on its own ladder
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from reporter.db import continue_numbering, make_engine, session_for
from reporter.domain.areas import CHAIN_LEVELS, FINE_LEVELS, Level
from reporter.domain.permissions import Role
from reporter.models.areas import Area, AreaShape, Compound, Department, Leave, Seat, Station
from reporter.models.people import Account, Person
from reporter.services import seeding
from reporter.services.migrating import migrate

Box = tuple[float, float, float, float]  # west, south, east, north

# Seats, by the names stories use.
CITY, WUCHANG, NANHU = "420100", "420106", "420106015"
CENTRAL, HUAJIN = "420106015002", "420106015001"
GRID_A, GRID_B, NET = "420106015002001", "420106015002002", "420106015001001"
BUILDING, OTHER_BUILDING, UNDRAWN = f"{GRID_A}001", f"{GRID_A}002", f"{GRID_A}003"
HOME, NEXT_DOOR = f"{BUILDING}01", f"{BUILDING}02"
EMPTY_HOME, AWAY_HOME = f"{OTHER_BUILDING}01", f"{OTHER_BUILDING}02"
EMPTY_BUILDING = f"{GRID_B}001"
DESERTED, DEPUTISED = f"{EMPTY_BUILDING}01", f"{EMPTY_BUILDING}02"
NET_BUILDING, NET_HOME = f"{NET}001", f"{NET}00101"
JIANGAN, XIMA, HANBEI = "420102", "420102007", "420102007002"
XIMA_GRID, XIMA_BUILDING, XIMA_HOME = f"{HANBEI}001", f"{HANBEI}001001", f"{HANBEI}00100101"
STATION, XIMA_STATION = f"{NANHU}S01", f"{XIMA}S01"

# Points (lng, lat, WGS-84) in the middle of things.
AT_HOME = (114.30075, 30.48151)
AT_NEXT_DOOR = (114.30225, 30.48151)
AT_EMPTY_HOME = (114.30375, 30.48151)
AT_AWAY_HOME = (114.30525, 30.48151)
IN_GRID_A_ONLY = (114.30151, 30.48451)  # the undrawn building stands here
AT_DESERTED = (114.30675, 30.48151)
AT_DEPUTISED = (114.30825, 30.48151)
IN_GRID_B_ONLY = (114.31051, 30.48451)
AT_NET_HOME = (114.30151, 30.48751)
NEAR_GRID_B = (114.31303, 30.48351)  # about 100 m east of the grid, in no grid
IN_STREET_ONLY = (114.32551, 30.50551)
IN_DISTRICT_ONLY = (114.33551, 30.51551)
OUTSIDE = (114.45123, 30.60123)
AT_XIMA_HOME = (114.27751, 30.59751)

SINCE = date(2025, 1, 1)
BEGAN = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Node:
    code: str
    name: str
    level: Level
    parent: str | None
    box: Box | None
    ladder: str = "standard"
    prefix: str | None = None
    holder: str | None = ""  # "": a person of its own, None: vacant, else the key of another's person
    deputy: str | None = None
    away: bool = False


def _nodes() -> list[Node]:
    city, district, street, community, grid, building, home = CHAIN_LEVELS
    a, b, net, xima = (
        (114.300, 30.480, 114.306, 30.486),
        (114.306, 30.480, 114.312, 30.486),
        (114.300, 30.486, 114.306, 30.492),
        (114.276, 30.596, 114.282, 30.602),
    )
    return [
        Node(CITY, "武汉市", city, None, (114.2, 30.4, 114.4, 30.7)),
        Node(WUCHANG, "武昌区", district, CITY, (114.30, 30.48, 114.34, 30.52), prefix="WC"),
        Node(NANHU, "南湖街道", street, WUCHANG, (114.300, 30.480, 114.330, 30.510)),
        Node(CENTRAL, "中央花园社区", community, NANHU, (114.300, 30.480, 114.312, 30.486)),
        Node(GRID_A, "甲网格", grid, CENTRAL, a, deputy="deputy-a"),
        Node(BUILDING, "1栋", building, GRID_A, (114.300, 30.480, 114.303, 30.483)),
        Node(HOME, "1栋1单元", home, BUILDING, (114.3000, 30.480, 114.3015, 30.483)),
        Node(NEXT_DOOR, "1栋2单元", home, BUILDING, (114.3015, 30.480, 114.3030, 30.483), holder=HOME),
        Node(OTHER_BUILDING, "2栋", building, GRID_A, (114.303, 30.480, 114.306, 30.483)),
        Node(EMPTY_HOME, "2栋1单元", home, OTHER_BUILDING, (114.3030, 30.480, 114.3045, 30.483), holder=None),
        Node(
            AWAY_HOME,
            "2栋2单元",
            home,
            OTHER_BUILDING,
            (114.3045, 30.480, 114.3060, 30.483),
            deputy="deputy-away",
            away=True,
        ),
        Node(UNDRAWN, "3栋", building, GRID_A, None),
        Node(GRID_B, "乙网格", grid, CENTRAL, b),
        Node(EMPTY_BUILDING, "5栋", building, GRID_B, (114.306, 30.480, 114.309, 30.483), holder=None),
        Node(DESERTED, "5栋1单元", home, EMPTY_BUILDING, (114.3060, 30.480, 114.3075, 30.483), holder=None),
        Node(
            DEPUTISED,
            "5栋2单元",
            home,
            EMPTY_BUILDING,
            (114.3075, 30.480, 114.3090, 30.483),
            holder=None,
            deputy="deputy-alone",
        ),
        Node(HUAJIN, "华锦社区", community, NANHU, net, "huajin"),
        Node(NET, "第1网", grid, HUAJIN, net, "huajin"),
        Node(NET_BUILDING, "1格", building, NET, (114.300, 30.486, 114.303, 30.489), "huajin"),
        Node(NET_HOME, "1格1里", home, NET_BUILDING, (114.300, 30.486, 114.303, 30.489), "huajin"),
        Node(JIANGAN, "江岸区", district, CITY, (114.26, 30.58, 114.29, 30.61), prefix="JA"),
        Node(XIMA, "西马街道", street, JIANGAN, (114.276, 30.596, 114.288, 30.608)),
        Node(HANBEI, "江汉北路社区", community, XIMA, xima),
        Node(XIMA_GRID, "西马网格", grid, HANBEI, xima),
        Node(XIMA_BUILDING, "西马1栋", building, XIMA_GRID, (114.276, 30.596, 114.279, 30.599)),
        Node(XIMA_HOME, "西马1栋1单元", home, XIMA_BUILDING, (114.276, 30.596, 114.279, 30.599)),
    ]


def build(url: str) -> None:
    """Migrate the database at ``url`` and put the small district into it."""
    engine = make_engine(url)
    migrate(engine)
    with session_for(engine, writes=True) as session:
        seeding.seed_rules(session, date(2026, 6, 1))
        _Builder(session).build()
    engine.dispose()


class _Builder:
    def __init__(self, session: Session):
        self._session = session
        self._areas: dict[str, int] = {}
        self._lineage: dict[str, dict[str, int]] = {}
        self._people: dict[str, int] = {}

    def build(self) -> None:
        nodes = _nodes()
        for node in nodes:
            self._add_area(node)
        continue_numbering(self._session, Area)
        for code in (WUCHANG, JIANGAN):
            seeding.load_departments(self._session, self._areas[code])
        self._session.flush()
        for node in nodes:
            self._add_seat(node)
        self._session.add(
            Compound(
                code="C1",
                name="大华公园世家",
                community_id=self._areas[CENTRAL],
                gate_lng=AT_HOME[0],
                gate_lat=AT_HOME[1],
            )
        )
        for code, community, (lng, lat) in ((STATION, CENTRAL, IN_GRID_B_ONLY), (XIMA_STATION, HANBEI, AT_XIMA_HOME)):
            self._session.add(
                Station(
                    code=code,
                    name=f"示例·{code}骑手驿站",
                    community_id=self._areas[community],
                    lng=lng,
                    lat=lat,
                    synthetic=True,
                )
            )
        policy = seeding.read("policy.json")
        seeding.load_policies(self._session, policy["policies"], SINCE)
        seeding.load_local_limits(self._session, policy["limits"], SINCE)
        self._add_accounts()

    def _add_area(self, node: Node) -> None:
        area_id = len(self._areas) + 1
        self._areas[node.code] = area_id
        above = self._lineage[node.parent] if node.parent else {}
        self._lineage[node.code] = {**above, f"{node.level.value}_id": area_id}
        self._session.execute(
            insert(Area).values(
                id=area_id,
                code=node.code,
                name=node.name,
                level=node.level.value,
                parent_id=self._areas[node.parent] if node.parent else None,
                ladder=node.ladder,
                ticket_prefix=node.prefix,
                synthetic=True,
                attributes={},
                valid_from=SINCE,
                **self._lineage[node.code],
            )
        )
        if node.box:
            west, south, east, north = node.box
            ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
            self._session.execute(
                insert(AreaShape).values(
                    area_id=area_id,
                    level=node.level.value,
                    fine=node.level in FINE_LEVELS,
                    size=(east - west) * (north - south),
                    geom=f"SRID=4326;POLYGON(({ring}))",
                )
            )

    def _add_seat(self, node: Node) -> None:
        role = Role.DISTRICT if node.level in (Level.CITY, Level.DISTRICT) else Role.LEAD
        holder = self.person(node.holder or node.code, f"示例·{node.name}", role) if node.holder is not None else None
        deputy = self.person(node.deputy, f"示例·副·{node.name}", role) if node.deputy else None
        self._session.add(Seat(area_id=self._areas[node.code], holder_id=holder, deputy_id=deputy))
        if node.away and holder is not None:
            self._session.add(Leave(person_id=holder, starts_at=BEGAN, ends_at=BEGAN + timedelta(days=3650)))

    def person(self, key: str, name: str, role: Role, **more: int) -> int:
        """The person of this key, made the first time."""
        if key not in self._people:
            row = Person(name=name, role=role.value, created_at=BEGAN, **more)
            self._session.add(row)
            self._session.flush()  # seats and accounts refer to the person
            self._people[key] = row.id
        return self._people[key]

    def _add_accounts(self) -> None:
        departments = {(row.district_id, row.code): row.id for row in self._session.query(Department).all()}
        wuchang = self._areas[WUCHANG]
        everybody: list[tuple[str, str, Role, dict[str, int]]] = [
            ("rider", "骑手一", Role.RIDER, {}),
            ("rider2", "骑手二", Role.RIDER, {}),
            ("resident", "欧阳居民", Role.RESIDENT, {}),
            ("resident2", "李居民", Role.RESIDENT, {}),
            ("auditor", "审计", Role.AUDITOR, {"home_area_id": wuchang}),
            ("department", "水务值班", Role.DEPARTMENT, {"department_id": departments[(wuchang, "water")]}),
            ("power", "电力值班", Role.DEPARTMENT, {"department_id": departments[(wuchang, "power")]}),
            ("admin", "管理员", Role.ADMIN, {"home_area_id": wuchang}),
            ("reviewer", "审核员", Role.REVIEWER, {"home_area_id": wuchang}),
            ("integrator", "12345热线", Role.INTEGRATOR, {"home_area_id": wuchang}),
        ]
        for username, name, role, more in everybody:
            person_id = self.person(username, name, role, **more)
            self._session.add(Account(username=username, person_id=person_id))
        for username, code in (("street", NANHU), ("district", WUCHANG)):
            self._session.add(Account(username=username, person_id=self._people[code]))
        for username in ("deputy-a", "deputy-away", "deputy-alone"):
            self._session.add(Account(username=username, person_id=self._people[username]))
