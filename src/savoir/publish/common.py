"""What every part of publishing names."""

# What readers get. Staging, intermediate and failed tests' rows never leave.
SCHEMAS = ("core", "kpis", "reference")

# The schema of the views that keep their columns: published_v1.yml.
CONTRACT_SCHEMA = "v1"


class PublishRefused(Exception):
    """Nothing was published, and what was served before is served still."""


def name(*parts: str) -> str:
    """Return a SQL identifier of these parts, quoted; DuckDB and PostgreSQL agree."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)
