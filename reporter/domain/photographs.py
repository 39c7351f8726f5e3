"""What is known of a photo: at first from its header, later from its pixels and metadata."""

from dataclasses import dataclass
from datetime import datetime

from reporter.domain.coordinates import Point


@dataclass(frozen=True, slots=True)
class Header:
    """What can be told without decoding: type and size in pixels."""

    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Developed:
    """A photo made presentable: upright JPEG and WebP thumbnail without metadata.

    ``captured_at`` (UTC) and ``captured`` are what the metadata said, for checks only, never shown.
    """

    shown: bytes
    thumbnail: bytes
    width: int
    height: int
    dhash: str
    captured_at: datetime | None
    captured: Point | None
