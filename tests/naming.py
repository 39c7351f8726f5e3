"""Names of cases that are the same in every process: workers of one run must collect the same tests."""

import re


def brief(value: object) -> str:
    """What a case is made of, shortly; sets in order, since their own order changes with the hash seed."""
    in_order = re.sub(r"\{([^{}:]*)\}", lambda found: "{" + ", ".join(sorted(found[1].split(", "))) + "}", str(value))
    return in_order[:60]
