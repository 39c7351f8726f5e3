"""What the engines promise: a server that went away is noticed before it is asked, and no naive time is stored."""

from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import Engine, text

from reporter.db import UTCDateTime, session_for
from tests.databases import Databases
from tests.service import Service
from tests.world import AT_HOME


def test_after_a_restart_of_the_server_the_first_request_is_answered(databases: Databases, tmp_path: object) -> None:
    with databases.cloned("postgis") as url:
        service = Service(url, str(tmp_path))
        rider = service.as_("rider")
        rider.report(AT_HOME, category="LL0107")
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchall()
            while other.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            ).fetchone() != (1,):
                continue  # they are told, and then they go
        assert rider.send(AT_HOME, category="LL0107").status_code == 201
        service.close()


def test_a_connection_is_taken_without_asking_the_server(service: Service) -> None:
    with service.statements() as seen, session_for(service.engine, writes=False) as session:
        session.execute(text("SELECT 1"))
    assert seen == ["SELECT 1"]


def test_a_naive_time_is_never_stored(engine: Engine) -> None:
    with pytest.raises(ValueError, match="naive"):
        UTCDateTime().process_bind_param(datetime(2026, 1, 1), engine.dialect)
    assert UTCDateTime().process_bind_param(datetime(2026, 1, 1, tzinfo=UTC), engine.dialect) is not None
