"""The folder of published versions, of which one is served.

    published/versions/<n>/   savoir.duckdb, <schema>/<table>.parquet, manifest.json, …
    published/current         link to the version served, swapped in one step
    published/savoir.duckdb   link through `current`: the path people use
    published/history.jsonl   who was served when: one line per swap

A version is written in a hidden folder, made durable, then renamed. A process killed
at any point leaves that folder, which the next publication removes, or a whole version.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from savoir.landing.files import sha256
from savoir.publish.common import SCHEMAS, PublishRefused
from savoir.publish.marts import DATABASE

try:
    import fcntl
except ImportError:  # Windows: it has neither these locks nor links for everyone
    fcntl = None


def numbers(published: Path) -> list[int]:
    """Return the versions kept, oldest first."""
    found = (published / "versions").glob("[0-9]*")
    return sorted(int(path.name) for path in found)


def current(published: Path) -> int | None:
    """Return the version served, if any is."""
    link = published / "current"
    return int(os.readlink(link).rpartition("/")[2]) if link.is_symlink() else None


def folder_of(published: Path, number: int) -> Path:
    """Return the folder of a version."""
    return published / "versions" / str(number)


def manifest_of(published: Path, number: int) -> dict[str, Any]:
    """Return what a version says of itself."""
    path = folder_of(published, number) / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8"))


@contextmanager
def locked(published: Path) -> Iterator[None]:
    """Keep every other publication out. The system drops the lock of a killed one."""
    if fcntl is None:
        raise PublishRefused(
            "publishing swaps a link under a lock: run it on Linux, macOS or in WSL"
        )
    (published / "versions").mkdir(parents=True, exist_ok=True)
    with (published / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublishRefused("another publication is under way") from error
        yield


@contextmanager
def new_version(published: Path) -> Iterator[tuple[int, Path]]:
    """Yield a number and an empty folder; what is in it afterwards is that version."""
    kept = numbers(published)
    number = kept[-1] + 1 if kept else 1
    scratch = published / "versions" / ".new"
    for left in (published / "versions").glob(".*"):
        shutil.rmtree(left)
    scratch.mkdir()
    try:
        yield number, scratch
        _make_durable(scratch)
        scratch.rename(folder_of(published, number))
        _sync(scratch.parent)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def serve(published: Path, number: int, action: str) -> None:
    """Swap in a version, for all its files at once, and note it in the history."""
    before = current(published)
    # A log left by someone who opened the old file to write is not of the new one.
    (published / f"{DATABASE}.wal").unlink(missing_ok=True)
    _link(published / "current", f"versions/{number}")
    _link(published / DATABASE, f"current/{DATABASE}")
    for schema in SCHEMAS:  # an older layout's files, which nobody would renew
        shutil.rmtree(published / schema, ignore_errors=True)
    _sync(published)
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "action": action,
        "version": number,
        "instead_of": before,
    }
    with (published / "history.jsonl").open("a", encoding="utf-8") as history:
        history.write(json.dumps(line) + "\n")


def prune(published: Path, keep: int) -> None:
    """Remove all but the newest `keep` versions and the one served."""
    for number in numbers(published)[:-keep]:
        if number != current(published):
            # renamed first: what a kill leaves half removed must not look whole
            gone = published / "versions" / f".old-{number}"
            shutil.rmtree(folder_of(published, number).rename(gone))


def require_whole(published: Path, number: int) -> None:
    """Raise `PublishRefused` unless a version is kept, each file as it was written."""
    folder = folder_of(published, number)
    if not folder.exists():
        kept = ", ".join(map(str, numbers(published))) or "none"
        raise PublishRefused(f"version {number} is not kept; there are {kept}")
    for file, facts in manifest_of(published, number)["files"].items():
        path = folder / file
        if not path.exists() or sha256(path) != facts["sha256"]:
            raise PublishRefused(f"version {number} is damaged: {file}")


def _link(link: Path, target: str) -> None:
    """Point a link at a target in one step, whatever stood there."""
    fresh = link.with_name(f".new-{link.name}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    os.replace(fresh, link)


def _make_durable(folder: Path) -> None:
    """Write files and folders through to the disk; nobody shall change a version."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_file():
            path.chmod(0o444)
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
