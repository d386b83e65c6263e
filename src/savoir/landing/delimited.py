"""CSV: a clean file in one pass by DuckDB, any other record by record."""

import csv
import mmap
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from savoir.landing.files import (
    MAX_LINE,
    Source,
    Text,
    Unreadable,
    literal,
    path_literal,
)
from savoir.landing.rows import Found, Rows, note_of, numbered_lines
from savoir.landing.schema import MISSING, Entity, is_kept

DELIMITERS = ",;\t"
# As many as a spreadsheet has.
MAX_COLUMNS = 16_384
MAX_FIELDS = 2_000_000
# Of thousands, DuckDB takes longer to plan than Python to read.
MAX_FAST_COLUMNS = 1_000
# As long as the longest line that DuckDB takes, so that both ways read the same.
csv.field_size_limit(2_000_000)
# How many more characters than a file has may be read again for its broken quotes.
MAX_AGAIN = 8_000_000


@dataclass(frozen=True)
class Record:
    """A record: its first physical line, its text, its fields or what is wrong."""

    line: int
    raw: str
    fields: list[str]
    problem: str | None = None

    @property
    def blank(self) -> bool:
        """Whether every field is empty, as in the rows a spreadsheet leaves behind."""
        # Not of control characters, which Python takes for spaces.
        return not self.problem and not any(f.strip(" \t\r\n") for f in self.fields)


def read(entity: Entity, source: Source) -> list[Found]:
    """Read a file whose first record is a header.

    Raises `Unreadable` if the header is missing, or lacks a required column.
    """
    text = source.text
    delimiter, header = header_of(text)
    places = places_of(entity, header.fields)
    others = [h for i, h in enumerate(header.fields) if h and i not in places.values()]
    kept = kept_of(header.fields, places)
    note = note_of(others)

    def exact() -> Found:
        rows = Rows(entity, source.scratch)
        order = [places.get(column.name) for column in entity.columns]
        for record in islice(data_records(text, delimiter), 1, None):
            problem = record.problem or width_problem(record, len(header.fields))
            if problem:
                rows.reject(record.line, record.raw, problem)
            else:
                rows.add(
                    record.line,
                    record.raw,
                    [None if i is None else record.fields[i] for i in order],
                    {
                        heading: said
                        for heading, i in kept.items()
                        if (said := record.fields[i].strip(" ")) not in MISSING
                    },
                )
        return rows.found(note, others)

    is_wide = len(header.fields) > MAX_FAST_COLUMNS
    is_odd = header.line > 1 or "\n" in header.raw or text.endless
    if is_odd or is_wide or not plain(text, delimiter):
        return [exact()]
    relation = relation_of(entity, text, delimiter, len(header.fields), places, kept)
    found = Found(entity, relation, text.lines - 1, note, tuple(others), True, exact)
    return [found]


def read_headless(
    entity: Entity, source: Source, row_of: Callable[[list[str]], dict[str, str] | str]
) -> list[Found]:
    """Read a file without a header, comma-separated, by what `row_of` makes of it.

    It gives a record's values by column name, or why the record is none.
    """
    rows = Rows(entity, source.scratch)
    for record in data_records(source.text, ","):
        row = record.problem or row_of(record.fields)
        if isinstance(row, str):
            rows.reject(record.line, record.raw, row)
        else:
            values = [row.get(column.name) for column in entity.columns]
            rows.add(record.line, record.raw, values)
    return [rows.found()]


def header_of(text: Text) -> tuple[str, Record]:
    """Return the delimiter and the header: the first record that isn't blank."""
    headers = [(d, next(data_records(text, d), None)) for d in DELIMITERS]
    delimiter, header = max(headers, key=lambda h: len(h[1].fields) if h[1] else 0)
    if header is None or header.problem:
        raise Unreadable("no header; a first line of column names expected")
    if len(header.fields) > MAX_COLUMNS:
        raise Unreadable(
            f"{len(header.fields):,} columns; at most {MAX_COLUMNS:,} expected"
        )
    return delimiter, header


def places_of(entity: Entity, header: list[str]) -> dict[str, int]:
    """Return the position of each of the entity's columns that a header holds."""
    places: dict[str, int] = {}
    known = {column.name for column in entity.columns}
    for position, heading in enumerate(header):
        name = entity.column_of(heading)
        if name in places and entity.first_counts:
            continue
        if name in places:
            raise Unreadable(f"the header names column '{name}' twice")
        if name in known:
            places[name] = position
    missing = [c.name for c in entity.columns if c.required and c.name not in places]
    if missing:
        raise Unreadable(
            f"the header lacks required column{'s' * (len(missing) > 1)} "
            f"{', '.join(missing)}; it has {', '.join(filter(None, header))}"
        )
    return places


