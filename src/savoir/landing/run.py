"""Turn the exports of a folder into raw Parquet files, and account for each."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from rich.progress import Progress

from savoir.landing import systems
from savoir.landing.check import REJECTS, Origin, columns_of, split
from savoir.landing.containers import unpacked
from savoir.landing.files import Source, Unreadable, folder_literal, literal, sha256
from savoir.landing.objects import dumps
from savoir.landing.rows import Found
from savoir.landing.schema import System

EMPTY = "_empty.parquet"
FILES_FILE = "_landing/files.parquet"
REJECTS_FOLDER = "_landing/rejects"

# DuckDB takes a file of usual size in one thread; two keep two cores busy.
FILES_AT_ONCE = 2


class LandingError(Exception):
    """A file could not be read, and the landing is strict."""


@dataclass(frozen=True)
class FileRow:
    """One file and entity: a row of `files.parquet`. Times are UTC, sizes bytes.

    `status` is landed, unreadable or same_content; `entity` is empty where unknown.
    `file` names what stands in an archive behind the archive, `member` there alone;
    `unknown`, as JSON, the columns in it that nothing reads.
    """

    system: str
    entity: str
    file: str
    file_hash: str
    size_bytes: int
    rows_read: int
    rows_landed: int
    rows_rejected: int
    status: str
    message: str
    landed_at: datetime
    mtime_ns: int
    reader_version: str
    member: str = ""
    unknown: str = "[]"

    @property
    def path(self) -> str:
        """The file below the landing folder, which may be an archive of several."""
        return self.file.removesuffix(f"/{self.member}") if self.member else self.file


@dataclass(frozen=True)
class Reject:
    """One rejected record, and why."""

    file: str
    line: int | None
    reason: str


@dataclass(frozen=True)
class Report:
    """What a landing found: every file, how many changed, and the first rejects."""

    files: list[FileRow]
    new: int
    unchanged: int
    removed: int
    rejects: list[Reject]


TYPES = {
    int: ("bigint", pa.int64()),
    str: ("varchar", pa.string()),
    datetime: ("timestamp", pa.timestamp("us")),
}
FILES = pa.schema([(f.name, TYPES[f.type][1]) for f in fields(FileRow)])


def reader_version() -> str:
    """Return a digest of the readers' own code: other code lands every file anew."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


READER_VERSION = reader_version()


def land(
    landing: Path,
    raw: Path,
    *,
    strict: bool = False,
    show_progress: bool = True,
    known: Mapping[str, System] | None = None,
) -> Report:
    """Land every new or changed file of `landing` as Parquet under `raw`.

    A file whose path and content are known is not read again. Nothing landed changes
    before every file has been read; with `strict`, the first unreadable file raises
    `LandingError` instead. A missing landing folder counts as an empty one. Without
    `known`, by name, every declared system is known.
    """
    before = previous_rows(raw)
    scratch = raw / "_landing" / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    staged = scratch / "staged"
    staged.mkdir(parents=True)
    found: dict[str, list[FileRow]] = {}
    pool = ThreadPoolExecutor(FILES_AT_ONCE)
    try:
        with (
            duckdb.connect() as database,
            Progress(transient=True, disable=not show_progress) as progress,
        ):
            known = systems.known() if known is None else known
            run = Run(database, landing, raw, staged, before, known)
            files = list_files(landing, before)
            groups = same_contents(pool.map(run.looked_at, files))
            for rows in progress.track(
                pool.map(run.rows_of, groups), len(groups), description="Landing"
            ):
                found |= rows
                if strict:
                    refuse_unreadable(rows)
            run.write_empty_files()
        rows = {file: found[file] for file in map(run.name_of, files)}
        table = [row for of_file in rows.values() for row in of_file]
        commit(table, raw, staged)
    finally:
        pool.shutdown(cancel_futures=True)
        shutil.rmtree(scratch, ignore_errors=True)
    unchanged = sum(
        [replace(row, mtime_ns=0) for row in of_file]
        == [replace(row, mtime_ns=0) for row in before.get(file, [])]
        for file, of_file in rows.items()
    )
    return Report(
        files=table,
        new=len(rows) - unchanged,
        unchanged=unchanged,
        removed=len(before.keys() - rows.keys()),
        rejects=first_rejects(raw),
    )


