"""The vocabulary in which a system declares what its exports hold."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from savoir.landing.files import Source
    from savoir.landing.rows import Found

# What a column may hold: types that a value has to be of to land, ...
TYPES = ("json", "timestamp", "local", "integer", "decimal", "boolean", "month", "enum")
# ... such types of which the exporter promises more, ...
NARROWED = {"epoch": "integer", "rating": "integer", "score": "decimal"}
# ... and texts, of which only `savoir check` holds an exporter to what it promises.
TEXTS = (
    "text",
    "id",
    "number",
    "response",
    "moment",
    "whole",
    "currency",
    "zone",
    "in",
)

# What exports write where nothing is.
MISSING = ("", "#N/A", "N/A", "?", "NULL", "null", "-")

# For timestamps: seconds or milliseconds since 1970 beside ISO 8601.
MOMENT = r"""
case
    when regexp_full_match({value}, '\d{{9,10}}') then
        strftime(make_timestamp({value}::bigint * 1000000), '%Y-%m-%dT%H:%M:%SZ')
    when regexp_full_match({value}, '\d{{12,13}}') then
        strftime(make_timestamp({value}::bigint * 1000), '%Y-%m-%dT%H:%M:%SZ')
    else {value}
end
"""

# Tags: JSON as it is, else texts between commas.
TAGS = """
case
    when {value} like '[%' then {value}
    else to_json(
        list_transform(string_split({value}, ','), lambda tag: trim(tag)))::varchar
end
"""


@dataclass(frozen=True)
class Column:
    """One landed column: its type, or what is promised of its text; `words` if listed.

    `clean` is SQL over `{value}`, applied before the check.
    """

    name: str
    type: str = "text"
    required: bool = False
    words: tuple[str, ...] = ()
    clean: str = "{value}"


@dataclass(frozen=True)
class Entity:
    """One kind of record; `headings` maps an export's headings to other columns.

    A heading that comes twice makes a file unreadable, unless `first_counts`. Rows of
    one `key` are one record: the `newest` counts, else that of the last file, by name.
    """

    name: str
    columns: tuple[Column, ...]
    headings: Mapping[str, str] = field(default_factory=dict)
    first_counts: bool = False
    key: tuple[str, ...] = ()
    newest: str | None = None

    def column_of(self, heading: str) -> str:
        """Return the column name that a heading of an export stands for."""
        key = heading_key(heading)
        return self.headings.get(key, key)


@dataclass(frozen=True)
class System:
    """One source system: its entities, its reader, and which files it expects.

    `date_order` is the declared order of dates with slashes, dmy or mdy, if any.
    """

    name: str
    entities: tuple[Entity, ...]
    expects: str
    read: "Callable[[System, Source], list[Found]]"
    date_order: str | None = None

    def entity(self, name: str) -> Entity:
        """Return the entity of that name."""
        return next(entity for entity in self.entities if entity.name == name)

    def entity_of_file(self, file: str) -> Entity | None:
        """Return the entity whose name the file name starts with, longest first."""
        name = PurePosixPath(file).name.lower()
        fits = [e for e in self.entities if name.startswith(e.name)]
        return max(fits, key=lambda entity: len(entity.name), default=None)


def moments(columns: str) -> dict[str, str]:
    """Return `clean` for every timestamp of an entity's table: see `MOMENT`."""
    lines = (line.split() for line in columns.strip().splitlines())
    return {
        line[0].rstrip("*"): MOMENT
        for line in lines
        if line[1:2] in (["timestamp"], ["local"])
    }


def entity(
    name: str,
    columns: str,
    *,
    clean: Mapping[str, str] | None = None,
    headings: Mapping[str, str] | None = None,
    first_counts: bool = False,
    key: str = "id",
    newest: str = "updated_at",
) -> Entity:
    """Read an entity from its table: `name[*] [type [word ...]]` a line, * required.

    Without the columns of `key` no row supersedes another.
    """
    parsed = []
    for line in columns.strip().splitlines():
        column, *rest = line.split()
        kind, *words = rest or ["text"]
        if kind not in (*TYPES, *NARROWED, *TEXTS):
            raise ValueError(f"{name}.{column}: no such type: {kind}")
        bare = column.removesuffix("*")
        sql = (clean or {}).get(bare, "{value}")
        parsed.append(Column(bare, kind, bare != column, tuple(words), sql))
    names = {column.name for column in parsed}
    return Entity(
        name,
        tuple(parsed),
        headings or {},
        first_counts,
        tuple(key.split()) if names.issuperset(key.split()) else (),
        newest if newest in names else None,
    )


# Words of headings whose texts name a person or are a message: nobody asked for them.
PRIVATE = re.compile(
    r"(^|_)(\w*names?|e?_?mails?|phones?|mobile|tel|fax|address\w*|street|city|zip|postcode|"
    r"ip|latitude|longitude|subject|body|text|html|descriptions?|notes?|comments?|"
    r"messages?|content|title|url|link|nom|prenom|adresse|ville|objet|corps)(_|$)"
)


def is_kept(heading: str) -> bool:
    """Whether the texts of an unknown column land, in `_unknown`."""
    return bool(heading.strip()) and not PRIVATE.search(heading_key(heading))


def heading_key(heading: str) -> str:
    """Return a heading without case, accents or punctuation: `Paid at` -> `paid_at`."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
