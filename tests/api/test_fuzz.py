"""Whatever is sent to whichever endpoint, the answer is a yes or a named no, never a crash."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service import Service
from tests.whistles.callers import blown
from tests.world import AT_HOME, GRID_A

Opened = Callable[[str], Service]
COVER = "BJ0123"

numbers = st.one_of(
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**31 - 1, 2**63, 2**63 - 1, -(2**63) - 1, 10**30, 10**400]),
    st.floats(),
)
texts = st.one_of(
    st.text(max_size=8),
    st.text(st.characters(codec=None), max_size=4),  # halves of characters too
    st.sampled_from(
        [
            "",
            " ",
            "\x00",
            "%",
            "_",
            "'",
            "seat:",
            "seat:\x00",
            "department:",
            "2026-09-07",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "wgs84",
            COVER,
            "take",
            "split",
            "null",
            "1e999",
            "nan",
            "00000000-0000-4000-8000-000000000000",
        ]
    ),
)
plain = st.one_of(st.none(), st.booleans(), numbers, texts)
odd = st.recursive(
    plain,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)

BODIES: dict[str, dict[str, Any]] = {
    "/reports": {
        "client_request_id": "",
        "location": {"lng": AT_HOME[0], "lat": AT_HOME[1], "coord_type": "wgs84", "accuracy_m": 5},
        "text": "井盖不见了",
        "category": COVER,
        "condition": 1,
        "photo_ids": [],
        "observed_at": "2026-09-07T08:00:00+08:00",
        "address": "门口",
        "anonymous": False,
        "on_behalf_of": "张三",
        "join": None,
        "about": None,
        "external_no": None,
    },
    "/reports/{number}/photos": {"photo_ids": []},
    "/tickets/{number}/steps": {
        "action": "note",
        "note": "x",
        "text": "x",
        "reason": "x",
        "reason_code": "other",
        "photo_ids": [],
        "category": COVER,
        "condition": 1,
        "to": f"seat:{GRID_A}001",
        "passed": True,
        "found": True,
        "granted": True,
        "until": "2026-09-07",
        "card": "yellow",
        "into": "WC2026090700001",
        "parts": [{}],
        "cause": "x",
        "plan": "x",
        "effect": "x",
    },
    "/tickets/{number}/rating": {"grade": 5, "tags": ["fast"], "text": "好", "photo_ids": []},
    "/revisits/1/steps": {
        "action": "find",
        "outcome": "untrue",
        "evidence": "x",
        "note": "x",
        "passed": True,
        "reason": "x",
    },
    "/revisits/1/reveal": {"reason": "回访"},
    f"/areas/{GRID_A}/voices": {"client_request_id": "", "kind": "thanks", "text": "x", "anonymous": False},
    "/voices/1/answer": {"text": "x"},
    "/whistles": {
        "client_request_id": "",
        "kind": "enforcement",
        "asked": "查处",
        "place": "门口",
        "lead": "water",
        "helpers": ["power"],
        "ticket": None,
        "location": {"lng": AT_HOME[0], "lat": AT_HOME[1], "coord_type": "wgs84", "accuracy_m": 5},
        "meet_at": "2026-09-08T08:00:00+08:00",
    },
    "/whistles/{whistle}/steps": {
        "action": "sign_in",
        "location": {"lng": AT_HOME[0], "lat": AT_HOME[1], "coord_type": "wgs84", "accuracy_m": 5},
        "note": "x",
        "text": "x",
        "reason": "x",
        "photo_ids": [],
        "unit": "water",
        "attended": 5,
        "solved": 5,
        "attitude": 5,
    },
    "/tickets/{number}/join": {"client_request_id": "00000000-0000-4000-8000-000000000000"},
    "/tickets/{number}/reveal": {"reason": "回电"},
    "/categories/suggest": {"text": "路灯", "location": {"lng": 114.3, "lat": 30.4, "coord_type": "gcj02"}},
    "/sessions/demo": {"username": "rider"},
    "/messages/1/read": {},
    "/clocks/replay": {"days": 30, "area": GRID_A, "cursor": "1-1", "limit": 10},
}
QUERIES: dict[str, tuple[str, ...]] = {
    "/tickets": (
        "area", "status", "category", "holder", "overdue", "severity", "q", "created_from", "created_to", "bbox",
        "coord_type", "sort", "figure", "from", "directly", "to", "charged", "cursor", "limit",
    ),
    "/reports": ("cursor", "limit"),
    "/revisits": ("area", "mine", "open", "late", "cursor", "limit"),
    "/revisits/figures": ("area", "from", "to"),
    "/voices": ("cursor", "limit"),
    "/messages": ("cursor", "limit"),
    "/tickets/nearby": ("lng", "lat", "coord_type", "category"),
    "/areas/locate": ("lng", "lat", "coord_type"),
    "/areas/stations": ("area", "lng", "lat", "coord_type", "limit"),
    "/dashboard/summary": ("area", "from", "to"),
    "/dashboard/breakdown": ("area", "from", "to", "by", "metrics"),
    "/dashboard/month": ("area", "month"),
    "/dashboard/month.csv": ("area", "month"),
    "/whistles": (
        "area", "status", "kind", "department", "ticket", "open", "escalated", "mine", "figure", "from", "to",
        "cursor", "limit",
    ),
    "/whistles/figures": ("area", "from", "to"),
}  # fmt: skip
POINT = {"lng": str(AT_HOME[0]), "lat": str(AT_HOME[1]), "coord_type": "wgs84", "by": "child", "area": GRID_A}

bounded = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def tickets() -> dict[str, str]:
    """For each database one open ticket, made by the first test that needs it."""
    return {}


@pytest.fixture(scope="module")
def whistles() -> dict[str, str]:
    """The same with a whistle."""
    return {}


@pytest.mark.parametrize(
    ("path", "username"),
    [
        (path, username)
        for path in BODIES
        for username in (("street", "department") if "whistles" in path else ("rider", f"seat:{GRID_A}"))
    ],
)
@bounded
@given(data=st.data())
def test_no_body_crashes_the_service(
    opened: Opened,
    tickets: dict[str, str],
    whistles: dict[str, str],
    database_kind: str,
    path: str,
    username: str,
    data: st.DataObject,
) -> None:
    service = opened(database_kind)
    if database_kind not in tickets:
        tickets[database_kind] = service.as_("rider").report(AT_HOME, category=COVER)["number"]
        whistles[database_kind] = blown(service.as_("street"))["number"]
    body: Any = {
        **BODIES[path],
        **({"client_request_id": str(uuid.uuid4())} if path in ("/reports", "/whistles") else {}),
    }
    changed = data.draw(st.dictionaries(st.sampled_from([*BODIES[path], "unknown"]), odd, max_size=3), "changed fields")
    place = data.draw(st.dictionaries(st.sampled_from(["lng", "lat", "coord_type", "accuracy_m"]), plain, max_size=2))
    body |= {"location": {**body["location"], **place}} if "location" in body else {}
    content = json.dumps(data.draw(st.sampled_from([{**body, **changed}, changed, list(changed.values())]), "body"))
    caller = service.as_(username)
    answer = caller.request(
        "POST",
        path.format(number=tickets[database_kind], whistle=whistles[database_kind]),
        data=content,
        content_type="application/json",
    )
    assert answer.status_code < 500, (content, answer.text)
    assert answer.is_json
    assert answer.status_code < 400 or answer.json["error"]["code"] not in ("", "error", "internal")


@pytest.mark.parametrize("path", QUERIES)
@bounded
@given(data=st.data())
def test_no_query_crashes_the_service(opened: Opened, database_kind: str, path: str, data: st.DataObject) -> None:
    service = opened(database_kind)
    query = {name: value for name, value in POINT.items() if name in QUERIES[path]}
    changed = data.draw(
        st.dictionaries(st.sampled_from(QUERIES[path]), st.one_of(texts, numbers.map(repr)), max_size=3)
    )
    sendable = {name: value.encode(errors="replace") for name, value in (query | changed).items()}
    answer = service.seat(GRID_A).request("GET", path, query_string=sendable)
    assert answer.status_code < 500, (changed, answer.text)
