"""What a landing did, for people."""

from collections import defaultdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from savoir.landing.run import FileRow, Report


def print_report(report: Report, console: Console) -> None:
    """Print the sums per system, each unreadable file, and the first rejects."""
    by_system: dict[str, list[FileRow]] = defaultdict(list)
    for row in report.files:
        by_system[row.system].append(row)
    table = Table(box=None, pad_edge=False)
    table.add_column("system")
    for heading in ("files", "rows read", "landed", "rejected"):
        table.add_column(heading, justify="right")
    for system, rows in sorted(by_system.items()):
        sums = (
            len({row.file for row in rows}),
            sum(row.rows_read for row in rows),
            sum(row.rows_landed for row in rows),
            sum(row.rows_rejected for row in rows),
        )
        table.add_row(system or "(no folder)", *(f"{number:,}" for number in sums))
    console.print(table)
    console.print(
        f"{report.new} new or changed, {report.unchanged} unchanged, "
        f"{report.removed} removed",
        highlight=False,
    )
    for row in report.files:
        if row.status == "unreadable":
            console.print(Text(f"unreadable: {row.file}: {row.message}", style="red"))
    for reject in report.rejects:
        place = f"{reject.file}, line {reject.line}"
        console.print(Text(f"rejected: {place}: {reject.reason}", style="yellow"))
    rejected = sum(row.rows_rejected for row in report.files)
    if rejected > len(report.rejects):
        console.print(f"... and {rejected - len(report.rejects)} more rejects")
