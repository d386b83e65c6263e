"""What Intercom's exports become."""

import json

import pytest

PART = {
    "type": "conversation_part",
    "id": "269650480",
    "part_type": "comment",
    "body": "<p>Hi</p>",
    "created_at": 1539897300,
    "author": {"type": "bot", "id": "99", "from_ai_agent": True},
    "assigned_to": {"type": "team", "id": "7"},
}
CONVERSATION = {
    "type": "conversation",
    "id": "1911149811",
    "created_at": 1539897198,
    "updated_at": 1540393270,
    "state": "closed",
    "source": {
        "type": "email",
        "delivered_as": "customer_initiated",
        "author": {"type": "lead", "id": "5bc8", "email": "ann@example.com"},
    },
    "contacts": {
        "type": "contact.list",
        "contacts": [{"type": "contact", "id": "5bc8"}],
    },
    "tags": {"type": "tag.list", "tags": [{"id": "1", "name": "spam"}]},
    "conversation_rating": {
        "rating": 4,
        "created_at": 1540000000,
        "remark": "ok",
        "teammate": {"id": "8"},
    },
    "statistics": {"first_admin_reply_at": 1539897400, "count_reopens": 2},
}
PARTS = {"type": "conversation_part.list", "conversation_parts": [PART]}


def lines(*values):
    return "\n".join(json.dumps(value) for value in values) + "\n"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        (
            "1.json",
            lines({"type": "x.list", "conversations": [CONVERSATION]}),
        ),
        ("2.json", json.dumps(CONVERSATION, indent=1)),
        ("3.ndjson", lines({"stream": "conversations", "data": CONVERSATION})),
        ("conversations.json", lines([CONVERSATION])),
    ],
)
def test_a_conversation_lands_from_every_wrapping(file, content, folders):
    folders.write(f"intercom/{file}", content)
    folders.land()
    [row] = folders.rows("intercom/conversations")
    assert (row["id"], row["state"], row["tags"]) == (
        "1911149811",
        "closed",
        '["spam"]',
    )
    # 1539897198 s after 1970 is 18 October 2018, 21:13:18
    assert row["created_at"] == "2018-10-18T21:13:18Z"
    assert (row["contact_id"], row["author_type"]) == ("5bc8", "lead")
    assert (row["source_type"], row["delivered_as"]) == ("email", "customer_initiated")
    assert (row["rating"], row["rating_at"]) == ("4", "2018-10-20T01:46:40Z")
    assert (row["rating_teammate_id"], row["rating_remark"]) == ("8", "ok")
    assert row["first_admin_reply_at"] == "2018-10-18T21:16:40Z"
    assert (row["count_reopens"], row["last_close_at"]) == ("2", None)


def test_parts_land_beside_their_conversation(folders):
    folders.write(
        "intercom/a.json", lines(CONVERSATION | {"conversation_parts": PARTS})
    )
    folders.write("intercom/conversation_parts.json", lines([PART | {"id": "2"}]))
    files = folders.land().files
    assert {(f.entity, f.rows_landed, f.rows_rejected) for f in files} == {
        ("conversations", 1, 0),
        ("conversation_parts", 1, 0),
        ("conversation_parts", 0, 1),  # nobody says of which conversation
    }
    [part] = folders.rows("intercom/conversation_parts")
    assert (part["conversation_id"], part["author_type"]) == ("1911149811", "bot")
    assert (part["from_ai_agent"], part["assigned_to_type"]) == ("true", "team")
    assert part["created_at"] == "2018-10-18T21:15:00Z"


def test_older_versions_name_the_customer_otherwise(folders):
    old = {k: v for k, v in CONVERSATION.items() if k not in ("source", "contacts")}
    folders.write(
        "intercom/conversations.ndjson",
        lines(
            old
            | {"contacts": [{"type": "lead", "id": "c"}], "conversation_rating": None},
            old | {"user": {"type": "user", "id": "u"}, "assignee": {"type": "admin"}},
        ),
    )
    folders.land()
    assert folders.column("intercom/conversations", "contact_id") == ["c", "u"]
    assert folders.column("intercom/conversations", "rating") == [None, "4"]
    assert folders.column("intercom/conversations", "assignee_type") == [None, "admin"]


def test_fivetrans_tables(folders):
    folders.write(
        "intercom/conversation_history_data.csv",
        "id,updated_at,assignee_id,assignee_type,conversation_rating_value,created_at,"
        "first_contact_reply_created_at,source_author_id,source_author_type,"
        "source_delivered_as,source_type,state,source_body\n"
        "15,2020-10-29 00:26:06,4077639,admin,5,2020-10-28 23:59:37,"
        "2020-10-28 23:59:37,5f72,user,customer_initiated,conversation,open,x\n",
    )
    folders.write(
        "intercom/conversation_part_history.csv",
        "id,conversation_id,part_type,created_at\n1,15,close,2020-10-29 12:38:27\n"
        "2,15,close,\n",
    )
    folders.write("intercom/tag_data.csv", "id,name\n1,x\n")
    by_name = {row.file.split("/")[1]: row for row in folders.land().files}
    conversations, parts, tags = (by_name[file] for file in sorted(by_name))
    assert (conversations.entity, conversations.message) == (
        "conversations",
        "columns not landed: source_body",
    )
    [row] = folders.rows("intercom/conversations")
    assert (row["rating"], row["author_id"], row["author_type"]) == (
        "5",
        "5f72",
        "user",
    )
    assert (parts.rows_landed, parts.rows_rejected) == (1, 1)
    assert folders.reasons() == [(3, "created_at: missing (a value is required)")]
    assert (tags.status, tags.message[:28]) == (
        "unreadable",
        "the file name matches nothin",
    )


def test_what_has_another_form_is_rejected(folders, only):
    row = only(
        "intercom/conversations.ndjson",
        lines(
            CONVERSATION,
            CONVERSATION | {"tags": {"tags": ["spam"]}},
            CONVERSATION | {"id": None},
            CONVERSATION | {"created_at": "soon"},
        ),
    )
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (4, 1, 3)
    [form, missing, soon] = folders.reasons()
    assert form[1].startswith("not the form of conversations (")
    assert missing == (3, "id: missing (a value is required)")
    assert soon[1].startswith("created_at: 'soon' is not a timestamp")
