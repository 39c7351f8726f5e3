"""What a submit costs in a database with many tickets, beside one with few."""

from tests.bench.arithmetic import Floor, ratios, spread
from tests.bench.bench import Bench, in_turn
from tests.bench.report import Result

DEARER = Floor(at_most=1.15)


def measure(bench: Bench) -> Result:
    result, sizes = Result("growth", bench.kind), bench.sizes
    with bench.bases.copied(sizes.small, "few") as few, bench.bases.copied(sizes.large, "many") as many:
        report = bench.submits(few)
        with bench.serving(few) as at_few, bench.serving(many) as at_many:
            for web in (at_few, at_many):
                bench.load(web, report, seconds=2)
            small, large = in_turn(sizes.pairs, lambda: bench.load(at_few, report), lambda: bench.load(at_many, report))
            bench.profiled(result, f"{sizes.large:,} tickets", at_many, report)
    result.add(
        f"CPU of a submit at {sizes.large:,} tickets as multiple of {sizes.small:,}",
        ratios([run.cpu_us for run in large], [run.cpu_us for run in small]),
        floor=DEARER,
    )
    rates = [[run.answered.rate for run in runs] for runs in (small, large)]
    result.add("rate at the small one as multiple of the large one's", ratios(*rates), floor=DEARER)
    for count, runs in ((sizes.small, small), (sizes.large, large)):
        result.add(f"at {count:,}: rate", spread([run.answered.rate for run in runs]), "/s")
        result.add(f"at {count:,}: application", spread([run.app_us for run in runs]), "µs CPU")
        result.add(f"at {count:,}: database", spread([run.database_us for run in runs]), "µs CPU")
    result.add(
        "refused or lost", sum(r.answered.refused + r.answered.lost for r in (*small, *large)), floor=Floor(at_most=0)
    )
    return result
