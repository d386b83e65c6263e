"""JSON: documents and NDJSON, as numbered values and as rows of text."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from savoir.landing.files import MAX_LINE, Source, Unreadable
from savoir.landing.rows import (
    NOTHING,
    TOO_LONG,
    Found,
    Rows,
    note_of,
    numbered_lines,
)
from savoir.landing.schema import MISSING, Column, Entity, is_kept

BLANK = re.compile(r"\s*")


@dataclass(frozen=True)
class Value:
    """A JSON value: its line (None in a document), its text, or what is wrong."""

    line: int | None
    raw: str | None
    value: Any = None
    problem: str | None = None


def read(entity: Entity, source: Source) -> list[Found]:
    """Read objects of one entity: NDJSON, or a document that is an array of them."""
    rows = Rows(entity, source.scratch)
    known = {column.name for column in entity.columns}
    others: set[str] = set()
    for value in values(source):
        if value.problem:
            rows.reject(value.line, value.raw, value.problem)
            continue
        items = value.value if isinstance(value.value, list) else [value.value]
        for position, item in enumerate(items, 1):
            extra = item.keys() - known if isinstance(item, dict) else set()
            kept = {
                key: dumps(item[key]) if not isinstance(item[key], str) else item[key]
                for key in sorted(extra)
                if is_kept(key)
                and not isinstance(item[key], dict | list)
                and item[key] not in (None, *MISSING)
            }
            add_with(rows, value.line or position, value.raw, item, kept)
            others |= extra
    return [rows.found(note_of(sorted(others)), sorted(others))]


def values(source: Source) -> Iterator[Value]:
    """Return the values of a file: one per line of NDJSON, else the document.

    Raises `Unreadable` if it is neither, or not in UTF-8 or UTF-16.
    """
    text = source.text
    if text.original_encoding == "cp1252":
        raise Unreadable("the encoding is not UTF-8, which JSON requires")
    if line_delimited(source):
        for number, line in numbered_lines(text):
            if len(line) > MAX_LINE:
                yield Value(number, line, problem=TOO_LONG)
            elif raw := line.strip():
                yield parse(number, raw)
        return
    try:
        yield from documents(text.path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"line {error.lineno}: not a complete JSON document ({error.msg})"
        ) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not a JSON document ({error})") from error


def documents(text: str) -> list[Value]:
    """Return the document that a text is, or the objects that stand in it end to end.

    Amazon's delivery streams write no separator between records.
    """
    try:
        return [Value(None, None, loads(text))]
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise
    decoder = json.JSONDecoder()
    found: list[Value] = []
    start = BLANK.match(text).end()
    while start < len(text):
        _, end = decoder.raw_decode(text, start)
        raw = text[start:end]
        found.append(Value(len(found) + 1, raw, loads(raw)))
        start = BLANK.match(text, end).end()
    return found


def line_delimited(source: Source) -> bool:
    """Whether a file is NDJSON: by its name, or a whole value on its first line."""
    if source.path.suffix.lower() in (".ndjson", ".jsonl"):
        return True
    lines = (line for _, line in numbered_lines(source.text) if line.strip())
    first, second = next(lines, ""), next(lines, None)
    return second is not None and parse(1, first).problem is None


def parse(number: int, raw: str) -> Value:
    """Return the value on a line of NDJSON."""
    try:
        return Value(number, raw, loads(raw))
    except (ValueError, RecursionError) as error:
        return Value(number, raw, problem=f"not JSON ({error})")


def loads(text: str) -> Any:
    """Return the value of a JSON text; NaN and infinities are refused."""
    value = json.loads(text, parse_constant=refuse)
    if "\\ud" not in text.lower():
        return value
    # Half of a surrogate pair (an emoji cut in two) can't be written as UTF-8.
    whole = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return json.loads(whole)


def refuse(constant: str) -> None:
    """Refuse a constant that Python reads though JSON has no such thing."""
    raise ValueError(f"{constant} is not JSON")


def add(rows: Rows, line: int, raw: str | None, item: Any) -> None:
    """Add an object as a row (a reject if it is none); `raw` is its line's text."""
    add_with(rows, line, raw, item, NOTHING)


def add_with(
    rows: Rows, line: int, raw: str | None, item: Any, unknown: Mapping[str, str]
) -> None:
    """Add an object as a row, with the texts of members that are no columns."""
    raw = raw or dumps(item)
    if isinstance(item, dict):
        values = [text_of(c, item.get(c.name)) for c in rows.entity.columns]
        rows.add(line, raw, values, unknown)
    else:
        rows.reject(line, raw, "not a JSON object")


def text_of(column: Column, value: Any) -> str | None:
    """Return a value as landed: a text as it is, anything else as JSON text."""
    if value is None or (isinstance(value, str) and column.type != "json"):
        return value
    return dumps(value)


def dumps(value: Any) -> str:
    """Return a value as compact JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
