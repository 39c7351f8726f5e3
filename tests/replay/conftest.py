"""A service that listens, a stand-in WeChat beside it, and small invented files to play."""

import csv
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from reporter.adapters.wechat import MiniProgram
from reporter.replay.command import command
from reporter.replay.report import NAME_WIDTH
from reporter.standin import wechat
from tests.service import Service

# All of 南湖街道 of the small district and a strip around it that nobody serves.
AROUND = (114.295, 30.475, 114.335, 30.515)
# In the order of the columns lat, lon of the arrivals file.
DIRTY_POINTS = (("", ""), ("0.0", "0.0"), ("39.0", "-77.0"), ("34.115976", "-118.190274"))
INVENTED = (
    ("u1", "井盖不见了", "甲路口的井盖不见了，很危险"),
    ("u2", "楼道灯不亮", "二单元楼道灯不亮"),
    ("u3", "想说一件事", "这件事说不清属于哪一类"),
    ("u4", "垃圾没人清", "垃圾桶满了，垃圾没人清"),
    ("u5", "夜里施工", "工地夜间施工，噪音扰民"),
    ("u6", "路面坑洼", "路面坑洼，骑车容易摔"),
    ("u7", "违规停车", "消防通道违规停车"),
    ("u8", "电梯坏了", "三号楼电梯坏了两天"),
    ("u9", "水管漏水", "路边水管漏水"),
    ("u10", "太长的话", "太长" * 2600),
)


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """Serve a WSGI app on this machine, at the address given."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = False  # they end when the client hangs up, and are waited for
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Played:
    """What the command ended with; ``figures`` are the lines of its table by their names."""

    exit_code: int
    text: str
    figures: dict[str, str]

    def __getitem__(self, name: str) -> int:
        return int(self.figures.get(name, "0"))


@dataclass
class Files:
    words: Path
    arrivals: Path

    def play(self, url: str, standin: str, *options: str) -> Played:
        """Run the command as the command line does, as fast as possible."""
        given = ["--words", str(self.words), "--arrivals", str(self.arrivals), "--url", url, "--standin", standin]
        given += ["--speed", "max", "--people", "3", "--lattice", "6", *options]
        ended = CliRunner().invoke(command(lambda: AROUND), given)
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
        figures = {name.strip(): rest for line in ended.stdout.splitlines() for name, rest in [_figure(line)]}
        return Played(ended.exit_code, ended.output, figures)


def _figure(line: str) -> tuple[str, str]:
    return line[:NAME_WIDTH], next(iter(line[NAME_WIDTH:].split()), "")


def write(path: Path, columns: tuple[str, ...], rows: Any) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


@pytest.fixture
def files(tmp_path: Path) -> Files:
    columns = ("extract", "created", "lat", "lon")
    arrivals = [("steady", f"2026-01-01 00:00:{second:02d}", *DIRTY_POINTS[second % 4]) for second in range(20)]
    return Files(
        write(tmp_path / "words.csv", ("user", "title", "body"), INVENTED),
        write(tmp_path / "arrivals.csv", columns, arrivals),
    )


@pytest.fixture
def standin() -> Iterator[str]:
    with listening(wechat.create_app("wx-test", "wx-test-secret")) as url:
        yield url


@pytest.fixture
def running(database_url: str, tmp_path: Path, standin: str) -> Iterator[Service]:
    """The whole service, with logins by the stand-in WeChat."""
    service = Service(database_url, str(tmp_path / "photos"), wechat=MiniProgram(standin, "wx-test", "wx-test-secret"))
    yield service
    service.close()


@pytest.fixture
def url(running: Service) -> Iterator[str]:
    with listening(running.app) as address:
        yield address


@pytest.fixture
def play(files: Files, url: str, standin: str) -> Callable[..., Played]:
    return lambda *options: files.play(url, standin, *options)