class Run:
    """One landing under way: what it has seen so far, and where it stages files."""

    def __init__(
        self,
        database: duckdb.DuckDBPyConnection,
        landing: Path,
        raw: Path,
        staged: Path,
        before: dict[str, list[FileRow]],
        known: Mapping[str, System],
    ) -> None:
        """Prepare a landing; `before` holds the last one's rows by file."""
        self.database = database
        self.landing = landing
        self.raw = raw
        self.staged = staged
        self.before = before
        self.systems = known
        self.started_at = datetime.now(UTC).replace(tzinfo=None)
        database.execute(f"set temp_directory = {literal(staged.parent / 'spill')}")

    def name_of(self, path: Path) -> str:
        """Return a file's path below the landing folder, which is its name."""
        return path.relative_to(self.landing).as_posix()

    def version_of(self, system: str) -> str:
        """Return what its files are read by: the code, and the declared order."""
        order = self.systems[system].date_order if system in self.systems else None
        return f"{READER_VERSION} {order}" if order else READER_VERSION

    def looked_at(self, path: Path) -> FileRow:
        """Return a file's row before it is read: its size, its hash, no entity."""
        file = self.name_of(path)
        before = self.before.get(file, [])
        blank = FileRow(
            system=file.split("/")[0] if "/" in file else "",
            entity="",
            file=file,
            file_hash="",
            size_bytes=0,
            rows_read=0,
            rows_landed=0,
            rows_rejected=0,
            status="unreadable",
            message="",
            landed_at=self.started_at,
            mtime_ns=0,
            reader_version=self.version_of(file.split("/")[0]),
        )
        try:
            stat = path.stat()
            same = before and (before[0].size_bytes, before[0].mtime_ns) == (
                stat.st_size,
                stat.st_mtime_ns,
            )
            return replace(
                blank,
                size_bytes=stat.st_size,
                mtime_ns=stat.st_mtime_ns,
                file_hash=before[0].file_hash if same else sha256(path),
            )
        except OSError as error:
            return replace(blank, message=f"cannot be opened ({error.strerror})")

    def rows_of(self, group: list[FileRow]) -> dict[str, list[FileRow]]:
        """Return the rows of the files of one content: the first that lands is it."""
        rows: dict[str, list[FileRow]] = {}
        first = None
        for blank in group:
            rows[blank.file] = self.rows_of_file(blank, first)
            if any(row.status == "landed" for row in rows[blank.file]):
                first = blank.file
        return rows

    def rows_of_file(self, blank: FileRow, first: str | None) -> list[FileRow]:
        """Land one file, if it is new or changed, and return its rows."""
        before = self.before.get(blank.file, [])
        if blank.message:
            return [blank]
        if first:
            row = replace(
                blank, status="same_content", message=f"the same content as {first}"
            )
            # Keeps the time of the first look, so that nothing seems to have changed.
            if before and before[0].message == row.message:
                row = replace(row, landed_at=before[0].landed_at)
            return [row]
        if self.is_landed(before, blank.file_hash):
            return [replace(row, mtime_ns=blank.mtime_ns) for row in before]
        return self.read(blank)

    def is_landed(self, before: list[FileRow], file_hash: str) -> bool:
        """Whether the last landing's rows still stand, and their Parquet files too."""
        return bool(before) and all(
            row.reader_version == self.version_of(row.system)
            and row.file_hash == file_hash
            and row.status != "same_content"
            and all((self.raw / path).exists() for path in parquet_files(row))
            for row in before
        )

    def read(self, blank: FileRow) -> list[FileRow]:
        """Read one file into staged Parquet files and return its rows."""
        system = self.systems.get(blank.system)
        if not system:
            expected = ", ".join(sorted(self.systems))
            return [
                replace(
                    blank, message=f"no such system; a folder of {expected} expected"
                )
            ]
        scratch = self.staged.parent / file_key(blank.file)
        scratch.mkdir()
        rows = []
        try:
            for member, path in unpacked(self.landing / blank.file, scratch):
                file = f"{blank.file}/{member}" if member else blank.file
                inner = scratch / f"{file_key(file)}.scratch"
                inner.mkdir()
                rows += self.read_one(
                    system,
                    replace(blank, file=file, member=member),
                    Source(path, file, inner),
                )
                shutil.rmtree(inner)
        except (Unreadable, OSError) as error:
            rows = [replace(blank, message=str(error))]
        finally:
            shutil.rmtree(scratch)
        return rows

    def read_one(self, system: System, blank: FileRow, source: Source) -> list[FileRow]:
        """Read one file, of a container or of its own, and return its rows."""
        try:
            # A cursor, since its temporary tables are this file's alone.
            with self.database.cursor() as connection:
                connection.execute("set TimeZone = 'UTC'")
                connection.execute(f"create temp table rejects ({REJECTS})")
                rows = [
                    self.write(connection, found, blank, source, system.date_order)
                    for found in system.read(system, source)
                ]
                self.write_rejects(connection, rows)
        except (Unreadable, OSError) as error:
            by_name = system.entity_of_file(blank.file)
            for name in system.entities:
                row = replace(blank, entity=name.name)
                (self.staged / landed_file(row)).unlink(missing_ok=True)
            rows = [
                replace(
                    blank, entity=by_name.name if by_name else "", message=str(error)
                )
            ]
        return rows

    def write(
        self,
        connection: duckdb.DuckDBPyConnection,
        found: Found,
        blank: FileRow,
        source: Source,
        date_order: str | None,
    ) -> FileRow:
        """Stage the rows of one entity and return its row."""
        row = replace(
            blank,
            entity=found.entity.name,
            status="landed",
            message=found.note,
            unknown=dumps(found.unknown),
        )
        target = self.staged / landed_file(row)
        target.parent.mkdir(parents=True, exist_ok=True)
        origin = Origin(row.system, row.file, row.file_hash, row.landed_at)
        read, landed, rejected = split(
            connection, found, target, origin, source, date_order
        )
        return replace(row, rows_read=read, rows_landed=landed, rows_rejected=rejected)

    def write_rejects(
        self, connection: duckdb.DuckDBPyConnection, rows: list[FileRow]
    ) -> None:
        """Stage the rejects of one file, if it has any."""
        if any(row.rows_rejected for row in rows):
            target = self.staged / rejects_file(rows[0])
            target.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(f"copy rejects to {literal(target)} (format parquet)")

    def write_empty_files(self) -> None:
        """Stage the typed files without rows that every entity and the rejects have."""
        tables = {
            f"{system.name}/{entity.name}": ", ".join(columns_of(entity))
            for system in self.systems.values()
            for entity in system.entities
        } | {REJECTS_FOLDER: REJECTS}
        for folder, columns in tables.items():
            target = self.staged / folder / EMPTY
            target.parent.mkdir(parents=True, exist_ok=True)
            self.database.execute(f"create or replace temp table empty ({columns})")
            self.database.execute(f"copy empty to {literal(target)} (format parquet)")


