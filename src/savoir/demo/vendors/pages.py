"""How the vendors' exports are written: answers of an API, and tables."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from savoir.demo.files import Written, to_json, write

PER_PAGE = 100


def write_pages(path: Path, rows: Iterable[dict], key: str | None = None) -> Written:
    """Write an API's answers, a page a line: arrays, or objects that hold one."""
    rows = list(rows)
    starts = range(0, len(rows), PER_PAGE)
    pages = [rows[start : start + PER_PAGE] for start in starts]
    answers = [{key: page} if key else page for page in pages]
    write(path, "".join(to_json(answer) + "\n" for answer in answers))
    return Written(path, len(rows))


def write_table(path: Path, rows: list[dict]) -> Written:
    """Write rows as CSV with every field in quotes; None is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write(path, text.getvalue())
    return Written(path, len(rows))
