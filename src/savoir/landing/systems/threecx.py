"""3CX call detail records: the order of their fields is each site's own."""

from savoir.landing import delimited
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

# Staging names them, by the order that variable `threecx_fields` declares.
FIELDS = [f"field_{number}" for number in range(1, 31)]


def record(fields: list[str]) -> dict[str, str] | str:
    """Return a record's fields by number."""
    if not 5 <= len(fields) <= len(FIELDS):
        return f"{len(fields)} fields, 5 to {len(FIELDS)} expected"
    return dict(zip(FIELDS, fields, strict=False))


def read(system: System, source: Source) -> list[Found]:
    """Read one file of records."""
    return delimited.read_headless(system.entity("cdr"), source, record)


SYSTEM = System(
    "threecx", (entity("cdr", "\n".join(FIELDS)),), "the CDR output (cdr.log)", read
)
