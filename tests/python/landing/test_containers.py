"""Archives and workbooks: what stands in them lands, what is dangerous does not."""

import gzip
import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from savoir.landing import containers

CALLS = "call_id,started_at,queue\nK1,2025-03-01,A\nK2,yesterday,B\nK3,2025-03-02,C\n"


def zipped(*members: tuple[str, str | bytes], method=zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def workbook(**sheets: list[list]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_gz_is_the_file_in_it(folders, only):
    row = only("generic/calls.csv.gz", gzip.compress(CALLS.encode("utf-16")))
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (3, 2, 1)
    assert folders.column("generic/calls", "_file") == ["generic/calls.csv.gz"] * 2
    [reject] = folders.rejects()
    assert (reject["_line"], reject["raw_text"]) == (3, "K2,yesterday,B")


def test_each_file_of_a_zip_lands_under_its_name(folders):
    archive = zipped(
        ("2025/calls.csv", CALLS),
        ("contacts.csv", "contact_id,opened_at\n1,2025-03-01\n"),
        ("notes.txt", "hello"),
        ("__MACOSX/._calls.csv", b"\0\0"),
        ("README.csv", "x"),
    )
    folders.write("generic/export.zip", archive)
    report = folders.land()
    assert [(row.file, row.status, row.rows_landed) for row in report.files] == [
        ("generic/export.zip/2025/calls.csv", "landed", 2),
        ("generic/export.zip/contacts.csv", "unreadable", 0),
        ("generic/export.zip/notes.txt", "unreadable", 0),
    ]
    assert "channel" in report.files[1].message
    [reject] = folders.rejects()
    assert reject["_file"] == "generic/export.zip/2025/calls.csv"
    again = folders.land()
    assert (again.new, again.unchanged, again.removed) == (0, 1, 0)
    (folders.landing / "generic/export.zip").unlink()
    assert folders.land().removed == 1
    assert folders.rows("generic/calls") == []


def test_a_workbook_of_one_sheet_is_a_table(folders, only):
    row = only(
        "generic/calls.xlsx",
        workbook(
            Sheet1=[
                ["call_id", "started_at", "queue", "wait_seconds", "resolved"],
                [12, datetime(2025, 3, 1, 10, 30), "a\nb", 7.0, True],
                [None, None, None, None, None],
                ["007", date(2025, 3, 2), '=cmd|"/c calc"!A1', None, False],
                [1.23456789012345678e17, date(2025, 3, 2), None, None, None],
            ],
            Empty=[],
        ),
    )
    assert (row.file, row.rows_read, row.rows_landed) == ("generic/calls.xlsx", 3, 2)
    first, second = folders.rows("generic/calls")
    assert (first["call_id"], first["started_at"]) == ("12", "2025-03-01 10:30:00")
    assert (first["queue"], first["wait_seconds"]) == ("a\nb", "7")
    assert (first["resolved"], second["resolved"]) == ("true", "false")
    # data_only: of a formula, what it last came to; nobody ever worked this one out
    assert (second["call_id"], second["queue"]) == ("007", None)
    [reject] = folders.rejects()
    assert reject["reason"].startswith("call_id: '1.23456789012346E+17' is not an id")


def test_sheets_are_files_by_their_names(folders):
    calls = [line.split(",") for line in CALLS.splitlines()]
    folders.write("generic/all.xlsx", workbook(calls=calls, other=[["x"], [1]]))
    report = folders.land()
    assert [(row.file, row.status) for row in report.files] == [
        ("generic/all.xlsx/calls", "landed"),
        ("generic/all.xlsx/other", "unreadable"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "../calls.csv",
        "/calls.csv",
        "a/../../calls.csv",
        "C:/calls.csv",
        "..\\calls.csv",
    ],
)
def test_a_path_out_of_the_archive_is_refused(name, folders, only):
    row = only("generic/calls.zip", zipped(("contacts.csv", "x"), (name, CALLS)))
    assert row.status == "unreadable"
    assert "leads out of the archive" in row.message
    assert [p.name for p in folders.landing.parent.rglob("calls.csv")] == []


@pytest.mark.parametrize("kind", ["zip", "gz", "xlsx", "many", "overlapping"])
def test_a_bomb_is_refused_before_it_bursts(kind, folders, only, monkeypatch):
    monkeypatch.setattr(containers, "SMALL", 1 << 20)
    zeros = b"0" * (8 << 20)
    name = "calls.gz" if kind == "gz" else "x.xlsx" if kind == "xlsx" else "x.zip"
    content = {
        "zip": lambda: zipped(("calls.csv", zeros)),
        "gz": lambda: gzip.compress(zeros),
        "xlsx": lambda: zipped(("xl/workbook.xml", zeros)),
        "many": lambda: zipped(*((f"{n}.csv", zeros[: 1 << 16]) for n in range(128))),
        "overlapping": lambda: zipped(*((f"{n}.csv", "x") for n in range(1_001))),
    }[kind]()
    row = only(f"generic/{name}", content)
    assert row.status == "unreadable"
    assert "a bomb" in row.message or "at most 1000 expected" in row.message


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(b + 1)} "{f"&{chr(b)};" * 10}">' for b in range(97, 107))
    + "]>"
)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"]
)
def test_a_billion_laughs_are_not_read(part, folders, only):
    whole = io.BytesIO(workbook(calls=[["call_id", "started_at"], ["a", "2025-03-01"]]))
    with zipfile.ZipFile(whole) as archive:
        members = [
            (m, archive.read(m) if m != part else laughing(archive.read(m).decode()))
            for m in archive.namelist()
        ]
    row = only("generic/calls.xlsx", zipped(*members))
    assert row.status == "unreadable"
    assert "EntitiesForbidden" in row.message