def previous_rows(raw: Path) -> dict[str, list[FileRow]]:
    """Return the rows of the last landing by file."""
    rows: dict[str, list[FileRow]] = {}
    if (raw / FILES_FILE).exists():
        # Not read_table, which imports pandas.
        table = pq.ParquetFile(raw / FILES_FILE).read()
        # Another version's table has nothing to say to this one.
        for row in table.to_pylist() if table.schema.equals(FILES) else ():
            before = FileRow(**row)
            rows.setdefault(before.path, []).append(before)
    return rows


def list_files(landing: Path, before: dict[str, list[FileRow]]) -> list[Path]:
    """Return the files to land in a fixed order: those landed before come first, so
    that a copy never takes their place. README* and names that start with a dot or an
    underscore are nobody's export.
    """
    found = [
        path
        for path in landing.rglob("*")
        if path.is_file()
        and not path.name.startswith("README")
        and not any(part[0] in "._" for part in path.relative_to(landing).parts)
    ]

    def is_landed(path: Path) -> bool:
        rows = before.get(path.relative_to(landing).as_posix(), [])
        return any(row.status == "landed" for row in rows)

    return sorted(found, key=lambda path: (not is_landed(path), path))


def same_contents(looked_at: Iterable[FileRow]) -> list[list[FileRow]]:
    """Return the files in groups of one content; no two of a system are, as a rule."""
    groups: dict[tuple[str, str], list[FileRow]] = {}
    for blank in looked_at:
        groups.setdefault((blank.system, blank.file_hash), []).append(blank)
    return list(groups.values())


