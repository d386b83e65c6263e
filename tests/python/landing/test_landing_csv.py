"""CSV and Parquet files of the generic contract: forms, values, rejects, encodings."""

import random
import re
from collections import Counter
from decimal import Decimal

import duckdb
import pytest

from savoir.landing import delimited, land
from savoir.landing.check import DAY, TIME, ZONE
from savoir.landing.files import CHUNK, text_of

CALLS = "call_id,started_at,outcome,wait_seconds,resolved,queue\n"
ORDERS = "order_id,ordered_at,net_amount\n"


@pytest.fixture(params=["fast", "exact"])
def way(request, monkeypatch):
    """Both ways of reading a CSV: DuckDB's, and record by record."""
    if request.param == "exact":
        monkeypatch.setattr(delimited, "plain", lambda *_: False)
    return request.param


def test_columns_are_found_by_name_in_any_order(way, folders, only):
    row = only(
        "generic/calls.csv",
        "Queue,WAIT_SECONDS,colour, started_at ,call_id\nA,7,red,2025-03-01,K1\n",
    )
    [landed] = folders.rows("generic/calls")
    assert (landed["call_id"], landed["queue"]) == ("K1", "A")
    assert (landed["started_at"], landed["wait_seconds"]) == ("2025-03-01", "7")
    assert landed["outcome"] is None
    assert row.message == "columns in _unknown: colour"


def test_each_bad_value_is_a_reject_with_its_reason(way, folders, only):
    row = only(
        "generic/calls.csv",
        CALLS
        + "K2,yesterday,answered,1,true,A\n"
        + "K3,2025-03-01T10:00:00Z,Answered,1,true,A\n"
        + ",2025-03-01T10:00:00Z,answered,1,true,A\n"
        + "K5,2025-03-01T10:00:00Z,lost,1,true,A\n"
        + "K6,2025-03-01T10:00:00Z,answered,1.5,true,A\n"
        + "K7,2025-03-01T10:00:00Z,answered,1,maybe,A\n"
        + "K8,-,answered,1,true,A\n"
        + "K9,2025-02-30,answered,1,true,A\n",
    )
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (8, 1, 7)
    assert folders.reasons() == [
        (
            2,
            "started_at: 'yesterday' is not a timestamp "
            "(ISO 8601 expected, such as 2025-03-31T14:05:00Z)",
        ),
        (4, "call_id: missing (a value is required)"),
        (
            5,
            "outcome: 'lost' is not one of answered, abandoned, callback, voicemail, "
            "overflow, ivr_exit",
        ),
        (6, "wait_seconds: '1.5' is not a whole number (such as 42)"),
        (7, "resolved: 'maybe' is not true or false (or 1 or 0)"),
        (8, "started_at: missing (a value is required)"),
        (
            9,
            "started_at: '2025-02-30' is not a timestamp "
            "(ISO 8601 expected, such as 2025-03-31T14:05:00Z)",
        ),
    ]
    assert folders.rejects()[0]["raw_text"] == "K2,yesterday,answered,1,true,A"
    [landed] = folders.rows("generic/calls")
    assert (landed["call_id"], landed["_line"]) == ("K3", 3)
    assert landed["outcome"] == "answered"


@pytest.mark.parametrize(
    "text", ["", "#N/A", "N/A", "?", "NULL", "null", "-", "  ", "N/A "]
)
def test_what_says_missing_is_null(way, text, folders, only):
    only(
        "generic/calls.csv",
        CALLS + f"K1,2025-03-01,{text},{text},{text},{text}\nK2,2025-03-02,,,,-x\n",
    )
    first, second = folders.rows("generic/calls")
    assert [first[c] for c in ("outcome", "wait_seconds", "resolved", "queue")] == (
        [None] * 4
    )
    assert second["queue"] == "-x"


def test_texts_lose_the_spaces_around_them(way, folders, only):
    only(
        "generic/calls.csv",
        'call_id,queue,started_at\nK1 , A B ,2025-03-01 \n K2," A", 2025-03-02\n',
    )
    rows = folders.rows("generic/calls")
    assert [(row["call_id"], row["queue"]) for row in rows] == [
        ("K1", "A B"),
        ("K2", "A"),
    ]


