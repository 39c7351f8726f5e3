"""What people write: messages from a file, as they are. They are played, and never printed or kept."""

from dataclasses import dataclass, field
from pathlib import Path

from reporter.replay import tables


@dataclass(frozen=True, slots=True)
class Message:
    """``author`` tells people apart and is no name. The text stays out of tracebacks too."""

    author: str = field(repr=False)
    text: str = field(repr=False)


def read(path: Path) -> list[Message]:
    """Title and body of each row, in the file's order; rows without a word are left out. Raises UnusableFile."""
    found = []
    for row in tables.rows(path, ("user", "title", "body")):
        text = "\n".join(part for part in (row["title"].strip(), row["body"].strip()) if part)
        if text:
            found.append(Message(row["user"], text))
    return found
