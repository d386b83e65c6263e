"""What exports of listening tools become."""

import json

import pytest


def test_a_csv_of_mentions(folders, only):
    row = only(
        "social/export mars.csv",
        "Mention ID;Link;Date;Platform;Type;Author;Status;Tags;Text\n"
        '1;;01/03/2026 10:00;Twitter;mention;@ann;open;"a, b";x\n'
        ";https://example.com/2;31/3/2026, 10:00 PM;Blog;;;;;x\n"
        ";;01/03/2026 10:00;Twitter;mention;@ann;open;;x\n"
        "4;;yesterday;Twitter;mention;@ann;open;;x\n",
    )
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (4, 2, 2)
    assert row.message == "columns not landed: Text"
    first, second = folders.rows("social/mentions")
    assert (first["id"], first["network"], first["kind"]) == ("1", "Twitter", "mention")
    assert (first["published_at"], first["tags"]) == (
        "2026-03-01 10:00:00",
        '["a","b"]',
    )
    assert second["id"] == "https://example.com/2"
    assert second["published_at"] == "2026-03-31 22:00:00"
    reasons = folders.reasons()
    assert reasons[0] == (4, "id: missing (an id or a url is required)")
    assert reasons[1][1].startswith("published_at: 'yesterday' is not a date and time")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("x.ndjson", "MENTION\n"),
        ("export (1).json", "[MENTION]"),
        ("page.json", '{"mentions": [MENTION]}'),
        ("page.json", '{"data": [MENTION], "next": null}'),
    ],
)
def test_mentions_land_from_every_wrapping(file, content, folders):
    mention = {
        "id": 2,
        "conversation_id": "c",
        "timestamp": 1540393270,
        "platform": "instagram",
        "outbound": True,
        "author": {"id": 7, "username": "ann"},
        "text": "not landed",
    }
    folders.write(f"social/{file}", content.replace("MENTION", json.dumps(mention)))
    folders.land()
    [row] = folders.rows("social/mentions")
    # 1540393270 s after 1970 is 24 October 2018, 15:01:10
    assert (row["id"], row["published_at"]) == ("2", "2018-10-24T15:01:10Z")
    assert (row["conversation_id"], row["network"]) == ("c", "instagram")
    assert (row["is_own"], row["author_id"], row["author"]) == ("true", "7", "ann")


def test_a_table_without_network_is_unreadable(only):
    row = only("social/a.csv", "Mention ID,Date\n1,2026-03-01\n")
    assert row.status == "unreadable"
    assert row.message.startswith("the header lacks required column network")


@pytest.mark.parametrize(
    ("text", "order", "landed"),
    [
        ("31/12/2026", None, "2026-12-31 00:00:00"),
        ("12/31/2026 9:05:07", None, "2026-12-31 09:05:07"),
        ("31.12.2026 21:05", None, "2026-12-31 21:05:00"),
        ("1-2-26, 9:05 pm", "dmy", "2026-02-01 21:05:00"),
        ("1-2-26, 9:05 pm", "mdy", "2026-01-02 21:05:00"),
        ("1/2/2026 12:00am", "mdy", "2026-01-02 00:00:00"),
        ("2026-12-31 21:05:00 +0100", None, "2026-12-31 21:05:00+0100"),
        # a date in the other order
        ("12/31/2026", "dmy", None),
        ("31/12/2026", "mdy", None),
        # a date in neither
        ("13/13/2026", None, None),
        ("31/02/2026", None, None),
        ("31/12/2026 25:00", None, None),
        ("31/12/2026 13:00 pm", None, None),
        ("31/12/1926", None, None),
    ],
)
def test_dates_of_a_locale_land_in_iso_8601(text, order, landed, folders, only):
    row = only("social/a.csv", f'id,date,network\n1,"{text}",x\n', order)
    assert row.rows_landed == (landed is not None)
    if landed:
        assert folders.column("social/mentions", "published_at") == [landed]
