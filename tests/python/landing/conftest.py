"""A landing folder and a raw folder of a test's own, and what stands in them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import settings

from savoir.landing import Report, land, systems

settings.register_profile("long", max_examples=50_000)


@dataclass
class Folders:
    landing: Path
    raw: Path

    def write(self, file: str, content: str | bytes) -> Path:
        path = self.landing / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def land(self, **options: Any) -> Report:
        report = land(self.landing, self.raw, show_progress=False, **options)
        self.check_identity(report)
        return report

    def check_identity(self, report: Report) -> None:
        """Rows read = landed + rejected, and the Parquet files hold just these."""
        landed: Counter[tuple[str, str, str]] = Counter()
        for path in self.raw.glob("*/*/*.parquet"):
            system, entity = path.relative_to(self.raw).parts[:2]
            if system != "_landing":
                files = pq.read_table(path)["_file"].to_pylist()
                landed.update((system, entity, file) for file in files)
        rejected = Counter(
            (row["system"], row["entity"], row["_file"]) for row in self.rejects()
        )
        for row in report.files:
            key = (row.system, row.entity, row.file)
            assert row.rows_read == row.rows_landed + row.rows_rejected, row
            assert landed.pop(key, 0) == row.rows_landed, row
            assert rejected.pop(key, 0) == row.rows_rejected, row
        assert not landed
        assert not rejected

    def empty(self) -> list[Path]:
        return [
            path
            for path in self.raw.glob("*/*/_empty.parquet")
            if path.parent.name != "rejects"
        ]

    def rows(self, entity: str | Path) -> list[dict[str, Any]]:
        """The landed rows of `<system>/<entity>`, by file and line."""
        return self.query(
            f"from read_parquet('{self.raw}/{entity}/*.parquet') order by _file, _line"
        )

    def column(self, entity: str, column: str) -> list[Any]:
        return [row[column] for row in self.rows(entity)]

    def rejects(self) -> list[dict[str, Any]]:
        return self.rows("_landing/rejects")

    def reasons(self) -> list[tuple[int, str]]:
        return [(row["_line"], row["reason"]) for row in self.rejects()]

    def files(self) -> list[dict[str, Any]]:
        return self.query(f"from '{self.raw}/_landing/files.parquet' order by file")

    def query(self, sql: str) -> list[dict[str, Any]]:
        with duckdb.connect() as connection:
            cursor = connection.execute(sql)
            names = [name for name, *_ in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "landing", tmp_path / "raw")


@pytest.fixture
def only(folders: Folders) -> Callable[..., Any]:
    """Land one file, its dates in a declared order if one is, and return its row."""

    def land_one(file: str, content: str | bytes, order: str | None = None) -> Any:
        folders.write(file, content)
        system = file.split("/")[0]
        known = systems.known({system: order} if order else {})
        # The empty files of every other system would take most of the time.
        own = {system: known[system]} if system in known else known
        [row] = folders.land(known=own).files
        return row

    return land_one
