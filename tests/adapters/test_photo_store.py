"""Where photo bytes are kept: put, get, remove, and no key that leads out of the folder."""

from pathlib import Path

import pytest

from reporter.adapters.photo_store import PhotoStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "not yet there" / "photos"


@pytest.fixture
def store(folder: Path) -> PhotoStore:
    return PhotoStore(f"file://{folder}")


def test_what_was_put_is_got(store: PhotoStore, folder: Path) -> None:
    store.put("original/1", b"bytes")
    assert store.get("original/1") == b"bytes"
    assert (folder / "original" / "1").read_bytes() == b"bytes"


def test_putting_again_replaces(store: PhotoStore) -> None:
    store.put("shown/1.jpg", b"first, and longer")
    store.put("shown/1.jpg", b"second")
    assert store.get("shown/1.jpg") == b"second"


def test_what_is_absent_is_not_found(store: PhotoStore) -> None:
    with pytest.raises(FileNotFoundError):
        store.get("original/none")


def test_removing_twice_is_removing_once(store: PhotoStore) -> None:
    store.put("a", b"1")
    store.put("b", b"2")
    store.remove(["a", "none", "b"])
    store.remove(["a"])
    with pytest.raises(FileNotFoundError):
        store.get("b")


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "original/../../outside", "..", "/../outside"])
def test_no_key_leads_out_of_the_folder(store: PhotoStore, folder: Path, key: str) -> None:
    outside = folder.parent / "outside"
    outside.write_bytes(b"secret")
    before = sorted(folder.parent.rglob("*"))
    for call in (lambda: store.put(key, b"x"), lambda: store.get(key), lambda: store.remove([key])):
        with pytest.raises(Exception, match=r"(?i)path|segment|relative|not found|invalid"):
            call()
    assert sorted(folder.parent.rglob("*")) == before
    assert outside.read_bytes() == b"secret"


def test_two_stores_of_one_folder_share_it(store: PhotoStore, folder: Path) -> None:
    store.put("a", b"1")
    assert PhotoStore(f"file://{folder}").get("a") == b"1"
