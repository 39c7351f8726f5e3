"""Memory of the web workers at the start, after some requests, and after many: it must stay flat."""

from tests.bench import machine
from tests.bench.arithmetic import Floor, spread
from tests.bench.bench import Bench
from tests.bench.load import Get
from tests.bench.report import Result
from tests.bench.web import Web

MOST_MB = Floor(at_most=100)
FLAT = Floor(at_most=1.1)


def measure(bench: Bench) -> Result:
    result, sizes = Result("memory", bench.kind), bench.sizes
    with bench.bases.copied(sizes.middle) as url, bench.serving(url) as web:
        token = web.log_in("district")
        numbers = [item["number"] for item in web.call("GET", "/api/v1/tickets?limit=50", token)["items"]]
        mix = [
            (2, bench.submits(url)),
            (1, Get(["/api/v1/tickets?limit=50"], token)),
            (1, Get([f"/api/v1/tickets/{number}" for number in numbers], token)),
        ]
        first = _workers_mb(web)
        result.add("at the start, each worker", spread(first), "MB")
        done, few = 0, first
        while done < sizes.requests_many:
            done += bench.load(web, mix).answered.requests
            if few is first and done >= sizes.requests_few:
                few = _workers_mb(web)
                result.add(f"after {done:,} requests, each worker", spread(few), "MB")
        many = _workers_mb(web)
        most = max(many)
        result.add(f"after {done:,} requests, each worker", spread(many), "MB")
        result.add("the largest worker then", most, "MB", MOST_MB)
        result.add("as multiple of what it was after the first ones", most / max(few), floor=FLAT)
    return result


def _workers_mb(web: Web) -> list[float]:
    return [machine.pss_mb(pid) for pid in web.workers]
