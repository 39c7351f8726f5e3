"""Uploading a photo beside an endpoint that only reads the same body; what the worker's pixels cost is said beside."""

import io
import random
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image

from reporter.adapters.darkroom import Darkroom
from tests.bench.arithmetic import ratios, spread
from tests.bench.bench import Bench, Run, in_turn, timed
from tests.bench.load import Upload
from tests.bench.report import Result

BYTES = 3_000_000


def measure(bench: Bench) -> Result:
    result, sizes = Result("photo", bench.kind), bench.sizes
    file = bench.folder / "photo.jpg"
    file.write_bytes(_picture())
    upload, bare = (Upload(path, bench.people, file) for path in ("/api/v1/photos", "/bench/photos"))
    with bench.bases.copied(sizes.small) as url, bench.serving(url, "tests.bench.validated:application()") as web:

        def run(request: Upload) -> Run:
            found = bench.load(web, request, seconds=sizes.seconds / 3)
            _empty(bench.photos)  # else a full run would write a hundred gigabytes
            return found

        run(upload), run(bare)
        taken, read = in_turn(sizes.pairs, lambda: run(upload), lambda: run(bare))
        bench.profiled(result, "upload", web, upload)
        _empty(bench.photos)
    result.add("rate, share of only reading the body", ratios(*([r.answered.rate for r in s] for s in (taken, read))))
    result.add(
        "CPU beyond only reading it", spread([a.cpu_us - b.cpu_us for a, b in zip(taken, read, strict=True)]), "µs"
    )
    for name, runs in (("upload", taken), ("only reading", read)):
        result.add(f"{name}: rate", spread([run.answered.rate for run in runs]), "/s")
        result.add(f"{name}: p50", spread([run.answered.p50_ms for run in runs]), "ms")
        result.add(f"{name}: p99", spread([run.answered.p99_ms for run in runs]), "ms")
        result.add(f"{name}: application", spread([run.app_us for run in runs]), "µs CPU")
        result.add(f"{name}: database", spread([run.database_us for run in runs]), "µs CPU")
    result.add("refused or lost", sum(run.answered.refused + run.answered.lost for run in (*taken, *read)))
    darkroom, content = Darkroom(ZoneInfo("UTC")), file.read_bytes()
    pixels = [timed(lambda: darkroom.develop(content)) for _ in range(5)]
    result.add("pixels of one photo, in the worker", spread(pixels), "ms")
    return result


def _picture() -> bytes:
    """A JPEG of 12 million pixels and about three megabytes, that no two blocks of are alike."""
    chance = random.Random(3)
    tile = Image.frombytes("RGB", (400, 300), chance.randbytes(400 * 300 * 3))
    image = tile.resize((4000, 3000), Image.Resampling.BICUBIC)
    for quality in range(40, 100, 3):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality)
        if len(out.getvalue()) >= BYTES:
            break
    return out.getvalue()


def _empty(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
