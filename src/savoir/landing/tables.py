"""Tables whose header says what they hold: CSV and Parquet, whatever their names."""

from savoir.landing import delimited, parquet
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found
from savoir.landing.schema import System


def is_table(source: Source) -> bool:
    """Whether a file is one of these by its name."""
    return source.path.suffix.lower() in (".csv", ".tsv", ".parquet")


def read(system: System, source: Source) -> list[Found]:
    """Read a file as the entity that knows most of its header.

    Raises `Unreadable` where no entity has all the columns it requires.
    """
    is_parquet = source.path.suffix.lower() == ".parquet"
    if is_parquet:
        header, _ = parquet.looked_at(source)
    else:
        header = delimited.header_of(source.text)[1].fields
    known = []
    for entity in system.entities:
        names = {entity.column_of(heading) for heading in header}
        if all(c.name in names for c in entity.columns if c.required):
            known.append((sum(c.name in names for c in entity.columns), entity))
    if not known:
        raise Unreadable(
            f"a header of no known table ({', '.join(filter(None, header))}); "
            f"expected {system.expects}"
        )
    _, entity = max(known, key=lambda fit: fit[0])
    return (parquet if is_parquet else delimited).read(entity, source)
