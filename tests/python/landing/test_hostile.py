"""Files made to do harm: they are refused, or are text and nothing else."""

import csv
import json
from types import SimpleNamespace

import pytest

from savoir.landing import delimited, rows
from savoir.landing.files import Unreadable
from savoir.landing.rows import MAX_RAW

TEXTS = [
    "=cmd|' /C calc'!A1",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "'; drop table contacts; --",
    "{{ env_var('HOME') }}",
    "%s %(x)s {0}",
    "../../etc/passwd",
    "\u202egnp.exe",
]


@pytest.mark.parametrize("text", TEXTS)
def test_harmful_text_is_text(text, folders):
    record = {"call_id": "K", "started_at": "2025-03-01", "queue": text}
    folders.write("generic/calls.ndjson", json.dumps(record) + "\n")
    quoted = text.replace('"', '""')
    folders.write(
        "generic/calls.csv", f'call_id,started_at,queue\nK,2025-03-01,"{quoted}"'
    )
    folders.land()
    assert folders.column("generic/calls", "queue") == [text, text]


@pytest.mark.parametrize(
    "name", ["calls'; drop table rejects; --.csv", "calls[1].csv", "calls {x} %s.csv"]
)
def test_harmful_names_are_names(name, folders, only):
    row = only(f"generic/{name}", "call_id,started_at\nK,2025-03-01\nL,x\n")
    assert (row.file, row.rows_landed) == (f"generic/{name}", 1)
    assert folders.rejects()[0]["_file"] == f"generic/{name}"


def test_a_million_columns_are_refused(only):
    names = ",".join(f"c{n}" for n in range(1_000_000))
    row = only("generic/calls.csv", f"call_id,started_at,{names}\nK,2025-03-01\n")
    assert row.message == "1,000,002 columns; at most 16,384 expected"


def test_as_many_columns_as_a_spreadsheet_has_land(only):
    names = ["call_id", "started_at", *(f"c{n}" for n in range(16_382))]
    assert len(names) == delimited.MAX_COLUMNS
    values = ["K", "2025-03-01", *["x"] * 16_382]
    row = only("generic/calls.csv", f"{','.join(names)}\n{','.join(values)}\n")
    assert (row.status, row.rows_landed) == ("landed", 1)


def test_of_an_enormous_reject_the_beginning_is_kept(folders, only):
    text = "x" * 3_000_000
    row = only("generic/calls.csv", f"call_id,started_at\nK,{text}\nL,2025-03-01\n")
    assert (row.rows_landed, row.rows_rejected) == (1, 1)
    [reject] = folders.rejects()
    assert reject["raw_text"] == f"K,{text}"[:MAX_RAW]
    assert reject["reason"].startswith("malformed quotes (field larger than")


def test_a_nest_of_brackets_is_refused(only):
    row = only("zendesk/tickets.json", "[" * 200_000)
    assert row.status == "unreadable"


CALL = "call_id,started_at,queue\n"
GOOD = "L,2025-03-01,x\n"


def test_a_field_of_a_million_lines_is_refused(only):
    row = only("generic/calls.csv", f'{CALL}K,2025-03-01,"' + "a\n" * 1_200_000)
    assert (row.status, row.message) == (
        "unreadable",
        "more than 100,000 records could not be read, and fewer could; line 100002: "
        "1 fields, 3 expected as in the header",
    )


def test_as_many_rejects_are_kept_where_more_rows_land(only, monkeypatch):
    monkeypatch.setattr(rows, "MAX_REJECTS", 3)
    bad = CALL + GOOD * 4 + "x,y\n" * 4
    assert only("generic/calls.csv", bad).rows_rejected == 4
    row = only("generic/calls.csv", bad + "x,y\n")
    assert row.message.startswith("more than 3 records could not be read, and fewer")


def test_values_that_no_row_has_right_refuse_the_file(only, monkeypatch):
    monkeypatch.setattr(rows, "MAX_REJECTS", 3)
    row = only("generic/calls.csv", CALL + "K,soon,x\n" * 4)
    assert row.message.startswith("more than 3 records could not be read, and fewer")
    assert "line 2: started_at: 'soon' is not a timestamp" in row.message


def test_quotes_that_never_pair_are_read_a_few_times_and_no_more(monkeypatch):
    """Each line opens a quote that the next closes: one record, of every line left."""
    content = 'a","b\n' * 50_000
    read = 0

    def reader(lines, **options):
        def counted():
            nonlocal read
            for line in lines:
                read += len(line)
                yield line

        return csv.reader(counted(), **options)

    library = SimpleNamespace(
        reader=reader, Error=csv.Error, field_size_limit=csv.field_size_limit
    )
    monkeypatch.setattr(delimited, "csv", library)
    monkeypatch.setattr(delimited, "MAX_AGAIN", 1_000_000)
    with pytest.raises(Unreadable, match="quotes do not pair"):
        list(delimited.records(enumerate(content.splitlines(True), 1), ","))
    # The last try may be a whole one.
    assert read <= 3 * len(content) + 1_000_000


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("K,2025-03-01," + "x" * 17_000_000, "record larger than 16777216 characters"),
        ("K" + "," * 2_500_000, "more than 2000000 fields"),
    ],
)
def test_of_an_endless_line_the_beginning_is_kept(line, reason, folders, only):
    row = only("generic/calls.csv", f"{CALL}{GOOD}{line}\n{GOOD}")
    assert (row.rows_landed, row.rows_rejected) == (2, 1)
    [reject] = folders.rejects()
    assert (reject["_line"], reject["reason"]) == (3, f"malformed quotes ({reason})")
    assert reject["raw_text"] == line[:MAX_RAW]
    assert folders.column("generic/calls", "_line") == [2, 4]


def test_an_endless_line_of_ndjson_or_of_a_log_is_a_reject(folders):
    call = '{"call_id": "K", "started_at": "2025-03-01"}\n'
    folders.write("generic/calls.ndjson", f"{call}{'[' * 19_000_000}\n{call}")
    folders.write("asterisk/queue_log", f"{'1|' * 9_500_000}\n")
    folders.land()
    assert [(r["_file"], r["_line"], r["reason"]) for r in folders.rejects()] == [
        ("asterisk/queue_log", 1, rows.TOO_LONG),
        ("generic/calls.ndjson", 2, rows.TOO_LONG),
    ]
    assert folders.column("generic/calls", "_line") == [1, 3]
