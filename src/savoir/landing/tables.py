"""Tables beside API answers: CSV and Parquet, named after what they hold."""

from collections.abc import Mapping

from savoir.landing import delimited, parquet
from savoir.landing.answers import entity_by_name
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found
from savoir.landing.schema import System


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
    is_parquet = source.path.suffix.lower() == ".parquet"
    return (parquet if is_parquet else delimited).read(entity, source)
