"""Which version of a thing the caller last saw: its ``ETag``, sent back as ``If-Match``."""

from flask import request

from reporter.domain.errors import Invalid, sentence


def if_match() -> int | None:
    """None when the caller does not say. Raises Invalid naming the header."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return None
    try:
        return int(header.removeprefix("W/").strip('"'))
    except ValueError as error:
        raise Invalid(fields={"If-Match": sentence("版本号不对")}) from error


def etag(version: int) -> dict[str, str]:
    """The header of an answer that shows this version."""
    return {"ETag": f'"{version}"'}
