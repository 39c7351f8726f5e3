"""What the kernel writes about processes, read."""

import os

import pytest

from tests.bench import machine
from tests.bench.machine import TICKS, Stat

# a name with a blank and a bracket; 14th to 17th field: own and reaped time in ticks
STAT = "4711 (gunicorn: (worker) x) S 4700 4700 4700 0 -1 4194304 1 2 3 4 250 50 30 20 20 0 5 0 99 1000 200"
ROLLUP = """\
55d0a0000000-7ffc000 ---p 00000000 00:00 0                               [rollup]
Rss:              102400 kB
Pss:               51200 kB
Pss_Anon:          40000 kB
"""


def test_the_processor_time_of_a_process_and_of_its_ended_children() -> None:
    assert machine.read_stat(STAT) == Stat(4700, 300 / TICKS, 50 / TICKS)


def test_shared_memory_counts_by_its_share() -> None:
    assert machine.read_pss_mb(ROLLUP) == pytest.approx(52.4288)


def test_a_process_without_memory_says_so() -> None:
    with pytest.raises(ValueError, match="no Pss"):
        machine.read_pss_mb("Rss: 1 kB\n")


def test_this_process_and_the_one_above_it_are_found() -> None:
    assert os.getpid() in machine.children(os.getppid())
    assert machine.tree_cpu_s(os.getpid()) > 0
    assert machine.pss_mb(os.getpid()) > 1