@pytest.mark.parametrize(
    ("text", "landed"),
    [
        ("2025-03-01", "2025-03-01"),
        ("2025-03-01 10:00", "2025-03-01 10:00"),
        (" 2025-03-01T10:00:00.123456Z ", "2025-03-01T10:00:00Z"),
        ("2025-03-01 10:00:00 UTC", "2025-03-01 10:00:00 UTC"),
        ("2025-03-01T10:00:00+02:00", "2025-03-01T10:00:00+02:00"),
        ("2025-03-01 10:00:00 +0200", "2025-03-01 10:00:00+0200"),
        ("2025-03-01 10:00:00 -02", "2025-03-01 10:00:00-02"),
        ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"),
        ("2025-02-29T10:00:00Z", None),
        ("2025-03-01T10:61:00Z", None),
        ("3025-03-01T10:00:00Z", None),
        ("01/02/2025", None),
        ("2025-03", None),
        ("2025-13-01", None),
        ("2025-03-01T25:00:00Z", None),
        ("2025-03-01 10:00:00 +25:00", None),
        ("0000-00-00 00:00:00", None),
        ("infinity", None),
        ("1740823200", None),
        ("2025-03-01 10:00:00 CEST", None),
    ],
)
def test_timestamps(text, landed, folders, only):
    row = only("generic/calls.csv", f"call_id,started_at\nK1,{text}\n")
    assert row.rows_landed == (landed is not None)
    if landed:
        assert folders.column("generic/calls", "started_at") == [landed]
        folders.query(f"select '{landed}'::timestamp, '{landed}'::timestamptz")


def test_what_only_resembles_a_timestamp_is_none(folders, only):
    """As long as the usual form, which is checked by other means than the others."""
    usual, letters = "2025-03-31T14:05:09Z", "0129 +-:.TZeé"
    generator = random.Random(7)
    rows = []
    for number in range(2_000):
        text = list(usual)
        for place in generator.sample(range(len(usual)), k=2):
            text[place] = generator.choice(letters)
        rows.append(f"K{number},{''.join(text)}")
    only("generic/calls.csv", "\n".join(["call_id,started_at", *rows]))
    landed = folders.column("generic/calls", "started_at")
    pattern = f"{DAY}({TIME}({ZONE})?)?".replace("{{", "{").replace("}}", "}")
    assert 20 < len(landed) < 1_000
    assert [text for text in landed if not re.fullmatch(pattern, text)] == []


@pytest.mark.parametrize(
    ("text", "landed"),
    [
        ("12345.67", Decimal("12345.67")),
        ("-0.5", Decimal("-0.5")),
        ("007", Decimal(7)),
        ("99999999999999.99", Decimal("99999999999999.99")),
        ("1e3", None),
        ("1_000", None),
        ('"12,50"', None),
        ("12.5.1", None),
        (".", None),
        ("0x1F", None),
        ("999999999999999999999", None),
        ("NaN", None),
        ("12 EUR", None),
    ],
)
def test_decimals(text, landed, folders, only):
    row = only("generic/orders.csv", f"{ORDERS}1,2025-03-01,{text}\n")
    assert row.rows_landed == (landed is not None)
    if landed is not None:
        [value] = folders.query(
            "select net_amount::decimal(18, 4) as cast_value from "
            f"read_parquet('{folders.raw}/generic/orders/*.parquet')"
        )
        assert value["cast_value"] == landed


@pytest.mark.parametrize(
    ("text", "landed"),
    [
        ("42", "42"),
        ("-3", "-3"),
        ("12.0", "12"),
        ("007", "007"),
        ("0", "0"),
        ("1e3", None),
        ("1.5", None),
        ("99999999999999999999", None),
        ("+5", None),
        ("0x1F", None),
        ("1_000", None),
    ],
)
def test_integers(text, landed, folders, only):
    row = only(
        "generic/calls.csv", f"call_id,started_at,wait_seconds\nK,2025-03-01,{text}\n"
    )
    assert row.rows_landed == (landed is not None)
    if landed:
        assert folders.column("generic/calls", "wait_seconds") == [landed]