def refuse_unreadable(rows: dict[str, list[FileRow]]) -> None:
    """Raise `LandingError` for an unreadable file."""
    for row in (row for of_file in rows.values() for row in of_file):
        if row.status == "unreadable":
            raise LandingError(f"{row.file}: {row.message}")


def landed_file(row: FileRow) -> str:
    """Return the path, below the raw folder, of a file's landed rows."""
    return f"{row.system}/{row.entity}/{file_key(row.file)}.parquet"


def rejects_file(row: FileRow) -> str:
    """Return the path, below the raw folder, of a file's rejects."""
    return f"{REJECTS_FOLDER}/{file_key(row.file)}.parquet"


def parquet_files(row: FileRow) -> list[str]:
    """Return the paths, below the raw folder, that a row of `files.parquet` implies."""
    landed = [landed_file(row)] if row.status == "landed" else []
    return landed + [rejects_file(row)] * (row.rows_rejected > 0)


def file_key(file: str) -> str:
    """Return a short file name that stands for a path below the landing folder."""
    stem = re.sub(r"[^A-Za-z0-9]+", "_", Path(file).stem)[:40]
    return f"{stem}-{hashlib.sha256(file.encode()).hexdigest()[:12]}"


def commit(table: list[FileRow], raw: Path, staged: Path) -> None:
    """Move the staged files in place, drop those no file stands for, write the table.

    The table comes last: a run cut off before it is repeated by the next.
    """
    for path in sorted(staged.rglob("*.parquet")):
        target = raw / path.relative_to(staged)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
    kept = {raw / path for row in table for path in parquet_files(row)}
    for path in raw.glob("*/*/*.parquet"):
        if path.name != EMPTY and path not in kept:
            path.unlink()
    written = staged / "files.parquet"
    pq.write_table(table_of(table), written)
    os.replace(written, raw / FILES_FILE)


def table_of(rows: list[FileRow]) -> pa.Table:
    """Return rows as Arrow, by way of DuckDB: pyarrow would import pandas for it."""
    columns = ", ".join(
        f"unnest(?::{TYPES[f.type][0]}[]) as {f.name}" for f in fields(FileRow)
    )
    values = [[getattr(row, f.name) for row in rows] for f in fields(FileRow)]
    with duckdb.connect() as connection:
        return connection.sql(f"select {columns}", params=values).to_arrow_table()


def first_rejects(raw: Path, limit: int = 10) -> list[Reject]:
    """Return the first rejects of all files, by file and line."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"""
            select _file, _line, reason
            from read_parquet({folder_literal(raw / REJECTS_FOLDER)})
            order by all
            limit {limit}
            """
        ).fetchall()
    return [Reject(*row) for row in rows]
