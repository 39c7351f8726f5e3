"""Photos made presentable: upright, bounded, without metadata; what the metadata said is told apart."""

import contextlib
import io
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageFilter

from reporter.adapters.darkroom import Darkroom
from reporter.domain.coordinates import Point
from reporter.domain.errors import PhotoRefused, PhotoWrongType, Refusal

BASE, GPS = ExifTags.Base, ExifTags.GPS
darkroom = Darkroom(ZoneInfo("Asia/Shanghai"))


def scene(size: tuple[int, int] = (400, 300)) -> Image.Image:
    """A red and a blue half with something in them, so that turning and comparing show."""
    width, height = size
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, width // 2, height))
    image.paste("white", (width // 8, height // 8, width // 4, height // 3))
    image.paste("black", (width * 5 // 8, height // 2, width * 7 // 8, height * 3 // 4))
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif_of(
    place: dict[int, Any] | None = None, taken: str | None = None, orientation: int | None = None
) -> Image.Exif:
    exif = Image.Exif()
    exif[BASE.Make] = "SecretPhone"
    if orientation is not None:
        exif[BASE.Orientation] = orientation
    if taken is not None:
        exif.get_ifd(ExifTags.IFD.Exif)[BASE.DateTimeOriginal] = taken
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(place or {})
    return exif


WUHAN = {
    GPS.GPSLatitudeRef: "N",
    GPS.GPSLatitude: (30.0, 28.0, 53.436),
    GPS.GPSLongitudeRef: "E",
    GPS.GPSLongitude: (114.0, 18.0, 2.7),
}


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def colour_of(pixel: Any) -> str:
    red, _, blue = pixel
    return "red" if red > blue else "blue"


# ---------------------------------------------------------------- metadata


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_and_time_are_told_apart_and_gone_from_the_bytes(kind: str) -> None:
    content = encoded(scene(), kind, exif=exif_of(WUHAN, "2026:09:07 09:30:15"))
    assert b"SecretPhone" in content
    developed = darkroom.develop(content)
    assert developed.captured_at == datetime(2026, 9, 7, 1, 30, 15, tzinfo=UTC), "a camera without a zone means Beijing"
    assert developed.captured is not None
    assert developed.captured.lng == pytest.approx(114.30075, abs=1e-6)
    assert developed.captured.lat == pytest.approx(30.48151, abs=1e-6)
    for shown in (developed.shown, developed.thumbnail):
        image = opened(shown)
        assert not dict(image.getexif())
        assert set(image.info) & {"exif", "xmp", "icc_profile", "comment", "XML:com.adobe.xmp"} == set()
        assert b"SecretPhone" not in shown
        assert b"Exif" not in shown


def test_comments_and_other_stowaways_are_gone_too() -> None:
    content = encoded(scene(), "JPEG", comment=b"call 13812345678", xmp=b"<x:xmpmeta>13812345678</x:xmpmeta>")
    behind = content + b"PK\x03\x04 13812345678"  # a second file behind the picture
    assert b"13812345678" in behind
    developed = darkroom.develop(behind)
    assert b"13812345678" not in developed.shown + developed.thumbnail


@pytest.mark.parametrize(
    ("place", "point"),
    [
        ({}, None),
        ({**WUHAN, GPS.GPSLatitudeRef: "S", GPS.GPSLongitudeRef: "W"}, Point(-114.30075, -30.48151)),
        ({GPS.GPSLatitude: (30.0, 28.0, 53.0)}, None),  # half a place
        ({**WUHAN, GPS.GPSLatitude: (30.0, 28.0)}, None),
        ({**WUHAN, GPS.GPSLatitude: (99.0, 0.0, 0.0)}, None),  # nowhere on earth
    ],
)
def test_a_place_is_whole_or_none(place: dict[int, Any], point: Point | None) -> None:
    found = darkroom.develop(encoded(scene(), exif=exif_of(place))).captured
    assert (found is None) == (point is None)
    assert found is None or (found.lng, found.lat) == (
        pytest.approx(point.lng if point else 0, abs=1e-6),
        pytest.approx(point.lat if point else 0, abs=1e-6),
    )


@pytest.mark.parametrize(
    "taken", ["0000:00:00 00:00:00", "2026-09-07 09:30:15", "yesterday", "", "2026:13:01 00:00:00"]
)
def test_a_time_no_calendar_knows_is_none(taken: str) -> None:
    assert darkroom.develop(encoded(scene(), exif=exif_of(taken=taken))).captured_at is None


def test_a_photo_without_metadata_tells_nothing() -> None:
    developed = darkroom.develop(encoded(scene()))
    assert (developed.captured_at, developed.captured) == (None, None)


# ---------------------------------------------------------------- pixels


@pytest.mark.parametrize(
    ("orientation", "size", "corners"),  # corners: top left and bottom right, when upright
    [
        (1, (400, 300), ("red", "blue")),
        (2, (400, 300), ("blue", "red")),  # mirrored
        (3, (400, 300), ("blue", "red")),  # upside down
        (4, (400, 300), ("red", "blue")),
        (5, (300, 400), ("red", "blue")),
        (6, (300, 400), ("red", "blue")),  # the camera was held upright
        (7, (300, 400), ("blue", "red")),
        (8, (300, 400), ("blue", "red")),
        (9, (400, 300), ("red", "blue")),  # nothing that EXIF knows
    ],
)
def test_it_stands_upright_whatever_the_camera_noted(
    orientation: int, size: tuple[int, int], corners: tuple[str, str]
) -> None:
    developed = darkroom.develop(encoded(scene(), quality=95, exif=exif_of(orientation=orientation)))
    shown = opened(developed.shown)
    assert (shown.size, (developed.width, developed.height)) == (size, size)
    pixels = (shown.getpixel((5, 5)), shown.getpixel((size[0] - 5, size[1] - 5)))
    assert tuple(map(colour_of, pixels)) == corners
    small = opened(developed.thumbnail)
    assert colour_of(small.convert("RGB").getpixel((2, 2))) == corners[0]


@pytest.mark.parametrize(
    ("size", "shown", "small"),
    [
        ((400, 300), (400, 300), (320, 240)),
        ((200, 100), (200, 100), (200, 100)),  # never made larger
        ((4096, 1024), (2048, 512), (320, 80)),
        ((1000, 5000), (410, 2048), (64, 320)),
        ((1, 1), (1, 1), (1, 1)),
        ((5000, 1), (2048, 1), (320, 1)),
    ],
)
def test_sides_are_bounded(size: tuple[int, int], shown: tuple[int, int], small: tuple[int, int]) -> None:
    developed = darkroom.develop(encoded(Image.new("RGB", size, "teal"), "PNG"))
    assert (opened(developed.shown).size, opened(developed.thumbnail).size) == (shown, small)
    assert (opened(developed.shown).format, opened(developed.thumbnail).format) == ("JPEG", "WEBP")


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "I;16", "1"])
def test_every_kind_of_pixel_becomes_colour(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    developed = darkroom.develop(encoded(Image.new(mode, (40, 30)), kind))
    assert opened(developed.shown).mode == "RGB"


# ---------------------------------------------------------------- likeness


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_the_same_scene_has_nearly_the_same_hash_however_it_was_saved() -> None:
    original = darkroom.develop(encoded(scene(), "PNG")).dhash
    again = [
        darkroom.develop(content).dhash
        for content in (
            encoded(scene(), "JPEG", quality=95),
            encoded(scene(), "JPEG", quality=30),
            encoded(scene(), "WEBP", quality=50),
            encoded(scene((800, 600)), "PNG"),
            encoded(scene().filter(ImageFilter.GaussianBlur(2)), "PNG"),
        )
    ]
    assert max(distance(original, other) for other in again) <= 6
    assert darkroom.develop(darkroom.develop(encoded(scene())).shown).dhash == darkroom.develop(encoded(scene())).dhash


def test_another_scene_has_another_hash() -> None:
    here, there = (darkroom.develop(encoded(image)).dhash for image in (scene(), scene().rotate(180)))
    assert distance(here, there) > 12
    assert len(here) == 16


def test_developing_twice_gives_the_same_bytes() -> None:
    content = encoded(scene(), exif=exif_of(WUHAN))
    assert darkroom.develop(content) == darkroom.develop(content)


# ---------------------------------------------------------------- refusals


def truncated(kind: str) -> bytes:
    content = encoded(scene(), kind)
    return content[: len(content) * 2 // 3]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", PhotoWrongType),
        (b"\x89PNG\r\n\x1a\n", PhotoWrongType),
        (b"<svg/>", PhotoWrongType),
        (encoded(scene(), "GIF"), PhotoWrongType),
        (encoded(scene(), "TIFF"), PhotoWrongType),
        (encoded(scene(), "BMP"), PhotoWrongType),
        (encoded(scene(), "ICO"), PhotoWrongType),
    ],
    ids=["empty", "head only", "svg", "gif", "tiff", "bmp", "ico"],
)
def test_other_kinds_are_refused_by_look(content: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as caught:
        darkroom.look(content)
    assert set(caught.value.fields) == {"file"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_torn_file_has_a_header_but_no_picture(kind: str) -> None:
    torn = truncated(kind)
    assert darkroom.look(torn).width == 400
    with pytest.raises(PhotoRefused):
        darkroom.develop(torn)


def test_a_torn_webp_is_refused_at_once() -> None:
    with pytest.raises(PhotoRefused):
        darkroom.look(truncated("WEBP"))


@pytest.mark.filterwarnings("ignore:.*:UserWarning")  # Pillow says what it skips
def test_metadata_that_is_torn_does_not_cost_the_photo() -> None:
    content = encoded(scene(), exif=exif_of(WUHAN, "2026:09:07 09:30:15"))
    start = content.index(b"Exif\0\0") + 6
    torn = content[: start + 8] + b"\xff" * 60 + content[start + 68 :]
    developed = darkroom.develop(torn)
    assert (developed.width, developed.captured) == (400, None)


@pytest.mark.parametrize("size", [(8_001, 8_000), (64_001, 1_000)])
def test_more_pixels_than_a_worker_bears_are_refused_by_the_header(size: tuple[int, int]) -> None:
    content = encoded(Image.new("1", size), "PNG")  # a few kilobytes
    with pytest.raises(PhotoRefused):
        darkroom.look(content)


def test_a_header_says_type_and_size() -> None:
    looks = [darkroom.look(encoded(scene(), kind)) for kind in ("JPEG", "PNG", "WEBP")]
    assert [look.media_type for look in looks] == ["image/jpeg", "image/png", "image/webp"]
    assert {(look.width, look.height) for look in looks} == {(400, 300)}


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@settings(max_examples=300, deadline=None, derandomize=True)
@given(kind=st.sampled_from(["JPEG", "WEBP"]), changes=st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3))))
def test_no_bytes_crash_the_darkroom(kind: str, changes: list[tuple[int, bytes]]) -> None:
    content = WITH_METADATA[kind]
    for at, new in changes:
        content = content[:at] + new + content[at + len(new) :]
    with contextlib.suppress(Refusal):
        darkroom.look(content)
    with contextlib.suppress(Refusal):
        darkroom.develop(content)


WITH_METADATA = {
    kind: encoded(scene((40, 30)), kind, exif=exif_of(WUHAN, "2026:09:07 09:30:15", 6)) for kind in ("JPEG", "WEBP")
}
