"""What is to be said of a photo that shows a result."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reporter.domain import evidence
from reporter.domain.coordinates import Point
from reporter.domain.evidence import Finding, Scene, Shot

FILED = datetime(2026, 9, 7, 1, tzinfo=UTC)
HERE, NORTH_210_M = Point(114.3, 30.5), Point(114.3, 30.5019)
BEFORE, ONE_BIT_OFF, OTHER, FLAT = "00ff00ff00ff00ff", "00ff00ff00ff00fe", "0f0f0f0f0f0f0f0f", "0000000000000001"
GOOD = Shot(True, OTHER, FILED + timedelta(hours=1), HERE)
SCENE = Scene(FILED, HERE, 0, (BEFORE, FLAT), known=False)


@pytest.mark.parametrize(
    ("shot", "scene", "found"),
    [
        (GOOD, SCENE, set()),
        (replace(GOOD, captured_at=FILED - timedelta(seconds=1)), SCENE, {"taken_before_filing"}),
        (replace(GOOD, captured=NORTH_210_M), SCENE, {"far_away"}),
        (replace(GOOD, captured=NORTH_210_M), replace(SCENE, accuracy_m=50), set()),  # the report was not exact either
        (replace(GOOD, captured=None), SCENE, set()),  # the time alone says enough
        (replace(GOOD, captured=None, captured_at=None), SCENE, {"no_capture_data"}),
        (replace(GOOD, dhash=ONE_BIT_OFF), SCENE, {"near_copy"}),
        (replace(GOOD, dhash=FLAT), SCENE, set()),  # evenly coloured pictures are all alike
        (GOOD, replace(SCENE, known=True), {"reused"}),
        (Shot(False, None, None, None), SCENE, set()),  # nothing is known of it yet
        (Shot(False, None, None, None), replace(SCENE, known=True), {"reused"}),  # but its bytes are
    ],
)
def test_findings(shot: Shot, scene: Scene, found: set[str]) -> None:
    assert evidence.findings(shot, scene, far_m=200, near_bits=4) == {Finding(code) for code in found}
