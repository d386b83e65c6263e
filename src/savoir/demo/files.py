"""What the writers share: text of values, and what they wrote."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from savoir.demo.world import paris


@dataclass
class Written:
    """One export: records in it, the lines (from 1) that no reader can accept, and
    how many of its good records repeat the key of one in an earlier file."""

    path: Path
    rows: int
    rejected_lines: list[int] = field(default_factory=list)
    repeated_rows: int = 0


def utc(at: int) -> str:
    """As the helpdesk writes it: 2025-01-31T09:00:00Z."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(at: int, *, offset: bool = False) -> str:
    """On a Paris clock: 2025-01-31 10:00:00, and +0100 after it if asked for."""
    return paris(at).strftime("%Y-%m-%d %H:%M:%S" + (" %z" if offset else ""))


def local_month(at: int) -> str:
    """Month on a Paris calendar: 2025-01."""
    return paris(at).strftime("%Y-%m")


def euros(cents: int) -> str:
    """Amount with a dot: -12.30."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def to_json(value: object) -> str:
    """Compact JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write text as it is, line ends included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))


class Table:
    """A CSV text that knows the line on which each record starts."""

    def __init__(self, delimiter: str = ",", line_end: str = "\n") -> None:
        """Empty text."""
        self._text = io.StringIO()
        self._writer = csv.writer(
            self._text, delimiter=delimiter, lineterminator=line_end
        )
        self._line = 1
        self.rows = 0
        self.rejected_lines: list[int] = []

    def add(self, values: Iterable[str]) -> None:
        """Write one record."""
        start = self._text.tell()
        self._writer.writerow(values)
        self._text.seek(start)
        self._line += self._text.read().count("\n")
        self.rows += 1

    def add_wrong(self, values: Iterable[str]) -> None:
        """Write one record that cannot be read."""
        self.rejected_lines.append(self._line)
        self.add(values)

    @property
    def text(self) -> str:
        """Everything written so far."""
        return self._text.getvalue()