@pytest.mark.parametrize(
    ("text", "landed"),
    [
        ("true", "true"),
        ("TRUE", "true"),
        ("1", "true"),
        ("Vrai", "true"),
        ("Wahr", "true"),
        ("false", "false"),
        ("0", "false"),
        ("FAUX", "false"),
        ("Falsch", "false"),
        ("yes", None),
        ("2", None),
    ],
)
def test_booleans(text, landed, folders, only):
    row = only(
        "generic/calls.csv", f"call_id,started_at,resolved\nK,2025-03-01,{text}\n"
    )
    assert row.rows_landed == (landed is not None)
    if landed:
        assert folders.column("generic/calls", "resolved") == [landed]


@pytest.mark.parametrize(
    ("text", "landed"),
    [
        ("2025-03", "2025-03-01"),
        ("2025-03-01", "2025-03-01"),
        ("2025-03-15", None),
        ("2025-13", None),
        ("mars-25", None),
    ],
)
def test_months(text, landed, folders, only):
    row = only(
        "generic/support_costs.csv",
        f"period_month,category,amount\n{text},tools,1\n",
    )
    assert row.rows_landed == (landed is not None)
    if landed:
        assert folders.column("generic/support_costs", "period_month") == [landed]


def test_rows_of_another_width_are_rejects(way, folders, only):
    row = only(
        "generic/calls.csv",
        "call_id,started_at,queue\nK1,2025-03-01,A\nK2,2025-03-01\n"
        "K3,2025-03-01,A,B\nK4,2025-03-01,A,\nK5,2025-03-01,A\n",
    )
    assert (row.rows_read, row.rows_landed) == (5, 3)
    assert folders.column("generic/calls", "call_id") == ["K1", "K4", "K5"]
    assert folders.reasons() == [
        (3, "2 fields, 3 expected as in the header"),
        (4, "4 fields, 3 expected as in the header"),
    ]


def test_a_row_stands_at_the_line_where_it_starts(way, folders, only):
    row = only(
        "generic/calls.csv",
        '\ufeffcall_id,queue,started_at\r\nK1,"A\r\nB",2025-03-01\r\n\r\n'
        'K2,"say ""hi"", twice",2025-03-02\r\n,,\r\n'
        '"K\r\n3",C,never\r\nK4,D,2025-03-04\r\n,,\r\n\r\n',
    )
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (4, 3, 1)
    assert [
        (r["_line"], r["call_id"], r["queue"]) for r in folders.rows("generic/calls")
    ] == [(2, "K1", "A\r\nB"), (5, "K2", 'say "hi", twice'), (9, "K4", "D")]
    [reject] = folders.rejects()
    assert (reject["_line"], reject["raw_text"]) == (7, '"K\r\n3",C,never')


def test_a_spreadsheet_s_empty_trailing_row_is_no_row(way, folders, only):
    row = only("generic/calls.csv", f"{CALLS}K1,2025-03-01,,,,\n,,,,,\n,, ,,,\n")
    assert (row.rows_read, row.rows_landed) == (1, 1)


def test_a_trailing_empty_column_is_no_column(way, folders, only):
    row = only("generic/calls.csv", "call_id,started_at,\nK1,2025-03-01,\n")
    assert (row.rows_landed, row.message) == (1, "")


