"""The kit that every reader passes: what each kind of damage becomes.

A case makes one file of each example; all are landed at once. What a system makes of
the cases stands as a table in docs/exports.md.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Folders
from examples import EXAMPLES, Example

from savoir.landing import FileRow, systems
from savoir.landing.report import superseded

DOCUMENT = Path(__file__).parents[3] / "docs/exports.md"
HEADLESS = ("log", "queue_log")
# Told from others by more than their key.
MARKED = ("genesys/conversations.json", "hubspot/pipelines.json")
LONG = 2_100_000  # beyond the longest field


@dataclass(frozen=True)
class Case:
    """A damage: what it makes of an example (None: not applicable, and why).

    `account` says what must be read, landed and rejected of it; None: the file is
    unreadable.
    """

    name: str
    make: Callable[[Example], bytes | None]
    account: Callable[[Example], tuple[int, int, int] | None]
    why_not: str = ""


def without(example: Example, heading: str) -> bytes:
    records = example.records()
    return example.content(
        [{k: v for k, v in r.items() if k != heading} for r in records]
    )


def is_headed(example: Example) -> bool:
    return example.form not in HEADLESS


def with_text(example: Example, text: str) -> bytes | None:
    if example.text is None or example.text not in example.record:
        return None
    first, *others = example.records()
    return example.content([first | {example.text: text}, *others])


def is_line_based(example: Example) -> bool:
    return example.form == "queue_log"


def reordered(example: Example) -> bytes | None:
    if not is_headed(example) or example.file == "export.csv":
        return None
    return example.content([dict(reversed(r.items())) for r in example.records()])


def without_text(example: Example) -> bytes | None:
    if not is_headed(example) or example.text not in example.record:
        return None
    return without(example, example.text)


def truncated(example: Example) -> bytes:
    content = example.content(example.records())
    if example.form == "json":
        content = content.rstrip()  # spaces may be more than half of it
        return content[: len(content) // 2]
    *whole, last = content.splitlines(keepends=True)
    separator = b"|" if is_line_based(example) else b","
    return b"".join(whole) + last[: last.index(separator)]


def one_bad(example: Example) -> bytes:
    records = example.records(1_000)
    content = example.content(records)
    if example.form == "json":
        return json.dumps([*records[:499], "no record", *records[500:]]).encode()
    lines = content.splitlines(keepends=True)
    lines[-500] = b"x\n" if is_line_based(example) else b"x," * 60 + b"\n"
    return b"".join(lines)


def another(example: Example) -> bytes:
    if example.form == "json":
        return json.dumps([{"colour": example.name}]).encode()
    return f"colour,size\nred,{example.name}\n".encode()


def all_of(count: int) -> Callable[[Example], tuple[int, int, int]]:
    return lambda example: (count, count, 0)


def long_text(example: Example) -> tuple[int, int, int]:
    return (3, 3, 0) if example.form in ("json", "queue_log") else (3, 2, 1)


CASES = [
    Case("empty file", lambda e: b"", lambda e: None),
    Case(
        "header only",
        lambda e: e.content([]) if is_headed(e) else None,
        all_of(0),
        "no header in it",
    ),
    Case("columns reordered", reordered, all_of(3), "columns are told by their places"),
    Case(
        "optional column missing",
        without_text,
        all_of(3),
        "columns are told by their places, or none is optional",
    ),
    Case(
        "required column missing",
        lambda e: without(e, e.required) if is_headed(e) else None,
        # Without what marks it, a record of an API is of no known kind.
        lambda e: (3, 0, 3) if e.form == "json" and e.name not in MARKED else None,
        "columns are told by their places",
    ),
    Case("delivered twice", lambda e: e.content(e.records()), all_of(3)),
    Case(
        "wrong encoding",
        lambda e: e.content(e.records()).replace(b"7", "é7".encode() + b"\xe9", 1),
        lambda e: None,
    ),
    Case(
        "truncated",
        truncated,
        lambda e: None if e.form == "json" else (3, 2, 1),
    ),
    Case("one bad row in a thousand", one_bad, lambda e: (1_000, 999, 1)),
    Case(
        "unknown columns",
        lambda e: (
            e.content([r | {"colour": "red"} for r in e.records()])
            if is_headed(e)
            else None
        ),
        all_of(3),
        "columns are told by their places",
    ),
    Case(
        "enormous field",
        lambda e: with_text(e, "x" * LONG),
        long_text,
        "no free text in it",
    ),
    Case(
        "newline in a field",
        lambda e: None if is_line_based(e) else with_text(e, "a\nb"),
        all_of(3),
        "a line is a record, or no free text in it",
    ),
    Case(
        "zero bytes",
        lambda e: e.content(e.records()).replace(b"7", b"\0", 1),
        lambda e: None,
    ),
    Case(
        "another system's file",
        another,
        lambda e: (2, 0, 2) if not is_headed(e) else None,
    ),
]


@pytest.fixture(scope="module")
def landed(tmp_path_factory) -> dict[str, tuple[Folders, dict[str, list[FileRow]]]]:
    """Every case's folders, and the rows of its files by name."""
    found = {}
    for case in CASES:
        folder = tmp_path_factory.mktemp("kit")
        folders = Folders(folder / "landing", folder / "raw")
        for example in EXAMPLES:
            if (content := case.make(example)) is not None:
                folders.write(example.name, content)
                if case.name == "delivered twice":
                    # another file of the same records, as overlapping pages hold them
                    again = b"\n" if example.form != "json" else b" "
                    folders.write(copy_name(example), content + again)
        # Folders.land also holds rows read = landed + rejected, and the files to both
        rows = defaultdict(list)
        for row in folders.land().files:
            rows[row.file].append(row)
        found[case.name] = (folders, rows)
    return found


