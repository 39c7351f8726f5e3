"""Pages of 50 tickets, first and last, of a middling and of a large database; and one ticket."""

import base64
import json
from urllib.parse import urlencode

from tests.bench.arithmetic import Floor, ratios, spread
from tests.bench.bench import Bench, Run, in_turn
from tests.bench.load import Get
from tests.bench.report import Result
from tests.bench.web import Web, in_process, statements

PAGE = 50
ALIKE = Floor(at_most=1.2)
MOST_STATEMENTS, MOST_FOR_ONE = Floor(at_most=4), Floor(at_most=5)
WHO = ("district", "street")
SORTS = ("-received_at", "due_at")
SHARE_OF_A_RUN = 1 / 4  # there are sixteen kinds of pages


def measure(bench: Bench) -> Result:
    result, sizes = Result("lists", bench.kind), bench.sizes
    middle, large = bench.bases.base(sizes.middle), bench.bases.base(sizes.large)
    _count_statements(bench, large, result)
    with bench.serving(middle) as at_middle, bench.serving(large) as at_large:
        for who in WHO:
            for sort in SORTS:
                _compared(bench, result, at_middle, at_large, who, sort)
        token = at_large.log_in("district")
        numbers = [row["number"] for row in at_large.call("GET", f"/api/v1/tickets?limit={PAGE}", token)["items"]]
        one = Get([f"/api/v1/tickets/{number}" for number in numbers], token)
        (runs,) = in_turn(sizes.pairs, lambda: bench.load(at_large, one, 1, sizes.seconds * SHARE_OF_A_RUN))
        _figures(result, "one ticket", runs)
        bench.profiled(result, "list, first page", at_large, Get([first_page("-received_at")], token), 1)
    return result


def first_page(sort: str) -> str:
    return "/api/v1/tickets?" + urlencode({"limit": PAGE, "sort": sort})


def deepest_page(web: Web, token: str, sort: str) -> str:
    """The last full page: the other order's first page ends where it begins, and a cursor says which order it is of.

    Raises AssertionError when that is no cursor any more, or there are fewer tickets than a page.
    """
    backwards = sort[1:] if sort.startswith("-") else f"-{sort}"
    query = urlencode({"limit": PAGE + 1, "sort": backwards})
    cursor = web.call("GET", f"/api/v1/tickets?{query}", token)["next_cursor"]
    assert cursor, "too few tickets for a second page"
    turned = [sort, *json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[1:]]
    cursor = base64.urlsafe_b64encode(json.dumps(turned).encode()).decode().rstrip("=")
    path = "/api/v1/tickets?" + urlencode({"limit": PAGE, "sort": sort, "cursor": cursor})
    page = web.call("GET", path, token)
    assert len(page["items"]) == PAGE and page["next_cursor"] is None, "this is not the last page"
    return path


def _compared(bench: Bench, result: Result, at_middle: Web, at_large: Web, who: str, sort: str) -> None:
    sizes, calls = bench.sizes, []
    for web in (at_middle, at_large):
        token = web.log_in(who)
        for path in (first_page(sort), deepest_page(web, token, sort)):
            calls.append((web, Get([path], token)))

    def run(web: Web, page: Get) -> Run:
        return bench.load(web, page, 1, sizes.seconds * SHARE_OF_A_RUN)

    for web, page in calls:
        bench.load(web, page, 1, 1)
    found = in_turn(sizes.pairs, *[lambda web=web, page=page: run(web, page) for web, page in calls])
    first, deep, first_large, deep_large = ([run.answered.p50_ms for run in runs] for runs in found)
    title = f"{who}, by {sort}"
    result.add(f"{title}: last page as multiple of first, {sizes.middle:,}", ratios(deep, first), floor=ALIKE)
    result.add(
        f"{title}: last page as multiple of first, {sizes.large:,}", ratios(deep_large, first_large), floor=ALIKE
    )
    result.add(
        f"{title}: first page, {sizes.large:,} as multiple of {sizes.middle:,}", ratios(first_large, first), floor=ALIKE
    )
    _figures(result, f"{title}, first page of {sizes.large:,}", found[2])
    _figures(result, f"{title}, last page of {sizes.large:,}", found[3])


def _figures(result: Result, title: str, runs: list[Run]) -> None:
    result.add(f"{title}: p50", spread([run.answered.p50_ms for run in runs]), "ms")
    result.add(f"{title}: p99", spread([run.answered.p99_ms for run in runs]), "ms")
    result.add(f"{title}: application and database", spread([run.cpu_us for run in runs]), "µs CPU")


def _count_statements(bench: Bench, url: str, result: Result) -> None:
    with in_process(bench.env(url)) as (client, house):
        for who in WHO:
            token = client.post("/api/v1/sessions/demo", json={"username": who}).json["token"]
            headers = {"Authorization": f"Bearer {token}"}
            rows = client.get(first_page("-received_at"), headers=headers).json["items"]
            counts = []
            for sort in SORTS:
                with statements(house.works.engine) as seen:
                    client.get(first_page(sort), headers=headers)
                counts.append(len(seen))
            result.add(f"{who}: SQL statements of a page", spread(counts), floor=MOST_STATEMENTS)
            counts = []
            for row in rows[:10]:
                with statements(house.works.engine) as seen:
                    client.get(f"/api/v1/tickets/{row['number']}", headers=headers)
                counts.append(len(seen))
            result.add(f"{who}: SQL statements of one ticket", spread(counts), floor=MOST_FOR_ONE)
