"""What a verifier should know of a photo that shows a result: was it taken there and then, and is it new.

Findings never decide by themselves; they are codes, and neither when nor where a photo was taken ever leaves here.
Source: ``decisions.md`` “Photos”, issue 4 item 6.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reporter.domain.coordinates import Point, metres_between
from reporter.domain.errors import sentence


class Finding(StrEnum):
    TAKEN_BEFORE_FILING = "taken_before_filing"
    FAR_AWAY = "far_away"
    REUSED = "reused"  # the same bytes, or the same picture, were shown before
    NEAR_COPY = "near_copy"  # hardly to be told from the photo of before
    NO_CAPTURE_DATA = "no_capture_data"


FINDING_NAMES = {
    Finding.TAKEN_BEFORE_FILING: sentence("拍摄时间早于上报"),
    Finding.FAR_AWAY: sentence("拍摄地点离得太远"),
    Finding.REUSED: sentence("这张照片用过"),
    Finding.NEAR_COPY: sentence("与处置前的照片几乎一样"),
    Finding.NO_CAPTURE_DATA: sentence("照片里没有拍摄时间和地点"),
}

SUSPICIOUS = frozenset({Finding.REUSED, Finding.NEAR_COPY, Finding.FAR_AWAY, Finding.TAKEN_BEFORE_FILING})
"""What puts a ticket that was closed at once on the list of re-checks."""

PLAIN_BITS = 4
"""A hash with fewer ones (or zeroes) than this is of a picture without edges, of which many are alike."""


@dataclass(frozen=True, slots=True)
class Shot:
    """What was read from the pixels and metadata of a photo, as far as it was read by now. ``dhash``: hex."""

    developed: bool
    dhash: str | None
    captured_at: datetime | None
    captured: Point | None


@dataclass(frozen=True, slots=True)
class Scene:
    """What a photo of a result is compared with. ``before``: hashes of the photos of the reports; ``known``: whether
    the same bytes or the same picture belong to another photo that is attached."""

    received_at: datetime
    point: Point
    accuracy_m: float
    before: Collection[str]
    known: bool


def findings(shot: Shot, scene: Scene, far_m: float, near_bits: int) -> set[Finding]:
    """All that is to be said of a photo now; more may be said once it is developed.

    ``far_m``: metres from the ticket's point that are too far, beside the accuracy of that point. ``near_bits``:
    pictures whose hashes differ in so few bits are hardly to be told apart.
    """
    found: set[Finding] = set()
    if scene.known:
        found.add(Finding.REUSED)
    if not shot.developed:
        return found
    if shot.captured_at is None and shot.captured is None:
        found.add(Finding.NO_CAPTURE_DATA)
    if shot.captured_at is not None and shot.captured_at < scene.received_at:
        found.add(Finding.TAKEN_BEFORE_FILING)
    if shot.captured is not None and metres_between(shot.captured, scene.point) > far_m + scene.accuracy_m:
        found.add(Finding.FAR_AWAY)
    if tells(shot.dhash) and any(_bits_between(str(shot.dhash), other) <= near_bits for other in scene.before):
        found.add(Finding.NEAR_COPY)
    return found


def tells(dhash: str | None) -> bool:
    """Whether a hash says anything: not that of an evenly coloured picture."""
    ones = int(dhash, 16).bit_count() if dhash else 0
    return PLAIN_BITS <= ones <= 64 - PLAIN_BITS


def _bits_between(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()