def copy_name(example: Example) -> str:
    stem, dot, suffix = example.file.partition(".")
    return f"{example.system}/{stem}_2{dot}{suffix}"


def account(rows: list[FileRow]) -> tuple[int, int, int] | None:
    """What was read, landed and rejected of a file; None for an unreadable one."""
    if any(row.status != "landed" for row in rows):
        return None
    return (
        sum(row.rows_read for row in rows),
        sum(row.rows_landed for row in rows),
        sum(row.rows_rejected for row in rows),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_reader_accounts_for_the_damage(case, landed):
    _, rows = landed[case.name]
    wrong = {
        example.name: (
            account(rows[example.name]),
            [r.message for r in rows[example.name]],
        )
        for example in EXAMPLES
        if case.make(example) is not None
        and account(rows[example.name]) != case.account(example)
    }
    assert wrong == {}
    assert all(
        row.message for of in rows.values() for row in of if row.status == "unreadable"
    )


def test_every_entity_has_an_example():
    shown = {(example.system, example.entity) for example in EXAMPLES}
    declared = {(s.name, e.name) for s in systems.known().values() for e in s.entities}
    assert shown == declared


def test_reordered_columns_land_alike(landed):
    whole, _ = landed["delivered twice"]
    other, _ = landed["columns reordered"]
    for example in EXAMPLES:
        if reordered(example) is not None:
            assert values(other, example) == values(whole, example), example.name


def values(folders: Folders, example: Example) -> list:
    files = f"{folders.raw}/{example.system}/*/*.parquet"
    return folders.query(
        f"select * exclude (_landed_at, _file_hash) from read_parquet('{files}', "
        f"union_by_name = true) where _file = '{example.name}' order by _line"
    )


def test_a_newline_stays_in_its_field(landed):
    folders, _ = landed["newline in a field"]
    for example in EXAMPLES:
        if not is_line_based(example) and with_text(example, "") is not None:
            said = [str(value) for value in values(folders, example)[0].values()]
            # in an object of all answers as JSON has it
            assert any("a\nb" in s or "a\\nb" in s for s in said), example.name


def test_of_records_delivered_twice_the_first_are_superseded(landed):
    folders, rows = landed["delivered twice"]
    replaced = superseded(folders.raw)
    for example in EXAMPLES:
        [row] = rows[example.name]
        key = systems.known()[row.system].entity(row.entity).key
        files = [example.name, copy_name(example)]
        assert {account(rows[file]) for file in files} == {(3, 3, 0)}, example.name
        counted = sum(replaced.get((row.system, row.entity, f), 0) for f in files)
        landed_rows = folders.rows(f"{row.system}/{row.entity}")
        records = [r for r in landed_rows if r["_file"] in files]
        distinct = {tuple(r[column] for column in key) for r in records}
        assert counted == (6 - len(distinct) if key else 0), example.name


def matrix() -> str:
    """What each system makes of each case, as a Markdown table."""
    lines = [
        "| system | " + " | ".join(case.name for case in CASES) + " |",
        "|---|" + "---|" * len(CASES),
    ]
    for name in sorted(systems.known()):
        own = [example for example in EXAMPLES if example.system == name]
        cells = []
        for case in CASES:
            said = {outcome(case, example) for example in own} - {None}
            cells.append(" / ".join(sorted(said)) or "-")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def outcome(case: Case, example: Example) -> str | None:
    if case.make(example) is None:
        return None
    counts = case.account(example)
    if counts is None:
        return "unreadable"
    return "rejects" if counts[2] else "lands"


def test_the_matrix_is_documented():
    assert matrix() in DOCUMENT.read_text(encoding="utf-8")