def kept_of(header: list[str], places: dict[str, int]) -> dict[str, int]:
    """Return the unknown columns that land, by heading; of namesakes the first."""
    kept: dict[str, int] = {}
    for position, heading in enumerate(header):
        if position not in places.values() and is_kept(heading):
            kept.setdefault(heading.strip(), position)
    return dict(sorted(kept.items()))


def unknown_sql(columns: Mapping[str, str]) -> str:
    """Return SQL for a JSON object of columns' texts by heading, NULL without any."""
    if not columns:
        return "null::varchar"
    pairs = ", ".join(
        f"{{'key': {literal(heading)}, 'value': trim({column}::varchar)}}"
        for heading, column in columns.items()
    )
    missing = ", ".join(map(literal, MISSING))
    said = f"list_filter([{pairs}], lambda said: said.value not in ({missing}))"
    return f"nullif(to_json(map_from_entries({said}))::varchar, '{{}}')"


def width_problem(record: Record, width: int) -> str | None:
    """Return what is wrong with a record's number of fields, if anything."""
    fields = record.fields
    if len(fields) == width or (len(fields) == width + 1 and not fields[-1]):
        return None
    return f"{len(fields)} fields, {width} expected as in the header"


def plain(text: Text, delimiter: str) -> bool:
    """Whether both ways would read the file alike.

    They don't agree on lone carriage returns and on spaces after a closing quote.
    """
    if not text.plain_breaks:
        return False
    spaces = re.compile(rb'" +[\r\n' + re.escape(delimiter.encode()) + rb"]")
    with (
        text.path.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        return not spaces.search(content)


def relation_of(
    entity: Entity,
    text: Text,
    delimiter: str,
    width: int,
    places: dict[str, int],
    kept: dict[str, int],
) -> str:
    """Return SQL reading a file with a header on line 1 and a record on each other.

    It fails on a record of another width, and gives fewer records than lines where
    one spans several; the caller counts.
    """
    columns = ", ".join(f"'field_{i}': 'VARCHAR'" for i in range(width))
    fields = [f"nullif(trim(field_{i}), '')" for i in range(width)]
    blank = f"{fields[0]} is null and coalesce({', '.join(fields)}) is null"
    names = ", ".join(
        f"field_{places[column.name]} as {column.name}"
        if column.name in places
        else f"null::varchar as {column.name}"
        for column in entity.columns
    )
    return f"""
        select {names}, 1 + row_number() over () as _line,
            null::varchar as _raw, case when {blank} then '' end as _reason,
            {unknown_sql({h: f"field_{i}" for h, i in kept.items()})} as _unknown
        from read_csv(
            {path_literal(text.path)}, columns = {{{columns}}}, header = true,
            auto_detect = false, delim = {literal(delimiter)}, quote = '"',
            escape = '"', comment = '', compression = 'none')
    """


def data_records(text: Text, delimiter: str) -> Iterator[Record]:
    """Return the records of a file that aren't blank."""
    return (r for r in records(numbered_lines(text), delimiter) if not r.blank)


def records(numbered: Iterator[tuple[int, str]], delimiter: str) -> Iterator[Record]:
    """Return the records in physical lines.

    A quote that is never closed spoils the line it stands on, not all that follow: they
    are read again. Raises `Unreadable` where that would go on and on.
    """
    pending: deque[tuple[int, str]] = deque()
    taken: list[tuple[int, str]] = []
    size = once = again = 0

    def feed() -> Iterator[str]:
        nonlocal size, once
        while True:
            if pending:
                line = pending.popleft()
            elif line := next(numbered, None):
                once += len(line[1])
            else:
                return
            taken.append(line)
            size += len(line[1])
            if size > MAX_LINE:
                raise csv.Error(f"record larger than {MAX_LINE} characters")
            # Millions of fields in a list would take more memory than the file.
            if size > csv.field_size_limit() and line[1].count(delimiter) > MAX_FIELDS:
                raise csv.Error(f"more than {MAX_FIELDS} fields")
            yield line[1]

    def reader() -> Iterator[list[str]]:
        return csv.reader(
            feed(), delimiter=delimiter, strict=True, skipinitialspace=True
        )

    rows = reader()
    while True:
        try:
            fields = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            line, raw = taken[0]
            pending.extendleft(reversed(taken[1:]))
            again += sum(len(text) for _, text in taken[1:])
            if again > once + MAX_AGAIN:
                raise Unreadable(
                    f"line {line}: quotes do not pair, nor on lines before it; quotes "
                    "inside a field doubled expected"
                ) from error
            yield Record(line, raw.rstrip("\r\n"), [], f"malformed quotes ({error})")
            rows = reader()
        else:
            raw = "".join(text for _, text in taken).rstrip("\r\n")
            yield Record(taken[0][0], raw, fields)
        taken.clear()
        size = 0
