"""The files that stand in a .gz or .zip archive, or as sheets in an .xlsx workbook.

Nothing is written where an archive says; nothing is unpacked beyond a bound. openpyxl
reads XML through defusedxml, which refuses entities.
"""

import csv
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path, PurePosixPath
from typing import IO, Any

from savoir.landing.files import CHUNK, Unreadable

# A real export packs 5 to 50 times smaller, a bomb a thousand times; what unpacks to
# less than SMALL may be packed however well.
MAX_BYTES = 20 << 30
MAX_RATIO = 200
SMALL = 64 << 20
MAX_MEMBERS = 1_000
# openpyxl keeps a workbook's distinct texts in memory.
MAX_WORKBOOK_BYTES = 1 << 30
MAX_SHEET_ROWS = 1 << 20

OUTSIDE = re.compile(r"/|[A-Za-z]:|$")


class Budget:
    """How much a container may still unpack to."""

    def __init__(self, path: Path, at_most: int = MAX_BYTES) -> None:
        """Bound what `path` unpacks to by its own size, and by a number of bytes."""
        self.left = min(at_most, SMALL + MAX_RATIO * path.stat().st_size)

    def spend(self, size: int) -> None:
        """Count unpacked bytes. Raises `Unreadable` when they are too many."""
        self.left -= size
        if self.left < 0:
            raise Unreadable(
                f"unpacks to more than {MAX_RATIO} times its size, or to more than is "
                "allowed; a bomb, or an export to be split"
            )


def unpacked(path: Path, scratch: Path) -> list[tuple[str, Path]]:
    """Return the files that a path holds, each with its name inside.

    A plain file is itself, and like a .gz and a workbook of one sheet it has no name
    inside. Raises `Unreadable` for a broken or dangerous container.
    """
    opener = OPENERS.get(path.suffix.lower())
    if not opener:
        return [("", path)]
    try:
        files = list(opener(path, scratch))
    except (
        zipfile.BadZipFile,
        gzip.BadGzipFile,
        zlib.error,
        EOFError,
        # an encrypted member, or a method of packing unknown here
        RuntimeError,
    ) as error:
        raise Unreadable(f"not a whole {path.suffix} file ({error})") from error
    if not files:
        raise Unreadable("nothing in it; a file or a sheet with a header expected")
    return files


def gunzipped(path: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    """Unpack the one file of a .gz."""
    target = scratch / path.stem
    with gzip.open(path) as packed:
        copy(packed, target, Budget(path))
    yield "", target


def unzipped(path: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    """Unpack the members of a .zip, but what is nobody's export."""
    budget = Budget(path)
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if not m.is_dir()]
        if len(members) > MAX_MEMBERS:
            raise Unreadable(f"{len(members)} files; at most {MAX_MEMBERS} expected")
        names = [checked(member.filename) for member in members]
        if len(set(names)) < len(names):
            raise Unreadable("two files of one name in the archive")
        for number, (name, member) in enumerate(zip(names, members, strict=True)):
            inner = PurePosixPath(name)
            if any(part[0] in "._" for part in inner.parts) or (
                inner.name.startswith("README")
            ):
                continue
            if inner.suffix.lower() in OPENERS:
                raise Unreadable(f"{name}: an archive in an archive; unpack it")
            target = scratch / str(number) / inner.name
            target.parent.mkdir()
            with archive.open(member) as packed:
                copy(packed, target, budget)
            yield name, target


def checked(name: str) -> str:
    """Return a member's name. Raises `Unreadable` if it leads out of the archive."""
    parts = PurePosixPath(name).parts
    if OUTSIDE.match(name) or "\\" in name or ".." in parts:
        raise Unreadable(f"{name[:100]}: a path that leads out of the archive")
    return "/".join(parts)


def copy(packed: IO[bytes], target: Path, budget: Budget) -> None:
    """Unpack a stream to a file, as far as the budget lets."""
    with target.open("wb") as plain:
        while chunk := packed.read(CHUNK):
            budget.spend(len(chunk))
            plain.write(chunk)


def sheets(path: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    """Write each visible sheet that holds anything as CSV.

    An only sheet is named like the workbook, several are by their own names.
    """
    import openpyxl  # a third of a second

    with zipfile.ZipFile(path) as archive:
        Budget(path, MAX_WORKBOOK_BYTES).spend(
            sum(member.file_size for member in archive.infolist())
        )
    budget = Budget(path)
    found = []
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for number, sheet in enumerate(book.worksheets):
            target = scratch / f"{number}.csv"
            if sheet.sheet_state == "visible" and write_sheet(sheet, target, budget):
                found.append((sheet.title, target))
        book.close()
    except (Unreadable, MemoryError, OSError):
        raise
    # openpyxl raises whatever a malformed part makes Python raise.
    except Exception as error:
        cause = error.__cause__ or error
        raise Unreadable(
            f"not a workbook that can be read ({type(cause).__name__}: {cause})"
        ) from error
    for number, (title, written) in enumerate(found):
        alone = len(found) == 1
        folder = scratch / f"sheet{number}"
        folder.mkdir()
        name = path.stem if alone else title.replace("/", "_")
        yield "" if alone else name, written.rename(folder / f"{name}.csv")


def write_sheet(sheet: Any, target: Path, budget: Budget) -> bool:
    """Write a sheet as CSV; tell whether it holds anything."""
    # What the file says of its size may be wrong, and cells beyond it would be lost.
    sheet.reset_dimensions()
    width = 0
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > MAX_SHEET_ROWS:
                raise Unreadable(f"more than {MAX_SHEET_ROWS} rows in a sheet")
            cells = [text_of(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            # Rows come as wide as they are filled; the header says how wide they are.
            width = width or len(cells)
            cells += [""] * (width - len(cells))
            budget.spend(writer.writerow(cells))
    return width > 0


def text_of(value: Any) -> str:
    """Return a cell as an export writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, float):
        # Excel keeps 15 digits: a longer id is damaged, and has to look it.
        return f"{value:.14E}" if abs(value) >= 1e15 else f"{value:.15g}"
    return str(value)


OPENERS = {".gz": gunzipped, ".zip": unzipped, ".xlsx": sheets}
