"""What Gorgias's exports become."""

import json

import pytest

MESSAGE = {
    "id": 3,
    "public": True,
    "from_agent": False,
    "sender": {"id": 50, "email": "ann@example.com"},
    "via": "email",
    "created_datetime": "2026-01-10T10:00:00.966927",
}
SURVEY = {
    "id": 9,
    "score": 2,
    "created_datetime": "2026-01-11T10:00:00",
    "scored_datetime": "2026-01-12T10:00:00",
}
TICKET = {
    "id": 7,
    "status": "closed",
    "channel": "email",
    "from_agent": False,
    "spam": False,
    "customer": {"id": 50, "email": "ann@example.com"},
    "assignee_user": {"id": 8},
    "assignee_team": {"id": 1, "name": "Returns"},
    "tags": [{"id": 1, "name": "vip"}],
    "custom_fields": {"12": {"id": 12, "value": "delay"}},
    "created_datetime": "2026-01-10T10:00:00.966927",
    "closed_datetime": "2026-01-11T10:00:00",
}


@pytest.mark.parametrize(
    ("file", "content"),
    [
        (
            "tickets_1.json",
            json.dumps({"data": [TICKET], "object": "list", "meta": {}}),
        ),
        ("ticket.json", json.dumps(TICKET, indent=1)),
        ("x.ndjson", json.dumps({"stream": "tickets", "data": TICKET}) + "\n"),
    ],
)
def test_a_ticket_lands_from_every_wrapping(file, content, folders):
    folders.write(f"gorgias/{file}", content)
    folders.land()
    [row] = folders.rows("gorgias/tickets")
    assert (row["id"], row["status"], row["spam"]) == ("7", "closed", "false")
    assert (row["customer_id"], row["assignee_id"]) == ("50", "8")
    assert (row["team"], row["tags"]) == ("Returns", '["vip"]')
    assert row["custom_fields"] == '{"12":"delay"}'
    # KPIs count whole seconds
    assert row["created_at"] == "2026-01-10T10:00:00"
    assert row["closed_at"] == "2026-01-11T10:00:00"


def test_a_ticket_holds_its_messages_and_its_survey(folders):
    ticket = TICKET | {"messages": [MESSAGE], "satisfaction_survey": SURVEY}
    folders.write("gorgias/ticket_7.json", json.dumps(ticket))
    folders.write(
        "gorgias/messages.json", json.dumps({"data": [MESSAGE | {"ticket_id": 8}]})
    )
    folders.write(
        "gorgias/satisfaction-surveys_1.json",
        json.dumps({"data": [SURVEY | {"ticket_id": 8, "score": None}]}),
    )
    folders.land()
    assert folders.column("gorgias/messages", "ticket_id") == ["8", "7"]
    assert folders.column("gorgias/messages", "sender_id") == ["50", "50"]
    surveys = folders.rows("gorgias/satisfaction_surveys")
    assert [(s["ticket_id"], s["score"]) for s in surveys] == [("8", None), ("7", "2")]
    assert surveys[1]["scored_at"] == "2026-01-12T10:00:00"


def test_events(folders, only):
    event = {
        "id": 1,
        "object_type": "Ticket",
        "object_id": 7,
        "type": "ticket-closed",
        "created_datetime": "2026-01-10T10:00:00",
    }
    row = only("gorgias/events_1.json", json.dumps({"data": [event, {"id": 2}]}))
    assert (row.entity, row.rows_landed, row.rows_rejected) == ("events", 1, 1)
    assert folders.reasons() == [(2, "object_id: missing (a value is required)")]


def test_an_event_says_the_team_and_a_customer_the_telephone(folders):
    event = {
        "id": 1,
        "object_id": 7,
        "type": "ticket-team-assigned",
        "data": {"assignee_team_id": 70},
        "created_datetime": "2026-01-10T10:00:00",
    }
    customer = {
        "id": 50,
        "email": None,
        "channels": [
            {"type": "email", "address": "ann@example.com"},
            {"type": "phone", "address": "+33639981234"},
        ],
    }
    folders.write("gorgias/events.json", json.dumps({"data": [event]}))
    folders.write("gorgias/customers.json", json.dumps({"data": [customer]}))
    folders.land()
    assert folders.column("gorgias/events", "data") == ['{"assignee_team_id":70}']
    assert folders.column("gorgias/customers", "phone") == ["+33639981234"]


def test_the_csv_export(folders, only):
    row = only(
        "gorgias/view 12.csv",
        "Ticket ID,Creation date,Closed date,Initial channel,Tags,Survey score,"
        "Customer email,Assignee email,First response time (s),Subject\n"
        '1,2026-01-10 10:00:00,,chat,"vip, spam",5,a@example.com,b@example.com,90.7,x\n'
        "2,10/01/2026,,chat,,,,,,x\n",
    )
    assert (row.rows_landed, row.rows_rejected) == (1, 1)
    [ticket] = folders.rows("gorgias/tickets")
    assert (ticket["channel"], ticket["tags"]) == ("chat", '["vip","spam"]')
    assert (ticket["survey_score"], ticket["first_response_seconds"]) == ("5", "90.7")
    assert "created_at: '10/01/2026' is not a timestamp" in folders.reasons()[0][1]


def test_what_has_another_form_is_rejected(folders, only):
    row = only(
        "gorgias/tickets.json", json.dumps({"data": [TICKET | {"customer": "Ann"}]})
    )
    assert (row.rows_landed, row.rows_rejected) == (0, 1)
    assert folders.reasons()[0][1].startswith("not the form of tickets (")
