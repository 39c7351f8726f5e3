"""Load by wrk: what is sent as a Lua program, and what came back as numbers.

wrk sends as fast as it is answered over so many connections, and corrects its latencies for what it could not send
meanwhile. The programs are written anew for each run, with the people and points they draw from in files beside them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CATEGORIES = ("LL0107", "BJ0123", "BJ0305", "")
SENTENCES = (
    "三单元二楼到三楼的楼道灯坏了好几天，晚上看不见台阶，老人容易摔",
    "小区东门人行道上的井盖松动了，车一压就响，担心有人踩空掉下去",
    "楼下垃圾桶满了两天没有人清，垃圾堆到路边，天热味道大还招虫子",
    "门口这段路灯杆旁边堆着东西，挡住了盲道，麻烦派人来看一看处理",
)


@dataclass(frozen=True, slots=True)
class Submit:
    """A new report by one of the ``people``, at one of the ``points``, of mixed categories."""

    path: str
    people: Sequence[str]
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Get:
    """One of ``paths``, always by the same person."""

    paths: Sequence[str]
    token: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the form's field ``file``, by one of the ``people``."""

    path: str
    people: Sequence[str]
    file: Path


Request = Submit | Get | Upload


@dataclass(frozen=True, slots=True)
class Answered:
    """``refused``: answers of 400 and more. ``lost``: connections that failed or timed out."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    refused: int
    lost: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


FRAME = """\
-- written by tests/bench/load.py
local threads = 0
function setup(thread)
  thread:set("thread_no", threads)
  threads = threads + 1
end

local function lines(path)
  local found = {}
  for line in io.lines(path) do found[#found + 1] = line end
  return found
end

local function any(list) return list[math.random(#list)] end

local made = 0
local function key()
  made = made + 1
  return string.format("%08x-0000-4000-8000-%04x%08x", RUN, thread_no, made)
end

local kinds = {}
@KINDS@
function init()
  math.randomseed(RUN + thread_no)
end

function request() return any(kinds)() end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\\n{"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "refused": %d, "lost": %d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
"""
SUBMIT = """\
do
  local people, points = lines(@PEOPLE@), lines(@POINTS@)
  local categories, sentences = {@CATEGORIES@}, {@SENTENCES@}
  local headers = {["Content-Type"] = "application/json"}
  local function submit()
    headers["Authorization"] = "Bearer " .. any(people)
    local category = any(categories)
    return wrk.format("POST", @PATH@, headers, '{"client_request_id":"' .. key() .. '","location":' .. any(points)
      .. ',"text":"' .. any(sentences) .. '"' .. (category == "" and "" or ',"category":"' .. category .. '"') .. "}")
  end
  for _ = 1, @WEIGHT@ do kinds[#kinds + 1] = submit end
end
"""
GET = """\
do
  local paths, headers = lines(@PATHS@), {["Authorization"] = @TOKEN@}
  local function get() return wrk.format("GET", any(paths), headers) end
  for _ = 1, @WEIGHT@ do kinds[#kinds + 1] = get end
end
"""
UPLOAD = """\
do
  local people, file = lines(@PEOPLE@), io.open(@FILE@, "rb")
  local body = '--bench\\r\\nContent-Disposition: form-data; name="file"; filename="a.jpg"\\r\\n'
    .. "Content-Type: image/jpeg\\r\\n\\r\\n" .. file:read("*a") .. "\\r\\n--bench--\\r\\n"
  local headers = {["Content-Type"] = "multipart/form-data; boundary=bench"}
  local function upload()
    headers["Authorization"] = "Bearer " .. any(people)
    return wrk.format("POST", @PATH@, headers, body)
  end
  for _ = 1, @WEIGHT@ do kinds[#kinds + 1] = upload end
end
"""


def quoted(words: str | Path) -> str:
    """A Lua string; ours hold nothing that JSON writes in another way."""
    return json.dumps(str(words), ensure_ascii=False)


def _filled(template: str, **given: str) -> str:
    for name, value in given.items():
        template = template.replace(f"@{name}@", value)
    return template


def program(mix: Sequence[tuple[int, Request]], folder: Path, run: int) -> str:
    """The Lua program that sends the requests of ``mix`` as often as their weights say.

    ``run`` makes the keys of its reports unlike those of every other run. Writes what it draws from into ``folder``.
    """
    parts = [_part(request, weight, folder, place) for place, (weight, request) in enumerate(mix)]
    return f"local RUN = {run}\n" + FRAME.replace("@KINDS@", "".join(parts))


def _part(request: Request, weight: int, folder: Path, place: int) -> str:
    def listed(name: str, lines: Sequence[str]) -> str:
        path = folder / f"{name}-{place}.txt"
        path.write_text("\n".join(lines) + "\n")
        return quoted(path)

    match request:
        case Submit():
            where = [json.dumps({"lng": lng, "lat": lat, "coord_type": "wgs84"}) for lng, lat in request.points]
            return _filled(
                SUBMIT,
                PEOPLE=listed("people", request.people),
                POINTS=listed("points", where),
                CATEGORIES=", ".join(map(quoted, CATEGORIES)),
                SENTENCES=", ".join(map(quoted, SENTENCES)),
                PATH=quoted(request.path),
                WEIGHT=str(weight),
            )
        case Get():
            token = quoted(f"Bearer {request.token}")
            return _filled(GET, PATHS=listed("paths", request.paths), TOKEN=token, WEIGHT=str(weight))
        case Upload():
            return _filled(
                UPLOAD,
                PEOPLE=listed("people", request.people),
                FILE=quoted(request.file),
                PATH=quoted(request.path),
                WEIGHT=str(weight),
            )


def read_answer(output: str) -> Answered:
    """What the program's last line says. Raises ValueError when wrk did not get that far."""
    lines = [line for line in output.splitlines() if line.startswith('{"requests"')]
    if not lines:
        raise ValueError(f"wrk ended early: {output.strip()[-300:]}")
    return Answered(**json.loads(lines[-1]))
