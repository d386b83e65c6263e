"""Answers of an API: the records that a JSON file holds, whatever wraps them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from savoir.landing import objects
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found, Rows
from savoir.landing.schema import Entity, System

# Under these an answer lists records without saying which.
LISTS = ("results", "data", "records", "items")

NO_MARKS: Mapping[str, Set[str]] = {}

Opened = Iterator[tuple[str, Any]]


def alone(name: str, record: Any) -> Opened:
    """Give a record of an entity back as it is."""
    yield name, record


def read(
    system: System,
    source: Source,
    keys: Mapping[str, str],
    opened: Callable[[str, Any], Opened] = alone,
    otherwise: str | None = None,
    marks: Mapping[str, Set[str]] = NO_MARKS,
) -> list[Found]:
    """Read one file of answers; it may hold several entities.

    `keys` names the entity of what stands under a key of an answer, in a stream, or in
    a file of that name. `opened` gives the rows that a record of an entity stands for,
    each with its entity; `otherwise` names the entity of what nothing else tells;
    `marks` names, by entity, members that each of its records has, and no other all of.
    Objects of other kinds are counted in the note. A line that is no JSON, and a value
    that is no object, are rejects of the file's first entity. Raises `Unreadable` for a
    file of other kinds only.
    """
    by_name = entity_by_name(system, source, keys)
    if otherwise and not by_name:
        by_name = system.entity(otherwise)
    entities = {entity.name for entity in system.entities}
    rows: dict[str, Rows] = {}
    others: Counter[str] = Counter()
    malformed = []

    def rows_of(name: str) -> Rows:
        if name not in rows:
            rows[name] = Rows(system.entity(name), source.scratch)
        return rows[name]

    for value in objects.values(source):
        if value.problem:
            malformed.append(value)
            continue
        for name, position, item in records(value.value, keys, marks, by_name):
            if name not in entities and isinstance(item, dict):
                others[name] += 1
                continue
            if name not in entities:
                line, raw = value.line or position, objects.dumps(item)
                malformed.append(objects.Value(line, raw, problem="not a JSON object"))
                continue
            raw = value.raw if item is value.value else None
            line = value.line or position
            try:
                found = list(opened(name, item)) if isinstance(item, dict) else []
            except (
                AttributeError,
                LookupError,
                RecursionError,
                TypeError,
                ValueError,
            ) as error:
                reason = f"not the form of {name} ({error})"
                rows_of(name).reject(line, raw or objects.dumps(item), reason)
                continue
            for part, record in found or alone(name, item):
                objects.add(rows_of(part), line, raw, record)
    note = ", ".join(f"{count} {name}" for name, count in others.items())
    first = next(iter(rows), by_name.name if by_name else None)
    if first is None or (others and not rows):
        raise Unreadable(
            f"no known records ({note or 'no JSON'}); expected {system.expects}"
        )
    for value in malformed:
        rows_of(first).reject(value.line, value.raw, value.problem)
    rows_of(first)
    return [r.found(note and f"not landed: {note}") for r in rows.values()]


def entity_by_name(
    system: System, source: Source, keys: Mapping[str, str]
) -> Entity | None:
    """Return the entity whose key a file's name holds as a word; the first, if any."""
    file = source.path.name.lower()
    words = [re.search(rf"(?<![a-z]){key}(?![a-z])", file) for key in keys]
    found = [(w.start(), -len(w[0]), w[0]) for w in words if w]
    return system.entity(keys[min(found)[2]]) if found else None


def records(
    value: Any,
    keys: Mapping[str, str],
    marks: Mapping[str, Set[str]],
    by_name: Entity | None,
) -> Iterator[tuple[str, int, Any]]:
    """Return (entity or other kind, position, record) for all that a value holds."""
    if isinstance(value, list):
        for position, item in enumerate(value, 1):
            for name, _, record in records(item, keys, marks, by_name):
                yield name, position, record
        return
    if not isinstance(value, dict):
        yield (by_name.name if by_name else "values"), 1, value
        return
    if "body" in value and "uri" in value:  # a recorded answer
        yield from records(value["body"], keys, marks, by_name)
        return
    if "stream" in value and "data" in value:  # an Airbyte message
        stream = str(value["stream"])
        yield keys.get(stream, stream), 1, value["data"]
        return
    if marked := next((e for e, held in marks.items() if held <= value.keys()), None):
        yield marked, 1, value
        return
    # What has an id is a record itself, whatever it holds.
    held = () if "id" in value else [key for key in value if key in keys]
    held = [key for key in held if isinstance(value[key], list | dict)]
    for key in held:
        items = value[key] if isinstance(value[key], list) else [value[key]]
        yield from ((keys[key], position, i) for position, i in enumerate(items, 1))
    if held:
        return
    listed = [key for key in LISTS if isinstance(value.get(key), list)]
    if listed and "id" not in value:
        yield from records(value[listed[0]], keys, marks, by_name)
    elif by_name and knows(by_name, value):
        yield by_name.name, 1, value
    elif not by_name and (kind := kind_of(value)) in keys:
        yield keys[kind], 1, value
    else:
        yield next(iter(value), "empty object"), 1, value


def knows(entity: Entity, value: dict[str, Any]) -> bool:
    """Whether any key of an object stands for a column of an entity."""
    names = {column.name for column in entity.columns}
    return bool(value.keys() & names) or any(
        entity.column_of(k) in names for k in value
    )


def kind_of(value: dict[str, Any]) -> str | None:
    """Return what an object says that it is: Intercom's type, or Salesforce's."""
    attributes = value.get("attributes")
    said = attributes if isinstance(attributes, dict) else value
    is_record = "id" in value or said is attributes
    return str(said.get("type")).lower() if is_record else None


def dug(record: dict[str, Any], paths: Mapping[str, str]) -> dict[str, Any]:
    """Return what stands at the dotted path of each column that `paths` names."""
    return {column: dig(record, path) for column, path in paths.items()}


def dig(value: Any, path: str) -> Any:
    """Return what stands at a dotted path of members, None where it leads nowhere."""
    for member in path.split("."):
        value = value.get(member) if isinstance(value, dict) else None
    return value
