"""Which areas hold a point: our question beside the same statement, with the same parameters, by the raw driver."""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from reporter.domain.coordinates import Point
from reporter.queries import areas
from tests.bench.arithmetic import Floor, percentile, ratios, spread
from tests.bench.bench import Bench, in_turn
from tests.bench.raw_sql import Raw
from tests.bench.report import Result
from tests.bench.web import in_process, statements

CLOSE_TO_RAW = Floor(at_most=1.5)


def measure(bench: Bench) -> Result:
    result, url = Result("location", bench.kind), bench.bases.base(0)
    points = bench.submits(url).points
    chosen = [Point(*point) for point in random.Random(5).choices(points, k=bench.sizes.points)]
    raw = Raw(bench.kind, url)
    with in_process(bench.env(url)) as (_, house), house.works.open(writes=False) as uow:
        snap_m = uow.policy(()).snap_m

        def ours(point: Point) -> Any:
            return areas.containing(uow.session, point, uow.today, snap_m)

        asked: list[list[tuple[str, Any]]] = []
        for point in chosen:  # all have been read once, by both
            with statements(house.works.engine) as seen:
                ours(point)
            asked.append(list(seen))

        def theirs(sent: list[tuple[str, Any]]) -> Any:
            return [raw.as_sent(statement, parameters) for statement, parameters in sent]

        _each(theirs, asked)
        found, best = in_turn(bench.sizes.pairs, lambda: _each(ours, chosen), lambda: _each(theirs, asked))
    raw.close()
    result.add(
        "as multiple of the raw query, p50",
        ratios([p50 for p50, _ in found], [p50 for p50, _ in best]),
        floor=CLOSE_TO_RAW,
    )
    for name, runs in (("ours", found), ("raw", best)):
        result.add(f"{name}: p50", spread([p50 for p50, _ in runs]), "µs")
        result.add(f"{name}: p99", spread([p99 for _, p99 in runs]), "µs")
    result.add("statements of one look-up", spread([len(sent) for sent in asked]))
    return result


def _each(call: Callable[[Any], Any], given: Sequence[Any]) -> tuple[float, float]:
    """p50 and p99 of one call, in microseconds."""
    taken = []
    for one in given:
        started = time.perf_counter()
        call(one)
        taken.append((time.perf_counter() - started) * 1e6)
    return percentile(taken, 0.5), percentile(taken, 0.99)
