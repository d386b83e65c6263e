"""What HubSpot's exports become."""

import json

import pytest

TICKET = {
    "id": "901",
    "properties": {
        "createdate": "2026-03-01T10:00:00.123Z",
        "hs_lastmodifieddate": "2026-03-02T10:00:00Z",
        "hs_pipeline_stage": "4",
        "hs_ticket_category": "Refund;Delay",
        "order_no": "A1",
    },
    "archived": False,
    "associations": {"contacts": {"results": [{"id": "55"}, {"id": "56"}]}},
}


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("tickets_1.json", json.dumps({"results": [TICKET], "paging": {}})),
        ("tickets.ndjson", json.dumps(TICKET) + "\n"),
        ("x.ndjson", json.dumps({"stream": "tickets", "data": TICKET}) + "\n"),
    ],
)
def test_a_ticket_lands_from_every_wrapping(file, content, folders):
    folders.write(f"hubspot/{file}", content)
    folders.land()
    [row] = folders.rows("hubspot/tickets")
    assert (row["id"], row["stage"], row["category"]) == ("901", "4", "Refund")
    assert (row["contact_ids"], row["archived"]) == ("55", "false")
    assert row["created_at"] == "2026-03-01T10:00:00Z"
    assert row["updated_at"] == "2026-03-02T10:00:00Z"
    assert json.loads(row["properties"])["order_no"] == "A1"


def test_version_1_gives_values_as_objects_and_times_in_milliseconds(folders):
    old = {
        "objectId": 902,
        "isDeleted": True,
        "properties": {
            "createdate": {"value": "1540393270000", "timestamp": 1},
            "hs_pipeline_stage": {"value": "1"},
        },
    }
    folders.write("hubspot/all.json", json.dumps({"objects": [old]}))
    folders.land()
    [row] = folders.rows("hubspot/tickets")
    # 1540393270 s after 1970 is 24 October 2018, 15:01:10
    assert (row["id"], row["created_at"]) == ("902", "2018-10-24T15:01:10Z")
    assert (row["stage"], row["archived"]) == ("1", "true")


def test_pipelines_give_their_stages_and_owners_their_first_team(folders):
    stages = [
        {"id": "1", "label": "New", "metadata": {"ticketState": "OPEN"}},
        {"id": "9", "label": "Done", "metadata": {"ticketState": "CLOSED"}},
    ]
    pipelines = {"results": [{"id": "0", "label": "Support", "stages": stages}]}
    teams = [{"name": "Calls"}, {"name": "Mails", "primary": True}]
    folders.write("hubspot/pipelines.json", json.dumps(pipelines))
    folders.write(
        "hubspot/owners.json", json.dumps({"results": [{"id": "7", "teams": teams}]})
    )
    folders.land()
    rows = folders.rows("hubspot/pipeline_stages")
    assert [(r["id"], r["label"], r["ticket_state"]) for r in rows] == [
        ("1", "New", "OPEN"),
        ("9", "Done", "CLOSED"),
    ]
    assert folders.column("hubspot/owners", "team") == ["Mails"]


def test_the_csv_export(folders, only):
    row = only(
        "hubspot/hubspot-crm-exports-all-tickets-2026-11-22.csv",
        "Ticket ID,Ticket name,Ticket status,Create date,Associated Contact,"
        "Associated Contact IDs,Ticket owner\n"
        "903,x,Closed (Support Pipeline),2026-03-01 10:00,"
        "Bob (bob@example.com);Al (al@example.com),55;56,Ann Lee\n"
        "904,x,New,3/1/2026 10:00,,,\n",
    )
    assert (row.rows_landed, row.rows_rejected) == (1, 1)
    [ticket] = folders.rows("hubspot/tickets")
    assert (ticket["stage"], ticket["owner"]) == ("Closed", "Ann Lee")
    assert (ticket["contact_ids"], ticket["contact_email"]) == ("55", "bob@example.com")
    assert "created_at: '3/1/2026 10:00' is not a timestamp" in folders.reasons()[0][1]


def test_what_has_another_form_is_rejected(folders, only):
    row = only(
        "hubspot/tickets.ndjson",
        json.dumps(TICKET | {"properties": "x"})
        + "\n"
        + json.dumps({"id": "1"})
        + "\n",
    )
    assert (row.rows_landed, row.rows_rejected) == (0, 2)
    assert folders.reasons()[0][1].startswith("not the form of tickets (")
    assert folders.reasons()[1] == (2, "created_at: missing (a value is required)")
