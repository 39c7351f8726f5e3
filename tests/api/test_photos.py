"""Uploading: what is taken in, what is refused and why, and that a refused upload leaves nothing behind."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from tests.api.test_bad_input import Refusal, refused, rows
from tests.service import Caller, Service, picture
from tests.world import AT_HOME

Opened = Callable[[str], Service]
MEGABYTE = 1024 * 1024


def image(kind: str, size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header says how large it would be."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def upload(caller: Caller, content: bytes, name: str = "a.jpg", media_type: str = "image/jpeg") -> Any:
    """A form of one file, written out by hand: the test client would leave the file of a large one open."""
    head = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {media_type}\r\n\r\n'
    )
    body = head.encode() + content + b"\r\n--b--\r\n"
    return caller.request("POST", "/photos", data=body, content_type="multipart/form-data; boundary=b")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

REFUSED: list[tuple[str, bytes, Refusal]] = [
    ("text", b"hello", (415, "photo_wrong_type", {"file"})),
    ("svg", SVG, (415, "photo_wrong_type", {"file"})),
    ("html", b"<!doctype html><script>alert(1)</script>", (415, "photo_wrong_type", {"file"})),
    ("gif", image("GIF"), (415, "photo_wrong_type", {"file"})),
    ("bmp", image("BMP"), (415, "photo_wrong_type", {"file"})),
    ("tiff", image("TIFF"), (415, "photo_wrong_type", {"file"})),
    ("pdf", image("PDF"), (415, "photo_wrong_type", {"file"})),
    ("empty", b"", (422, "invalid", {"file"})),
    ("head of a jpeg", picture()[:20], (415, "photo_wrong_type", {"file"})),
    ("bomb", png_claiming(30_000, 30_000), (422, "photo_refused", {"file"})),
    ("small bomb", png_claiming(8_001, 8_000), (422, "photo_refused", {"file"})),
    ("no pixels", png_claiming(0, 0), (415, "photo_wrong_type", {"file"})),
    ("over 10 MB", picture() + b"\0" * (10 * MEGABYTE), (413, "photo_too_large", {"file"})),
    ("over 11 MB", picture() + b"\0" * (12 * MEGABYTE), (413, "too_large", set())),
]


@pytest.mark.parametrize(("content", "expected"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_no_photo_is_refused_and_leaves_nothing(
    opened: Opened, database_kind: str, content: bytes, expected: Refusal
) -> None:
    service = opened(database_kind)
    rider, before = service.as_("rider"), rows(service)
    assert refused(upload(rider, content)) == expected
    assert rows(service) == before


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"data": {"file": "just text"}}, 422),
        ({"data": {"photo": (io.BytesIO(picture()), "a.jpg")}}, 422),
        ({"data": {}}, 422),
        ({"json": {"file": "x"}}, 422),
        ({"data": picture(), "content_type": "image/jpeg"}, 422),
        ({"data": b"x", "content_type": "multipart/form-data"}, 422),  # no boundary
    ],
    ids=["text field", "other name", "nothing", "json", "bare", "no boundary"],
)
def test_an_upload_without_a_file_says_so(opened: Opened, given: dict[str, Any], status: int) -> None:
    service = opened("spatialite")
    rider, before = service.as_("rider"), rows(service)
    answer = rider.request("POST", "/photos", **given)
    assert (answer.status_code, "file" in answer.json["error"]["fields"]) == (status, True)
    assert rows(service) == before


def two_pictures_in_one() -> bytes:
    """What many telephones make of a portrait: a JPEG that carries a second one (MPO)."""
    out = io.BytesIO()
    first = Image.new("RGB", (64, 48), "red")
    first.save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48), "blue")])
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (image("JPEG"), (64, 48)),
        (image("PNG"), (64, 48)),
        (image("WEBP"), (64, 48)),
        (two_pictures_in_one(), (64, 48)),
        (image("JPEG", (3000, 1000)), (3000, 1000)),  # as uploaded; 2048 when it is ready
    ],
    ids=["jpeg", "png", "webp", "mpo", "wide"],
)
def test_what_a_phone_makes_is_taken_whatever_it_is_called(
    opened: Opened, database_kind: str, content: bytes, size: tuple[int, int]
) -> None:
    service = opened(database_kind)
    rider = service.as_("rider")
    answer = upload(rider, content, "../../etc/passwd", "application/x-php")  # neither name nor type is believed
    assert answer.status_code == 201
    taken = answer.json
    assert (taken["state"], taken["width"], taken["height"]) == ("processing", *size)
    assert rider.get(taken["url"].removeprefix("/api/v1")).status_code == 404, "not before its metadata is gone"
    service.work()
    shown, small = (rider.get(taken[name].removeprefix("/api/v1")) for name in ("url", "thumbnail_url"))
    assert (shown.status_code, shown.mimetype, small.mimetype) == (200, "image/jpeg", "image/webp")
    assert shown.headers["Cache-Control"] == "private, max-age=86400"
    with Image.open(io.BytesIO(shown.data)) as stored:
        assert (stored.format, max(stored.size)) == ("JPEG", min(max(size), 2048))
    again = rider.get(taken["url"].removeprefix("/api/v1"))
    assert rider.request("GET", f"/photos/{taken['id']}", headers={"If-None-Match": again.headers["ETag"]}).data == b""


def test_a_torn_photo_is_taken_in_and_refused_by_the_worker_alone(service: Service) -> None:
    """Its header was fine, so the report went through; the ticket loses the photo, not the other way round."""
    rider = service.as_("rider")
    whole = image("PNG", (400, 300))
    torn = upload(rider, whole[: len(whole) // 2])
    assert torn.status_code == 201
    number = rider.report(AT_HOME, category="BJ0123", photo_ids=[torn.json["id"]])["number"]
    service.work()
    assert rider.get(f"/photos/{torn.json['id']}").status_code == 404
    assert rider.ticket(number)["reports"][0]["photos"] == []
