"""Photos over HTTP: taken in as they are, shown once they are presentable."""

import hashlib
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.datastructures import FileStorage

from reporter.api import shown
from reporter.api.edge import caller, house
from reporter.domain import permissions
from reporter.domain.errors import Invalid, NotFound, PhotoTooLarge, sentence
from reporter.domain.permissions import Actor, Permission
from reporter.services import photos
from schemas.reports import PhotoOut, Upload

MOST_BYTES = 10 * 1024 * 1024  # decisions.md “Photos”

blueprint = Blueprint("photos", __name__, url_prefix="/api/v1/photos", description="Photos of places")


@blueprint.post("")
@caller
@blueprint.arguments(Upload, location="files")
@blueprint.response(201, PhotoOut)
def upload(actor: Actor, given: dict[str, FileStorage]) -> dict[str, Any]:
    """Upload a photo (JPEG, PNG or WebP, at most 10 MB)

    It is ``processing`` until the worker has removed its metadata; attach its id at once.
    """
    permissions.require(actor, Permission.UPLOAD)
    house().limiter.hit("write", f"photo:{actor.person_id}")
    content = given["file"].read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise PhotoTooLarge(fields={"file": sentence("照片不能超过 10 MB")})
    if not content:
        raise Invalid(fields={"file": sentence("照片是空的")})
    header = house().darkroom.look(content)
    photo_id = photos.new_id()
    house().store.put(photos.original_key(photo_id), content)  # before the row: a row always has its bytes
    with house().works.open(actor) as uow:
        row = photos.take_in(uow, photo_id, header, hashlib.sha256(content).hexdigest(), len(content))
    return shown.photo(row)


BYTES = {"type": "string", "format": "binary"}


@blueprint.get("/<uuid:photo_id>")
@caller
@blueprint.alt_response(200, schema=BYTES, content_type="image/jpeg", description="The photo")
def picture(actor: Actor, photo_id: Any) -> Response:
    """A photo, without metadata, for those who see its ticket; 404 until it is ready"""
    return _bytes(actor, str(photo_id), thumbnail=False)


@blueprint.get("/<uuid:photo_id>/thumbnail")
@caller
@blueprint.alt_response(200, schema=BYTES, content_type="image/webp", description="The photo, small")
def thumbnail(actor: Actor, photo_id: Any) -> Response:
    """The same, small"""
    return _bytes(actor, str(photo_id), thumbnail=True)


def _bytes(actor: Actor, photo_id: str, *, thumbnail: bool) -> Response:
    with house().works.open(actor, writes=False) as uow:
        photo = photos.readable(uow, photo_id)
    if photo.state != "ready":
        raise NotFound(sentence("照片还在处理，请稍后再看"))
    response = Response(mimetype="image/webp" if thumbnail else "image/jpeg")
    response.set_etag(f"{photo.id}-{thumbnail}")
    response.headers["Cache-Control"] = "private, max-age=86400"
    response.headers["Content-Disposition"] = "inline"
    if response.make_conditional(request).status_code != 304:
        response.set_data(house().store.get((photos.thumbnail_key if thumbnail else photos.shown_key)(photo_id)))
    return response
