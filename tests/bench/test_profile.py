"""Stacks to the functions that matter."""

from tests.bench.profile import top

STACKS = """\
process 7:"gunicorn";_worker (concurrent/futures/thread.py:81) 900
process 7:"gunicorn";run (/srv/app/reporter/api/edge.py:101);submit (/srv/app/reporter/services/intake.py:73) 30
process 7:"gunicorn";run (/srv/app/reporter/api/edge.py:101);wait (/venv/lib/site-packages/psycopg/waiting.py:9) 60
process 7:"gunicorn";dump (/srv/app/schemas/base.py:9) 10
process 7:"gunicorn" 500
nonsense
"""


def test_waiting_for_something_to_do_is_not_counted() -> None:
    assert top(STACKS) == [
        "in the function itself",
        " 60.0 %  psycopg/waiting.py wait",
        " 30.0 %  reporter/services/intake.py submit",
        " 10.0 %  schemas/base.py dump",
        "in our function and below",
        " 90.0 %  reporter/api/edge.py run",
        " 30.0 %  reporter/services/intake.py submit",
        " 10.0 %  schemas/base.py dump",
    ]


def test_as_many_as_are_asked_for() -> None:
    assert len(top(STACKS, 1)) == 4
