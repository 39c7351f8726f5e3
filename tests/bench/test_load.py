"""The Lua programs for wrk, and what it answers."""

from pathlib import Path

import pytest

from tests.bench.load import Answered, Get, Submit, Upload, program, quoted, read_answer

OUTPUT = """\
Running 1s test @ http://127.0.0.1:8000
  1 threads and 8 connections
Requests/sec:    150.00

{"requests": 151, "seconds": 1.002000, "p50_ms": 6.100, "p99_ms": 20.500, "refused": 1, "lost": 2}
"""


def test_what_wrk_says_last_is_read() -> None:
    answered = read_answer(OUTPUT)
    assert answered == Answered(151, 1.002, 6.1, 20.5, 1, 2)
    assert answered.rate == pytest.approx(150.7, abs=0.1)


def test_wrk_that_ended_early_is_quoted() -> None:
    with pytest.raises(ValueError, match="unable to connect"):
        read_answer("unable to connect to 127.0.0.1:1 Connection refused\n")


def test_reports_draw_people_and_points_from_files_beside_the_program(tmp_path: Path) -> None:
    written = program([(1, Submit("/api/v1/reports", ["a", "b"], [(114.25, 30.5)]))], tmp_path, run=7)

    assert written.startswith("local RUN = 7\n")
    assert (tmp_path / "people-0.txt").read_text() == "a\nb\n"
    assert (tmp_path / "points-0.txt").read_text() == '{"lng": 114.25, "lat": 30.5, "coord_type": "wgs84"}\n'
    assert 'wrk.format("POST", "/api/v1/reports", headers' in written
    assert '{"LL0107", "BJ0123", "BJ0305", ""}' in written


def test_a_mix_sends_each_kind_by_its_weight(tmp_path: Path) -> None:
    mix = [(2, Get(["/one", "/two"], "token")), (1, Upload("/photos", ["a"], tmp_path / "a.jpg"))]
    written = program(mix, tmp_path, run=1)

    assert "for _ = 1, 2 do kinds[#kinds + 1] = get end" in written
    assert "for _ = 1, 1 do kinds[#kinds + 1] = upload end" in written
    assert (tmp_path / "paths-0.txt").read_text() == "/one\n/two\n"
    assert (tmp_path / "people-1.txt").read_text() == "a\n"


def test_nothing_is_left_to_be_filled_in(tmp_path: Path) -> None:
    mix = [
        (1, Submit("/r", ["a"], [(1.0, 2.0)])),
        (1, Get(["/g"], "t")),
        (1, Upload("/u", ["a"], tmp_path / "a.jpg")),
    ]
    assert "@" not in program(mix, tmp_path, run=1)


def test_lua_strings_are_quoted() -> None:
    assert quoted('a "b" \\ 灯') == '"a \\"b\\" \\\\ 灯"'
