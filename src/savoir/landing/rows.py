"""What a reader hands on: per entity, a relation of text columns to be checked."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from savoir.landing.files import (
    CHUNK,
    MAX_LINE,
    Source,
    Text,
    Unreadable,
    path_literal,
)
from savoir.landing.schema import Column, Entity, is_kept

BATCH = 20_000
# What is kept of a rejected record's text, in characters.
MAX_RAW = 65_536
# A file of so many rejects, and more of them than rows, is of another form.
MAX_REJECTS = 100_000
TOO_LONG = f"a line of more than {MAX_LINE:,} characters"
NOTHING: Mapping[str, str] = {}
LINE = Entity("line", (Column("text"),))


@dataclass(frozen=True)
class Found:
    """The records of one entity in one file.

    `relation` is SQL that gives the entity's columns as text, `_line`, `_raw` (NULL:
    the text of that line) and `_reason`: NULL, why the record is no row, or '' for a
    blank record. `records` is how many it must give. Where it fails or gives another
    number, `exact` reads the same records again, slower and whatever their form.
    `unknown` names the columns that the entity has no use for; if `keeps`, the relation
    also gives `_unknown`: their texts as a JSON object, NULL without any.
    """

    entity: Entity
    relation: str
    records: int
    note: str = ""
    unknown: tuple[str, ...] = ()
    keeps: bool = False
    exact: "Callable[[], Found] | None" = None

    def select(self, entity: Entity, columns: str) -> "Found":
        """Return the same records as another entity, by a list of SQL columns."""
        exact = self.exact
        return replace(
            self,
            entity=entity,
            relation=f"select {columns} from ({self.relation})",
            keeps=self.keeps and columns.lstrip().startswith("*"),
            exact=exact and (lambda: exact().select(entity, columns)),
        )


def note_of(unknown: Iterable[str]) -> str:
    """Return what became of unknown columns, for the report."""
    headings = list(unknown)
    kept = [heading for heading in headings if is_kept(heading)]
    private = [heading for heading in headings if not is_kept(heading)]
    parts = (("columns in _unknown", kept), ("columns not landed", private))
    return "; ".join(f"{what}: {', '.join(which)}" for what, which in parts if which)


class Rows:
    """Records of one entity on their way to a scratch Parquet file, in batches."""

    def __init__(self, entity: Entity, scratch: Path) -> None:
        """Open the scratch file `<entity>.rows`."""
        self.entity = entity
        self.records = 0
        self.rejected = 0
        self._path = scratch / f"{entity.name}.rows"
        names = [column.name for column in entity.columns]
        self._schema = pa.schema(
            [(name, pa.string()) for name in names]
            + [
                ("_line", pa.int64()),
                ("_raw", pa.string()),
                ("_reason", pa.string()),
                ("_unknown", pa.string()),
            ]
        )
        self._writer = pq.ParquetWriter(self._path, self._schema)
        self._batch: list[tuple] = []

    def add(
        self,
        line: int,
        raw: str,
        values: Sequence[str | None],
        unknown: Mapping[str, str] = NOTHING,
    ) -> None:
        """Add a row: one text or None per column, and those of unknown columns."""
        kept = json.dumps(unknown, ensure_ascii=False) if unknown else None
        self._append((*values, line, raw[:MAX_RAW], None, kept))

    def reject(self, line: int, raw: str, reason: str) -> None:
        """Add a record that could not be read as a row.

        Raises `Unreadable` where that is what most records are.
        """
        self.rejected += 1
        refuse_rejects(self.rejected, self.records - self.rejected + 1, line, reason)
        nothing = [None] * len(self.entity.columns)
        self._append((*nothing, line, raw[:MAX_RAW], reason, None))

    def found(self, note: str = "", unknown: Sequence[str] = ()) -> Found:
        """Close the scratch file and return its records."""
        self._flush()
        self._writer.close()
        relation = f"select * from read_parquet({path_literal(self._path)})"
        return Found(self.entity, relation, self.records, note, tuple(unknown), True)

    def _append(self, row: tuple) -> None:
        self.records += 1
        self._batch.append(row)
        if len(self._batch) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._batch:
            columns = zip(*self._batch, strict=True)
            arrays = [
                pa.array(values, field.type)
                for values, field in zip(columns, self._schema, strict=True)
            ]
            self._writer.write_table(pa.table(arrays, schema=self._schema))
            self._batch = []


def refuse_rejects(rejected: int, others: int, line: int, reason: str) -> None:
    """Raise `Unreadable` for a file of rejects: too many to keep each of them."""
    if rejected > MAX_REJECTS and rejected > others:
        raise Unreadable(
            f"more than {MAX_REJECTS:,} records could not be read, and fewer could; "
            f"line {line}: {reason}"
        )


def numbered_lines(text: Text) -> Iterator[tuple[int, str]]:
    """Return the physical lines of a text, numbered from 1, with their ends.

    Of a line longer than `MAX_LINE` comes one character more than that, without an end.
    """
    # No newline translation: lines are given back as they are.
    with text.path.open(encoding="utf-8-sig", newline="") as stream:
        yield from enumerate(bounded(stream) if text.endless else stream, 1)


def bounded(stream: TextIO) -> Iterator[str]:
    """Return the lines of a stream, what is beyond `MAX_LINE` left out."""
    while line := stream.readline(MAX_LINE + 1):
        yield line
        while line and line[-1] not in "\r\n":
            line = stream.readline(CHUNK)


def lines(source: Source) -> Found:
    """Return every physical line as a record of one column, `text`, and its fields.

    `fields` is the text split at each `|`.
    """
    text = source.text
    columns = "text, _line, _raw, _reason, string_split(text, '|') as fields"

    def exact() -> Found:
        rows = Rows(LINE, source.scratch)
        for number, line in numbered_lines(text):
            if len(line) > MAX_LINE:
                rows.reject(number, line, TOO_LONG)
            else:
                rows.add(number, "", [line.rstrip("\r\n")])
        return rows.found().select(LINE, columns)

    if text.endless or not text.plain_breaks:
        return exact()
    relation = f"""
        select
            *, row_number() over () as _line, null::varchar as _raw,
            null::varchar as _reason
        from read_csv(
            {path_literal(text.path)}, columns = {{'text': 'VARCHAR'}}, header = false,
            auto_detect = false, delim = '\x1f', quote = '', escape = '', comment = '',
            compression = 'none')
    """
    return Found(LINE, relation, text.lines, exact=exact).select(LINE, columns)
