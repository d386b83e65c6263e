"""How the latest delivery of an entity differs from those before it.

A delivery is what one landing took in; of the first nothing can be said.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from savoir.landing.files import folder_literal, literal
from savoir.landing.schema import Entity

KINDS = ("unreadable", "vanished", "new")
SEVERITIES = ("error", "warn")


@dataclass(frozen=True)
class Limits:
    """What is a change, and how grave: see `drift_*` in `dbt_project.yml`."""

    unreadable_share: float
    unreadable_times: float
    vanished_values: float
    severity: Mapping[str, str]

    @classmethod
    def of(cls, variables: Mapping) -> "Limits":
        """Read them from the project's variables. Raises `ValueError` if one is odd."""
        severity = dict(variables["drift_severity"])
        if severity.keys() != set(KINDS) or set(severity.values()) - set(SEVERITIES):
            raise ValueError(
                f"drift_severity: {' or '.join(SEVERITIES)} expected for each of "
                f"{', '.join(KINDS)}, not {severity}"
            )
        return cls(
            variables["drift_unreadable_share"],
            variables["drift_unreadable_times"],
            variables["drift_vanished_values"],
            severity,
        )


@dataclass(frozen=True)
class Standing:
    """A column in the latest delivery and in the earlier ones; `rows` are those read.

    `values` counts what is there, readable or not. `example` is an unreadable value
    with file and line, or a file that has the column.
    """

    column: str
    rows: int
    values: int
    unreadable: int
    earlier_rows: int
    earlier_values: int
    earlier_unreadable: int
    example: tuple[str | None, str, int | None]

    @property
    def unreadable_share(self) -> float:
        """Share of the rows whose value could not be read."""
        return self.unreadable / self.rows

    @property
    def earlier_share(self) -> float:
        """The same of the earlier deliveries."""
        return self.earlier_unreadable / self.earlier_rows

    @property
    def expected_values(self) -> float:
        """How many values there would be, were the column as full as before."""
        return self.rows * self.earlier_values / self.earlier_rows


@dataclass(frozen=True)
class Drift:
    """The columns that an entity declares, and the headings it has not had before.

    `new` maps each to a file that has it; `files` counts the latest delivery's.
    """

    columns: list[Standing]
    new: dict[str, str]
    files: int


def drift_of(raw: Path, system: str, entity: Entity) -> Drift | None:
    """Return how an entity's latest delivery differs; None where nothing was before."""
    own = f"system = {literal(system)} and entity = {literal(entity.name)}"
    with duckdb.connect() as connection:
        files = connection.execute(
            "select landed_at, file, rows_read, unknown"
            f" from read_parquet({literal(raw / '_landing/files.parquet')})"
            f" where {own} and status = 'landed' order by landed_at, file"
        ).fetchall()
        latest = [row for row in files if row[0] == files[-1][0]]
        earlier = files[: -len(latest)] if files else []
        rows, earlier_rows = (sum(r[2] for r in part) for part in (latest, earlier))
        if not rows or not earlier_rows:
            return None
        is_latest = f"_landed_at = timestamp {literal(latest[0][0])}"
        names = [column.name for column in entity.columns]
        filled = dict.fromkeys((True, False), dict.fromkeys(names, 0))
        cursor = connection.execute(
            f"select {is_latest}, {', '.join(f'count({name})' for name in names)}"
            f" from read_parquet({folder_literal(raw / system / entity.name)})"
            " group by all"
        )
        filled |= {
            when: dict(zip(names, counts, strict=True))
            for when, *counts in cursor.fetchall()
        }
        unreadable = {
            (when, name): (count, example)
            for when, name, count, *example in connection.execute(f"""
                select
                    {is_latest}, split_part(reason, ':', 1), count(*),
                    arg_min(regexp_extract(reason, $$: '(.*)' is not$$, 1), _line),
                    arg_min(_file, _line), min(_line)
                from read_parquet({folder_literal(raw / "_landing/rejects")})
                where {own} and regexp_matches(reason, $$^[a-z_0-9]+: '.*' is not $$)
                group by all
            """).fetchall()
        }

    def standing(name: str) -> Standing:
        bad, example = unreadable.get((True, name), (0, (None, latest[0][1], None)))
        earlier_bad, _ = unreadable.get((False, name), (0, None))
        return Standing(
            name,
            rows,
            filled[True][name] + bad,
            bad,
            earlier_rows,
            filled[False][name] + earlier_bad,
            earlier_bad,
            tuple(example),
        )

    seen = {heading for row in earlier for heading in json.loads(row[3])}
    return Drift(
        [standing(name) for name in names],
        {h: row[1] for row in latest for h in json.loads(row[3]) if h not in seen},
        len(latest),
    )
