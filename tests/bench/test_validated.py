"""The answer without a database is the same answer."""

from datetime import UTC, datetime
from typing import Any

from schemas.tickets import ReceiptOut
from tests.bench.validated import revived
from tests.service import Service
from tests.world import AT_HOME


def test_a_kept_receipt_is_answered_as_it_was_given(service: Service) -> None:
    given: dict[str, Any] = service.as_("rider").report(AT_HOME, category="LL0107")
    assert ReceiptOut().dump(revived(given)) == given


def test_times_are_times_again_but_in_the_plain_report() -> None:
    at = "2026-09-07T01:00:00Z"
    kept = {"due_at": at, "closed_at": None, "hops": [{"started_at": at}], "report": {"received_at": at}}
    moment = datetime(2026, 9, 7, 1, tzinfo=UTC)
    assert revived(kept) == {
        "due_at": moment,
        "closed_at": None,
        "hops": [{"started_at": moment}],
        "report": {"received_at": at},
    }
