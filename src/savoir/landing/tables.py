"""Tables beside API answers: CSV and Parquet, named after what they hold."""

from collections.abc import Mapping

from savoir.landing import delimited, parquet
from savoir.landing.answers import entity_by_name
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found
from savoir.landing.schema import Entity, System


def is_table(source: Source) -> bool:
    """Whether a file is one of these by its name."""
    return source.path.suffix.lower() in (".csv", ".tsv", ".parquet")


def read(
    system: System,
    source: Source,
    keys: Mapping[str, str],
    otherwise: str | None = None,
) -> list[Found]:
    """Read a file as the entity whose key its name holds, or as entity `otherwise`.

    Raises `Unreadable` for a name that holds none, and without a required column.
    """
    entity = entity_by_name(system, source, keys)
    if not entity and otherwise:
        entity = system.entity(otherwise)
    if not entity:
        raise Unreadable(f"the file name matches nothing; expected {system.expects}")
    return read_as(entity, source)


def read_as(entity: Entity, source: Source) -> list[Found]:
    """Read a file as an entity, which need not be one of a system's."""
    is_parquet = source.path.suffix.lower() == ".parquet"
    return (parquet if is_parquet else delimited).read(entity, source)


def header_of(source: Source) -> list[str]:
    """Return the column names of a file, as they stand."""
    if source.path.suffix.lower() == ".parquet":
        return parquet.looked_at(source)[0]
    return delimited.header_of(source.text)[1].fields
