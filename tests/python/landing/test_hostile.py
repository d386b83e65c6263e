"""Files made to do harm: they are refused, or are text and nothing else."""

import json

import pytest

from savoir.landing import delimited
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
