"""What Freshdesk's exports become."""

import json

import pytest

TICKET = {
    "id": 18,
    "status": 4,
    "priority": 2,
    "source": 1,
    "type": "Question",
    "created_at": "2026-01-10T02:37:13Z",
    "updated_at": "2026-01-11T21:26:52Z",
    "spam": False,
    "tags": ["vip", "é"],
    "custom_fields": {"cf_order": "A1"},
    "requester": {"id": 7, "email": "ann@example.com", "phone": "+33612345678"},
    "stats": {"first_responded_at": "2026-01-10T03:00:00Z", "closed_at": None},
    "subject": "not landed",
}
OLD_TICKET = {
    "id": 5007268642,
    "display_id": 1,
    "status": 2,
    "created_at": "2014-12-31T12:27:09+10:00",
    "ticket_type": "Refund",
    "custom_field": {},
    "notes": [{"note": {"id": 3, "incoming": False, "created_at": "2015-01-01"}}],
}
NOTE = {
    "id": 3,
    "ticket_id": 18,
    "incoming": True,
    "private": False,
    "created_at": "2026-01-10T10:00:00Z",
}
RATING = {
    "id": 5,
    "ticket_id": 18,
    "ratings": {"default_question": 103},
    "created_at": "2026-01-12T10:00:00Z",
}
ENTRY = {"id": 9, "ticket_id": 18, "time_spent": "01:30"}


def lines(*values):
    return "\n".join(json.dumps(value) for value in values) + "\n"


@pytest.mark.parametrize(
    ("file", "content", "line"),
    [
        ("tickets.json", json.dumps([TICKET]), 1),
        ("v2_search_tickets.json", json.dumps({"total": 1, "results": [TICKET]}), 1),
        ("ticket_18.json", json.dumps(TICKET, indent=1), 1),
        (
            "airbyte.ndjson",
            lines({"job": {}}, {"stream": "tickets", "data": TICKET}),
            2,
        ),
        ("page.ndjson", lines({"tickets": [TICKET]}), 1),
    ],
)
def test_a_ticket_lands_from_every_wrapping(file, content, line, folders):
    folders.write(f"freshdesk/{file}", content)
    folders.land()
    [row] = folders.rows("freshdesk/tickets")
    assert (row["id"], row["status"], row["spam"]) == ("18", "4", "false")
    assert (row["tags"], row["custom_fields"]) == ('["vip","é"]', '{"cf_order":"A1"}')
    assert row["requester_email"] == "ann@example.com"
    assert row["requester_phone"] == "+33612345678"
    assert row["first_responded_at"] == "2026-01-10T03:00:00Z"
    assert (row["closed_at"], row["_line"]) == (None, line)


def test_version_1_names_a_ticket_by_its_number_and_holds_its_notes(folders):
    folders.write("freshdesk/one.json", json.dumps({"helpdesk_ticket": OLD_TICKET}))
    folders.land()
    [ticket] = folders.rows("freshdesk/tickets")
    assert (ticket["id"], ticket["type"]) == ("1", "Refund")
    assert ticket["created_at"] == "2014-12-31T12:27:09+10:00"
    [note] = folders.rows("freshdesk/conversations")
    assert (note["id"], note["ticket_id"], note["incoming"]) == ("3", "1", "false")


def test_version_1_agents_go_by_the_id_of_their_user(folders):
    agent = {"id": 1, "user_id": 5, "user": {"email": "a@example.com"}}
    folders.write("freshdesk/v1_agents.json", json.dumps([{"agent": agent}]))
    folders.land()
    [row] = folders.rows("freshdesk/agents")
    assert (row["id"], row["email"]) == ("5", "a@example.com")


@pytest.mark.parametrize(
    ("file", "record", "entity"),
    [
        ("conversations.json", NOTE, "conversations"),
        ("v2_reply_1.json", NOTE, "conversations"),
        ("satisfaction_ratings.ndjson", RATING, "satisfaction_ratings"),
        ("time_entries.json", ENTRY, "time_entries"),
        ("contacts.json", {"id": 1}, "contacts"),
        ("v2_groups.json", {"id": 1, "name": "x"}, "groups"),
    ],
)
def test_bare_objects_are_named_by_their_file(file, record, entity, folders):
    folders.write(f"freshdesk/{file}", lines([record]))
    [row] = folders.land().files
    assert (row.entity, row.rows_landed) == (entity, 1)


def test_ticket_activities_say_their_day_first(folders, only):
    activity = {
        "performed_at": "15-03-2026 06:12:58 +0000",
        "ticket_id": 18,
        "performer_type": "user",
        "performer_id": 8,
        "activity": {"new_ticket": True, "status": "Open", "group": "Retours"},
    }
    other = activity | {"performed_at": "03-15-26"}
    row = only(
        "freshdesk/activities.json", json.dumps({"activities_data": [activity, other]})
    )
    assert (row.entity, row.rows_landed) == ("ticket_activities", 1)
    [landed] = folders.rows("freshdesk/ticket_activities")
    assert landed["performed_at"] == "2026-03-15T06:12:58+00:00"
    assert json.loads(landed["activity"])["group"] == "Retours"


def test_the_csv_export(folders, only):
    row = only(
        "freshdesk/export 1.csv",
        "\ufeffTicket ID,Subject,Status,Source,Agent,Created time,Resolved time,"
        "Tags,Survey results,Email,Tags,Contact ID\r\n"
        '77,"a\r\nb",Resolved,Portal,Zoé,2026-03-01 10:00:00,,"vip, spam",Happy,'
        "a@example.com,of the contact,55\r\n"
        "78,x,Open,Email,,01/03/2026,,,,,,\r\n"
        "79,x,,Email,,2026-03-01 10:00:00,,,,,,\r\n",
    )
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (3, 1, 2)
    assert row.message == "columns in _unknown: Tags; columns not landed: Subject"
    [ticket] = folders.rows("freshdesk/tickets")
    assert (ticket["id"], ticket["responder"], ticket["requester_id"]) == (
        "77",
        "Zoé",
        "55",
    )
    assert (ticket["tags"], ticket["survey_result"]) == ('["vip","spam"]', "Happy")
    assert (ticket["created_at"], ticket["resolved_at"]) == (
        "2026-03-01 10:00:00",
        None,
    )
    assert [line for line, _ in folders.reasons()] == [4, 5]
    assert "created_at: '01/03/2026' is not a timestamp" in folders.reasons()[0][1]
    assert folders.reasons()[1][1] == "status: missing (a value is required)"


def test_what_has_another_form_is_rejected(folders, only):
    row = only(
        "freshdesk/tickets.ndjson",
        lines(TICKET, TICKET | {"requester": "Ann"}, TICKET | {"created_at": None})
        + '{"id": 1, "sta\n',
    )
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (4, 1, 3)
    [form, missing, malformed] = folders.reasons()
    assert form[0] == 2
    assert form[1].startswith("not the form of tickets (")
    assert missing == (3, "created_at: missing (a value is required)")
    assert malformed[1].startswith("not JSON (")


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("companies.json", '[{"id": 1}]', "no known records (1 id); expected JSON"),
        (
            "export.csv",
            "a,b\n1,2\n",
            "the header lacks required columns id, ",
        ),
    ],
)
def test_files_of_other_things_are_named(file, content, expected, only):
    row = only(f"freshdesk/{file}", content)
    assert row.status == "unreadable"
    assert expected in row.message
