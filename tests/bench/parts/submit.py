"""Submitting beside the same application's validated answer without a database."""

import json
import uuid
from typing import Any

from tests.bench.arithmetic import Floor, ratios, spread
from tests.bench.bench import SUBMIT, Bench, Run, in_turn
from tests.bench.load import CATEGORIES, SENTENCES
from tests.bench.report import Result
from tests.bench.web import in_process, statements

SHARE = {"postgis": Floor(at_least=1 / 3), "spatialite": Floor(at_least=1 / 8)}
TAIL = {"postgis": Floor(at_most=4), "spatialite": Floor(at_most=5)}
STATEMENTS = {"postgis": Floor(at_most=3), "spatialite": None}
WARM_UP_S = 2.0


def measure(bench: Bench) -> Result:
    result = Result("submit", bench.kind)
    with bench.bases.copied(bench.sizes.middle) as url:
        report = bench.submits(url)
        receipt = bench.folder / "receipt.json"
        receipt.write_text(json.dumps(_filed(bench, url, result)))
        answered = bench.submits(url, "/bench/reports")
        with bench.serving(url, "tests.bench.validated:application()", BENCH_RECEIPT=str(receipt)) as web:
            for request in (report, answered):
                bench.load(web, request, seconds=WARM_UP_S)
            real, bare = in_turn(bench.sizes.pairs, lambda: bench.load(web, report), lambda: bench.load(web, answered))
            _told(result, real, bare)
            bench.profiled(result, "submit", web, report)
    return result


def _filed(bench: Bench, url: str, result: Result) -> dict[str, Any]:
    """Statements of a submit, the most of one for each category; the answer of the longest one."""
    points = bench.submits(url).points
    answers, counts = [], []
    with in_process(bench.env(url)) as (client, house):
        for turn in range(2):  # at first the rules are read, and kept
            for place, category in enumerate(CATEGORIES):
                lng, lat = points[(place + 1) * len(points) // 7]
                body = {
                    "client_request_id": str(uuid.uuid4()),
                    "location": {"lng": lng, "lat": lat, "coord_type": "wgs84"},
                    "text": SENTENCES[0],
                } | ({"category": category} if category else {})
                with statements(house.works.engine) as seen:
                    answer = client.post(SUBMIT, json=body, headers={"Authorization": f"Bearer {bench.people[0]}"})
                assert answer.status_code == 201, answer.text
                if turn:
                    answers.append(answer.json)
                    counts.append(len(seen))
    result.add("SQL statements of one submit", spread(counts), floor=STATEMENTS[bench.kind])
    return max(answers, key=lambda answer: len(json.dumps(answer)))


def _told(result: Result, real: list[Run], bare: list[Run]) -> None:
    kind = result.database
    pairs = ((run.answered.rate for run in real), (run.answered.rate for run in bare))
    result.add("rate, share of the validated answer's", ratios(*map(list, pairs)), floor=SHARE[kind])
    result.add(
        "p99 as multiple of p50", spread([run.answered.p99_ms / run.answered.p50_ms for run in real]), "", TAIL[kind]
    )
    for name, runs in (("submit", real), ("validated answer", bare)):
        result.add(f"{name}: rate", spread([run.answered.rate for run in runs]), "/s")
        result.add(f"{name}: p50", spread([run.answered.p50_ms for run in runs]), "ms")
        result.add(f"{name}: p99", spread([run.answered.p99_ms for run in runs]), "ms")
        result.add(f"{name}: application", spread([run.app_us for run in runs]), "µs CPU")
        result.add(f"{name}: database", spread([run.database_us for run in runs]), "µs CPU")
    wrong = sum(run.answered.refused + run.answered.lost for run in (*real, *bare))
    result.add("refused or lost", wrong, floor=Floor(at_most=0))
