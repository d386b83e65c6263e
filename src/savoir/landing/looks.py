"""What a single file looks like, told without landing it."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console
from rich.text import Text

from savoir.landing.containers import unpacked
from savoir.landing.files import Source, Unreadable, folder_literal
from savoir.landing.report import print_files
from savoir.landing.run import Report, land
from savoir.landing.schema import System


@dataclass(frozen=True)
class Look:
    """A file as one system reads it under a name; `filled` counts the columns."""

    system: System
    name: str
    report: Report
    raw: Path
    filled: int

    @property
    def landed(self) -> int:
        """How many rows would land."""
        return sum(row.rows_landed for row in self.report.files)

    @property
    def rank(self) -> tuple[float, int]:
        """How much the file looks like the system's: share landed, columns filled."""
        read = sum(row.rows_read for row in self.report.files)
        return (round(self.landed / read, 1) if read else 0, self.filled)

    @property
    def is_clean(self) -> bool:
        """Whether every row would land, and there is one."""
        return self.landed > 0 and all(
            row.status == "landed" and not row.rows_rejected
            for row in self.report.files
        )


def check_file(file: Path, known: Mapping[str, System], console: Console) -> bool:
    """Print which of the systems a file looks like and what is wrong with it.

    A file in a folder named after a system is that system's. Returns whether it would
    land whole.
    """
    with tempfile.TemporaryDirectory(prefix="savoir-check-") as scratch:
        looks, refusals = looks_of(file, known, Path(scratch))
        best = max(looks, key=lambda look: look.rank, default=None)
        if best and best.landed:
            place = f"{best.system.name}/{best.name}"
            console.print(f"{file.name} looks like {best.system.name}: land {place}")
        own = file.parent.name
        chosen = next((look for look in looks if look.system.name == own), best)
        if chosen and (chosen.landed or own not in refusals):
            print_files(chosen.report, chosen.raw, console)
            return chosen.is_clean
        for name in [own] if own in refusals else refusals:
            console.print(Text(f"{name}: {refusals[name]}", style="red"))
        return False


def looks_of(
    file: Path, known: Mapping[str, System], scratch: Path
) -> tuple[list[Look], dict[str, str]]:
    """Return how each system reads a file, and why the others do not.

    What a system does not read by its name, it may by that of one of its entities.
    """
    looks: list[Look] = []
    refusals: dict[str, str] = {}
    try:
        [(_, content), *_] = unpacked(file, scratch)
    except Unreadable as error:
        return [], {name: str(error) for name in known}
    for system in known.values():
        names = [file.name, *(f"{e.name}_{file.name}" for e in system.entities)]
        for name in names:
            folder = scratch / system.name / name
            problem = refusal(content, system, name, folder)
            if problem is None:
                looks.append(look(file, system, name, folder))
                if looks[-1].landed:
                    break
            refusals.setdefault(system.name, problem or "nothing in it would land")
        else:
            continue
        refusals.pop(system.name, None)
    return looks, refusals


def refusal(content: Path, system: System, name: str, folder: Path) -> str | None:
    """Return why a system reads nothing of a file under a name, if it doesn't."""
    inner = name.removesuffix(".gz")
    if content.suffix != Path(inner).suffix:
        inner = f"{Path(inner).stem}{content.suffix}"
    folder.mkdir(parents=True)
    (folder / inner).symlink_to(content.resolve())
    try:
        system.read(system, Source(folder / inner, inner, folder))
    except Unreadable as error:
        return str(error)
    return None


def look(file: Path, system: System, name: str, folder: Path) -> Look:
    """Read a file as one system's under a name, into a folder of its own."""
    landing, raw = folder / "landing", folder / "raw"
    (landing / system.name).mkdir(parents=True)
    (landing / system.name / name).symlink_to(file.resolve())
    known = {system.name: system}
    report = land(landing, raw, show_progress=False, known=known)
    filled = 0
    with duckdb.connect() as connection:
        for entity in {row.entity for row in report.files if row.rows_landed}:
            columns = system.entity(entity).columns
            # 3CX takes any fields, and requires none: that they fill it says nothing.
            if any(column.required for column in columns):
                counts = " + ".join(f"(count({c.name}) > 0)::int" for c in columns)
                files = folder_literal(raw / system.name / entity)
                [(count,)] = connection.execute(
                    f"select {counts} from read_parquet({files})"
                ).fetchall()
                filled += count
    return Look(system, name, report, raw, filled)
