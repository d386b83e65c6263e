"""API answers: pages, single objects, arrays, NDJSON, and what loaders wrap them in."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from savoir.landing import objects
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found, Rows
from savoir.landing.schema import System


@dataclass(frozen=True)
class Kind:
    """One kind of record: the entity it lands as, and how it is told from others.

    `keys` are the members of an answer (or a loader's streams) that hold such records;
    `marks` are members that each of them has, and no other kind all of. `paths` gives
    the dotted path of a column that isn't a member of the column's name; `shape` turns
    a record into those that land, where it isn't one of them itself.
    """

    entity: str
    keys: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()
    paths: Mapping[str, str] = field(default_factory=dict)
    shape: Callable[[dict], list[dict]] = lambda record: [record]

    def rows(self, record: Any) -> list[Any]:
        """Return what lands, by column name; what is no object as it is."""
        if not isinstance(record, dict):
            return [record]
        return [
            row | {name: dig(row, path) for name, path in self.paths.items()}
            for row in self.shape(record)
        ]


def read(system: System, source: Source, kinds: tuple[Kind, ...]) -> list[Found]:
    """Read one file of answers; it may hold several entities.

    Objects of other kinds are counted in the note. A line that is no JSON is a reject
    of the file's first entity. Raises `Unreadable` for a file of other kinds only.
    """
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
        for kind, position, record in records(value.value, kinds):
            if isinstance(kind, str):
                others[kind] += 1
                continue
            raw = value.raw if record is value.value else objects.dumps(record)
            landing = rows_of(kind.entity)
            for row in kind.rows(record):
                objects.add(landing, value.line or position, raw, row)
    note = ", ".join(f"{count} {name}" for name, count in others.items())
    if not rows and (others or not malformed):
        raise Unreadable(
            f"no known records ({note or 'nothing'}); expected {system.expects}"
        )
    first = next(iter(rows), kinds[0].entity)
    for value in malformed:
        rows_of(first).reject(value.line, value.raw, value.problem)
    return [r.found(note and f"not landed: {note}") for r in rows.values()]


def records(
    value: Any, kinds: tuple[Kind, ...]
) -> Iterator[tuple[Kind | str, int, Any]]:
    """Return (kind or other name, position, record) for all that a value holds."""
    by_key = {key: kind for kind in kinds for key in kind.keys}
    if isinstance(value, list):
        for position, item in enumerate(value, 1):
            yield from (
                (kind, position, record) for kind, _, record in records(item, kinds)
            )
    elif not isinstance(value, dict):
        yield "values", 1, value
    elif "body" in value and "uri" in value:  # a recorded answer
        yield from records(value["body"], kinds)
    elif "stream" in value and "data" in value:  # an Airbyte message
        stream = str(value["stream"])
        yield by_key.get(stream, stream), 1, value["data"]
    elif kind := next((k for k in kinds if k.marks and k.marks <= value.keys()), None):
        yield kind, 1, value
    elif held := [key for key in value if key in by_key]:
        for key in held:
            items = value[key] if isinstance(value[key], list) else [value[key]]
            for position, item in enumerate(items, 1):
                yield by_key[key], position, item
    else:
        yield next(iter(value), "empty object"), 1, value


def dig(value: Any, path: str) -> Any:
    """Return what stands at a dotted path of members, None where it leads nowhere."""
    for member in path.split("."):
        value = value.get(member) if isinstance(value, dict) else None
    return value
