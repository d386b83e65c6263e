"""What is published, for people."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from savoir.publish import versions


def print_versions(published: Path, console: Console) -> None:
    """Print every version kept, the one served marked."""
    served = versions.current(published)
    if served is None:
        return console.print(f"nothing is published in {published}")
    table = Table(box=None, pad_edge=False)
    for heading in ("version", "published", "data to", "commit"):
        table.add_column(heading, no_wrap=True)
    for heading in ("tables", "rows", "tests passed"):
        table.add_column(heading, justify="right")
    for heading in ("", "other parameters"):
        table.add_column(heading)
    for number in reversed(versions.numbers(published)):
        manifest = versions.manifest_of(published, number)
        dirty = "+" if manifest["git_is_dirty"] else ""
        table.add_row(
            str(number),
            manifest["published_at"][:16],
            manifest["data_horizon"][:16],
            (manifest["git_commit"] or "")[:7] + dirty,
            f"{len(manifest['rows'])}",
            f"{sum(manifest['rows'].values()):,}",
            f"{manifest['tests']['tests_pass']}",
            "served" if number == served else "",
            manifest.get("changed_parameters") or "",
        )
    return console.print(table)
