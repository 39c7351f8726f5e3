"""Image bytes to presentable photos with Pillow: upright, bounded, and without any metadata."""

import io
import warnings
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from PIL import ExifTags, Image, UnidentifiedImageError

from reporter.domain.coordinates import Point
from reporter.domain.errors import PhotoRefused, PhotoWrongType, sentence
from reporter.domain.photographs import Developed, Header

log = structlog.get_logger()

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
SEVERAL_IN_ONE = {"MPO": "image/jpeg"}  # a JPEG with more pictures behind it, as phones make of portraits
MOST_PIXELS = 64_000_000  # phones send 12 to 50 million; a bomb sends 900 in 100 KB (tech.md 8)
TURNS = {  # by the EXIF orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
LONGEST_SIDE = 2048  # domain.md 10.3
THUMBNAIL_SIDE = 320


class Darkroom:
    """``zone``: the local time that cameras without an offset mean."""

    def __init__(self, zone: ZoneInfo):
        self._zone = zone

    def look(self, content: bytes) -> Header:
        """Type and size from the header alone. Raises PhotoWrongType, PhotoRefused."""
        with _opened(content) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise PhotoRefused(fields={"file": sentence("照片的像素太多")})
            return Header((MEDIA_TYPES | SEVERAL_IN_ONE)[str(image.format)], width, height)

    def develop(self, content: bytes) -> Developed:
        """Decode, turn upright, bound, and drop all metadata. Raises PhotoRefused for what cannot be decoded."""
        try:
            with _opened(content) as image:
                captured_at, captured, turn = self._metadata(image)
                upright = image.convert("RGB")
        except (
            OSError,
            SyntaxError,
            ValueError,
            Image.DecompressionBombError,
            Image.DecompressionBombWarning,
        ) as error:
            raise PhotoRefused(fields={"file": sentence("照片损坏，打不开")}) from error
        upright = upright.transpose(turn) if turn is not None else upright
        upright.info.clear()  # else Pillow would write comments back
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        small = upright.copy()
        small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
        return Developed(
            shown=_saved(upright, "JPEG", quality=85, progressive=True),
            thumbnail=_saved(small, "WEBP", quality=75),
            width=upright.width,
            height=upright.height,
            dhash=_dhash(small),
            captured_at=captured_at,
            captured=captured,
        )

    def _metadata(self, image: Image.Image) -> tuple[datetime | None, Point | None, Image.Transpose | None]:
        """When and where, and how to turn it upright; nothing where it is torn, which is no reason to lose a photo."""
        try:
            exif = image.getexif()
            detail = exif.get_ifd(ExifTags.IFD.Exif)
            taken = detail.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
            place = _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
            return self._time(taken), place, TURNS.get(exif.get(ExifTags.Base.Orientation, 1))
        except Exception as error:  # Pillow fails in many ways on bytes that only look like metadata
            log.info("photo_metadata_torn", error=type(error).__name__)
            return None, None, None

    def _time(self, taken: Any) -> datetime | None:
        try:
            local = datetime.strptime(str(taken), "%Y:%m:%d %H:%M:%S").replace(tzinfo=self._zone)
        except ValueError:
            return None
        return local.astimezone(UTC)


def _opened(content: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return Image.open(io.BytesIO(content), formats=tuple(MEDIA_TYPES))
        except UnidentifiedImageError as error:
            raise PhotoWrongType(fields={"file": sentence("只收 JPEG、PNG、WebP 照片")}) from error
        except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise PhotoRefused(fields={"file": sentence("照片损坏，打不开")}) from error


def _place(gps: dict[int, Any]) -> Point | None:
    """EXIF positions are WGS-84: three rationals and a hemisphere each."""
    try:
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude]) * (-1 if gps[ExifTags.GPS.GPSLatitudeRef] == "S" else 1)
        lng = _degrees(gps[ExifTags.GPS.GPSLongitude]) * (-1 if gps[ExifTags.GPS.GPSLongitudeRef] == "W" else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return Point(lng, lat) if -180 <= lng <= 180 and -90 <= lat <= 90 else None


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)  # without exif=: nothing of the original's metadata survives
    return out.getvalue()


def _dhash(image: Image.Image) -> str:
    """Sixty-four bits of which neighbour is brighter, as hex; near pictures differ in few bits."""
    grey = image.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    pixels = grey.tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (pixels[row * 9 + column] > pixels[row * 9 + column + 1])
    return f"{bits:016x}"
