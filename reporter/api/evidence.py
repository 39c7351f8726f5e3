"""Photos of results with what a verifier should know of them."""

from typing import Any

from reporter.api.words import gettext
from reporter.domain.evidence import FINDING_NAMES, Finding
from reporter.models.photos import Photo
from reporter.queries.evidence import findings_of
from reporter.services.unit_of_work import UnitOfWork


def findings(uow: UnitOfWork, photos: list[Photo], staff: bool) -> dict[str, list[dict[str, Any]]]:
    """By photo; asked for staff only, and only where there are photos of a step."""
    if not staff or not photos:
        return {}
    found = findings_of(uow.session, [photo.id for photo in photos])
    return {
        photo_id: [{"code": code, "name": gettext(FINDING_NAMES[Finding(code)])} for code in codes]
        for photo_id, codes in found.items()
    }
