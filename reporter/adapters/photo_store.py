"""Where photo bytes are kept: a folder or any object store that obstore knows, by a URL."""

from collections.abc import Sequence
from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore, from_url


class PhotoStore:
    """``file:///folder`` or ``s3://bucket/prefix``; keys are made of our own ids, never of names from outside."""

    def __init__(self, url: str):
        if url.startswith("file://"):
            folder = Path(url.removeprefix("file://"))
            folder.mkdir(parents=True, exist_ok=True)
            self._store: ObjectStore = LocalStore(prefix=folder)
        else:
            self._store = from_url(url)

    def put(self, key: str, content: bytes) -> None:
        obstore.put(self._store, key, content)

    def get(self, key: str) -> bytes:
        """Raises FileNotFoundError."""
        return bytes(obstore.get(self._store, key).bytes())

    def remove(self, keys: Sequence[str]) -> None:
        """Absent ones are fine: removing twice is removing once."""
        for key in keys:
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError:
                continue
