"""Figures and metrics as an answer shows them: a number, what it counts, and the address of exactly those tickets."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from reporter.api.words import gettext
from reporter.domain.figures import BY_CLOSING, FIGURES, ON_THE_WALL, Figure
from reporter.domain.metrics import MEASURES, RATES, RATES_ON_THE_WALL, percent
from reporter.domain.scores import PROFILE_NAMES
from reporter.services.unit_of_work import UnitOfWork

EVERYTHING = tuple(Figure), tuple(RATES)
WALL = ON_THE_WALL, RATES_ON_THE_WALL
Choice = tuple[Iterable[Figure], Iterable[str]]


def shown(counted: Mapping[Figure, int], where: Mapping[str, str], chosen: Choice = EVERYTHING) -> dict[str, Any]:
    """``{"counts": …, "rates": …}`` of a row of figures; ``where`` are the filters of the lists behind it."""

    def url(figure: Figure) -> str:
        return tickets_url(figure, where)

    figures, rates = chosen
    return {
        "counts": {
            figure.value: {
                "name": gettext(FIGURES[figure].name),
                "value": counted[figure],
                "tickets_url": url(figure),
            }
            for figure in figures
        },
        "rates": {
            code: {
                "name": gettext(RATES[code].name),
                "definition": gettext(RATES[code].definition),
                "numerator": counted[RATES[code].numerator],
                "denominator": counted[RATES[code].denominator],
                "percent": percent(counted[RATES[code].numerator], counted[RATES[code].denominator]),
                "numerator_url": url(RATES[code].numerator),
                "denominator_url": url(RATES[code].denominator),
            }
            for code in rates
        },
    }


def tickets_url(figure: Figure, where: Mapping[str, str]) -> str:
    """The list of exactly the tickets that a figure counts."""
    return "/api/v1/tickets?" + urlencode({**where, "figure": figure.value})


def definitions(uow: UnitOfWork) -> dict[str, Any]:
    """What every figure counts, how every metric is made of them, and what the scores are made of."""
    policy = uow.policy(())
    return {
        "figures": [
            {
                "code": figure.value,
                "symbol": words.symbol,
                "name": gettext(words.name),
                "definition": gettext(words.definition),
                "by": "closed_at" if figure in BY_CLOSING else "received_at",
            }
            for figure, words in FIGURES.items()
        ],
        "metrics": [
            *(
                {
                    "code": code,
                    "name": gettext(rate.name),
                    "definition": gettext(rate.definition),
                    "numerator": rate.numerator.value,
                    "denominator": rate.denominator.value,
                    "better": rate.better.value,
                    "unit": rate.unit.value,
                }
                for code, rate in RATES.items()
            ),
            *(
                {
                    "code": code,
                    "name": gettext(measure.name),
                    "definition": gettext(measure.definition),
                    "numerator": measure.figure.value,
                    "denominator": None,
                    "better": measure.better.value,
                    "unit": measure.unit.value,
                }
                for code, measure in MEASURES.items()
            ),
        ],
        "scores": [
            {
                "code": code,
                "name": gettext(PROFILE_NAMES[code]),
                "terms": [{"metric": term.metric, "weight": term.weight, "target": term.target} for term in profile],
                "min_cases": policy.score_min_cases,
            }
            for code, profile in policy.score_profiles.items()
        ],
    }