def test_a_quote_never_closed_spoils_one_line(way, folders, only):
    row = only(
        "generic/calls.csv",
        'call_id,queue,started_at\nK1,"A,2025-03-01\nK2,B,2025-03-02\n'
        "K3,C,2025-03-03\n",
    )
    assert (row.rows_read, row.rows_landed) == (3, 2)
    assert folders.column("generic/calls", "call_id") == ["K2", "K3"]
    [reject] = folders.rejects()
    assert (reject["_line"], reject["raw_text"]) == (2, 'K1,"A,2025-03-01')
    assert reject["reason"].startswith("malformed quotes")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_header_s(way, delimiter, folders, only):
    lines = [["call_id", "started_at", "queue"], ["K1", "2025-03-01", '"a;b,c\td"']]
    only("generic/calls.csv", "\n".join(delimiter.join(line) for line in lines))
    assert folders.column("generic/calls", "queue") == ["a;b,c\td"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(way, encoding, folders, only):
    text = "call_id,started_at,queue\nK1,2025-03-01,Réclamé\nK2,never,Œuvre €\n"
    row = only("generic/calls.csv", text.encode(encoding))
    assert (row.rows_landed, row.rows_rejected) == (1, 1)
    assert folders.column("generic/calls", "queue") == ["Réclamé"]
    assert folders.rejects()[0]["raw_text"] == "K2,never,Œuvre €"
    assert folders.rejects()[0]["_line"] == 3


HEAD = b"call_id,started_at,queue\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "no header"),
        (b",,\nK1,2025-03-01,A\n", "lacks required columns call_id, started_at"),
        (b"call_id,queue\nK1,A\n", "lacks required column started_at; it has call_id"),
        (b"call_id,started_at,Call ID\n", "names column 'call_id' twice"),
        (b"K1;2025-03-01;A\n", "lacks required columns"),
        (b"PK\x03\x04\0\0", "binary content"),
        (HEAD.decode().encode("utf-16-le"), "binary content"),
        (HEAD + b"K1,2025-03-01,\x81\n", "neither UTF-8, UTF-16 nor Windows-1252"),
        (HEAD + b"K1,2025-03-01,\xc3\xa9\nK2,2025-03-01,\xe9\n", "line 3: not UTF-8"),
        (HEAD + b"K1,2025-03-01,\xc3\xa9\xc3", "line 2: not UTF-8"),
        (b"\xff\xfe" + HEAD.decode().encode("utf-16-le") + b"x", "neither UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content, expected, folders):
    folders.write("generic/calls.csv", content)
    folders.write("generic/calls_good.csv", HEAD + b"K1,2025-03-01,A\n")
    bad, good = folders.land().files
    assert (bad.status, bad.entity, bad.rows_read) == ("unreadable", "calls", 0)
    assert expected in bad.message
    assert good.rows_landed == 1


def test_a_header_alone_is_no_rows(way, only):
    row = only("generic/calls.csv", "call_id,started_at")
    assert (row.status, row.rows_read) == ("landed", 0)


def test_a_header_below_blank_lines_counts_lines_from_the_top(folders, only):
    only("generic/calls.csv", "\n\ncall_id,started_at\nK1,2025-03-01\n")
    assert folders.column("generic/calls", "_line") == [4]


def test_a_header_below_blank_lines_of_one_column_is_no_row(folders, only):
    only("shopify/products.csv", "\nVariant SKU\nMUG-1\n")
    [row] = folders.rows("shopify/products")
    assert (row["variant_sku"], row["_line"]) == ("MUG-1", 3)


def test_accents_and_line_ends_cut_by_a_chunk(folders, only):
    # The chunks in which a file is looked at part é, and a line end, in the middle.
    head = "call_id,started_at,queue\r\nK1,2025-03-01,"
    for cut in (CHUNK - len(head) - 1, CHUNK - len(head) - 3):
        row = only("generic/calls.csv", f"{head}{'x' * cut}é\r\nK2,2025-03-02,B\r\n")
        assert (row.rows_read, row.rows_landed) == (2, 2)
        assert text_of(folders.landing / row.file, folders.raw).plain_breaks


def test_the_file_name_tells_the_entity(folders):
    header = "contact_id,occurred_at,event_type\nC1,2025-03-01,opened\n"
    folders.write("generic/contact_events_2025.csv", header)
    folders.write("generic/contacts-2025.csv", "contact_id,opened_at,channel\n")
    assert [row.entity for row in folders.land().files] == [
        "contact_events",
        "contacts",
    ]


def test_parquet_lands_like_csv(folders):
    path = folders.landing / "generic/calls.parquet"
    path.parent.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"""
            copy (
                select 'K' || i as call_id, 12 + i as wait_seconds, i = 1 as resolved,
                    timestamptz '2025-03-01 10:00:00+02' as started_at,
                    case when i = 2 then 'lost' else 'answered' end as outcome,
                    0.1 as colour
                from range(1, 4) as numbers(i)
            ) to '{path}'
        """)
    [row] = folders.land().files
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (3, 2, 1)
    first, last = folders.rows("generic/calls")
    assert (first["_line"], first["resolved"], first["wait_seconds"]) == (
        1,
        "true",
        "13",
    )
    assert first["started_at"] == "2025-03-01 08:00:00+00"
    assert (last["_line"], last["call_id"]) == (3, "K3")
    [reject] = folders.rejects()
    assert (reject["_line"], '"call_id":"K2"' in reject["raw_text"]) == (2, True)


def test_parquet_names_with_wildcards_are_taken_literally(folders):
    (folders.landing / "generic").mkdir(parents=True)
    for name in ("calls [1]", "calls 1", "calls ?", "calls *"):
        duckdb.sql(
            f"select '{name}' as call_id, '2025-03-01' as started_at"
        ).write_parquet(f"{folders.landing}/generic/{name}.parquet")
    folders.land()
    rows = folders.rows("generic/calls")
    assert len(rows) == 4
    assert all(row["_file"] == f"generic/{row['call_id']}.parquet" for row in rows)


def test_a_broken_parquet_file_is_unreadable(only):
    row = only("generic/calls.parquet", "call_id,started_at\n")
    assert row.status == "unreadable"
    assert "not a Parquet file" in row.message


def test_ndjson_lands_like_csv(folders, only):
    row = only(
        "generic/calls.ndjson",
        '{"call_id": 7, "started_at": "2025-03-01", "resolved": true, "colour": 1}\n'
        "\n"
        '{"call_id": "K2", "started_at": "never"}\n'
        '{"call_id": "K3", "started_at": \n'
        "[]\n"
        "3\n"
        '{"call_id": "K4", "started_at": "2025-03-01", "wait_seconds": NaN}\n'
        '{"call_id": "K5", "started_at": "2025-03-05", "queue": {"a": [1, null]}}',
    )
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (6, 2, 4)
    first, last = folders.rows("generic/calls")
    assert (first["call_id"], first["resolved"], first["_line"]) == ("7", "true", 1)
    assert (last["queue"], last["_line"]) == ('{"a":[1,null]}', 8)
    reasons = dict(folders.reasons())
    assert sorted(reasons) == [3, 4, 6, 7]
    assert reasons[4].startswith("not JSON")
    assert reasons[6] == "not a JSON object"
    assert reasons[7] == "not JSON (NaN is not JSON)"


def test_both_ways_land_and_reject_the_same(folders, monkeypatch):
    """Random files of good and hostile fields, read one way and the other."""
    good = ["K1", "2025-03-01", "answered", "5", "", " ", "-", "é ", '"x,y"', 'a"b']
    hostile = ['"', '"x\ny"', ' "z,"', '"z" ', '"q"q', "a,b", "\n", "\r\n", "\r", '""']
    generator = random.Random(7)
    for number in range(80):
        lines = [
            [
                "K",
                "2025-03-01",
                *generator.choices(
                    good + hostile if generator.random() < 0.2 else good, k=4
                ),
            ]
            for _ in range(4)
        ]
        body = "".join(",".join(line) + "\n" for line in lines)
        folders.write(f"generic/calls_{number}.csv", CALLS + body)
    exact = Counter()
    rows = delimited.Rows
    monkeypatch.setattr(
        delimited, "Rows", lambda *args: exact.update(files=1) or rows(*args)
    )
    first = outcome(folders)
    assert 20 < exact["files"] < 60  # of 80: both ways are put to the test
    monkeypatch.setattr(delimited, "plain", lambda *_: False)
    monkeypatch.setattr("savoir.landing.run.READER_VERSION", "exact")
    assert outcome(folders) == first
    assert exact["files"] > 80


def outcome(folders):
    report = land(folders.landing, folders.raw, show_progress=False)
    rows = folders.rows("generic/calls") + folders.rejects()
    return (
        [row | {"_landed_at": None} for row in rows],
        [(f.file, f.status, f.rows_read, f.message) for f in report.files],
    )