def laughing(xml: str) -> str:
    """The same part with a nest of entities before it, and the last of them in it."""
    head, _, rest = xml.partition("?>") if xml.startswith("<?xml") else ("", "", xml)
    return LAUGHS + (rest or head).replace(">a<", ">&k;<")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("calls.zip", b"PK\3\4 nothing"),
        ("calls.zip", zipped()),
        ("calls.zip", zipped(("inner.zip", zipped(("calls.csv", CALLS))))),
        ("calls.csv.gz", gzip.compress(CALLS.encode())[:-9]),
        ("calls.csv.gz", b"plain text"),
        ("calls.xlsx", CALLS.encode()),
        ("calls.xlsx", zipped(("calls.csv", CALLS))),
        ("calls.xlsx", workbook(empty=[])),
    ],
    # the bytes of an archive hold the time, so they are no name
    ids=[
        "zip-cut", "zip-empty", "zip-in-zip", "gz-cut", "gz-of-text", "xlsx-of-text",
        "xlsx-of-zip", "xlsx-empty",
    ],
)  # fmt: skip
def test_what_is_no_whole_container_is_unreadable(file, content, folders, only):
    row = only(f"generic/{file}", content)
    assert (row.status, row.rows_read) == ("unreadable", 0)
    assert row.message


def test_an_encrypted_member_is_unreadable(only):
    content = bytearray(zipped(("calls.csv", CALLS), method=zipfile.ZIP_STORED))
    content[6] |= 1  # the flag, in the local header and in the directory
    content[content.index(b"PK\1\2") + 8] |= 1
    assert only("generic/calls.zip", bytes(content)).status == "unreadable"


def test_a_row_number_beyond_every_sheet_ends_the_reading(only, monkeypatch):
    monkeypatch.setattr(containers, "MAX_SHEET_ROWS", 1_000)
    rows = [["call_id", "started_at"], *([n, "2025-03-01"] for n in range(1_001))]
    row = only("generic/calls.xlsx", workbook(calls=rows))
    assert (row.status, row.message) == (
        "unreadable",
        "more than 1000 rows in a sheet",
    )
