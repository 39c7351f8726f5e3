"""Photos drawn for the stories: a hole where a cover was, the same with a fence, bags left in
a street, a stairwell dark and lit."""

import io
import random
from typing import TypedDict

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1200, 900)


class Upload(TypedDict):
    name: str
    mimeType: str
    buffer: bytes


def upload(kind: str, size: tuple[int, int] = SIZE) -> Upload:
    """A drawn photo as a file chooser hands it over: hole, fence, cover, bags, dark or lit."""
    draw = {"hole": _hole, "fence": _fence, "cover": _cover, "bags": _bags, "dark": _dark, "lit": _lit}[kind]
    out = io.BytesIO()
    draw().resize(size).save(out, "JPEG", quality=82)
    return {"name": f"{kind}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def _ground(base: tuple[int, int, int]) -> Image.Image:
    """Asphalt or wall: a colour with grain, always the same."""
    chance = random.Random(7)
    small = Image.new("RGB", (300, 225))
    small.putdata(
        [
            tuple(max(0, min(255, part + shift)) for part in base)
            for shift in (chance.randint(-14, 14) for _ in range(300 * 225))
        ]
    )
    return small.resize(SIZE, Image.Resampling.BILINEAR)


def _street() -> Image.Image:
    image = _ground((104, 106, 104))
    pen = ImageDraw.Draw(image)
    pen.polygon([(0, 0), (1200, 0), (1200, 150), (0, 230)], fill=(150, 146, 138))
    pen.line([(0, 230), (1200, 150)], fill=(200, 196, 186), width=14)
    return image


def _hole() -> Image.Image:
    image = _street()
    pen = ImageDraw.Draw(image)
    pen.ellipse((330, 330, 870, 690), fill=(70, 70, 68))
    pen.ellipse((362, 352, 838, 668), fill=(14, 14, 15))
    pen.arc((362, 352, 838, 668), 200, 340, fill=(52, 48, 42), width=26)
    return image.filter(ImageFilter.GaussianBlur(1.2))


def _fence() -> Image.Image:
    image = _hole()
    pen = ImageDraw.Draw(image)
    for left in (240, 600, 880):
        pen.polygon([(left, 700), (left + 70, 300), (left + 140, 700)], fill=(222, 92, 32))
        pen.polygon([(left + 30, 530), (left + 48, 430), (left + 92, 430), (left + 110, 530)], fill=(240, 240, 236))
    pen.line([(310, 420), (950, 420)], fill=(228, 190, 40), width=22)
    return image.filter(ImageFilter.GaussianBlur(1))


def _cover() -> Image.Image:
    image = _street()
    pen = ImageDraw.Draw(image)
    pen.ellipse((330, 330, 870, 690), fill=(84, 82, 78))
    pen.ellipse((362, 352, 838, 668), fill=(60, 60, 60))
    for step in range(8):
        pen.arc(
            (390 + step * 28, 372 + step * 19, 810 - step * 28, 648 - step * 19), 0, 360, fill=(92, 92, 90), width=7
        )
    return image.filter(ImageFilter.GaussianBlur(1))


def _bags() -> Image.Image:
    image = _street()
    pen = ImageDraw.Draw(image)
    for left, top, colour in (
        (260, 420, (40, 44, 48)),
        (470, 470, (92, 116, 84)),
        (640, 400, (52, 50, 46)),
        (380, 560, (170, 150, 110)),
    ):
        pen.ellipse((left, top, left + 270, top + 230), fill=colour)
        pen.polygon([(left + 110, top + 20), (left + 135, top - 50), (left + 165, top + 20)], fill=colour)
    return image.filter(ImageFilter.GaussianBlur(1.5))


def _stairs(wall: tuple[int, int, int], step: tuple[int, int, int]) -> Image.Image:
    image = _ground(wall)
    pen = ImageDraw.Draw(image)
    for number in range(6):
        top = 420 + number * 80
        pen.rectangle((260 - number * 40, top, 940 + number * 40, top + 46), fill=step)
    return image


def _dark() -> Image.Image:
    image = _stairs((30, 31, 36), (46, 46, 52))
    ImageDraw.Draw(image).ellipse((560, 90, 640, 170), fill=(52, 52, 58))
    return image.filter(ImageFilter.GaussianBlur(2))


def _lit() -> Image.Image:
    image = _stairs((214, 204, 180), (176, 166, 146))
    ImageDraw.Draw(image).ellipse((530, 60, 670, 200), fill=(255, 246, 214))
    return image.filter(ImageFilter.GaussianBlur(1.5))
