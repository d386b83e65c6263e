"""Amazon Connect contact records."""

import json

import pytest

RECORD = {
    "ContactId": "6fe40d2a",
    "Channel": "VOICE",
    "InitiationMethod": "INBOUND",
    "InitiationTimestamp": "2026-03-02T09:00:00Z",
    "DisconnectTimestamp": "2026-03-02T09:05:00Z",
    "LastUpdateTimestamp": "2026-03-02T09:06:00Z",
    "CustomerEndpoint": {"Address": "+33639980001", "Type": "TELEPHONE_NUMBER"},
    "Queue": {"Name": "SAV", "EnqueueTimestamp": "2026-03-02T09:00:10Z"},
    "Agent": {"Username": "ann", "AgentInteractionDuration": 239},
    "Attributes": {"greetingPlayed": "false", "GreetingPlayed": "true"},
    "Recordings": [],
}


def dumps(*records, between="\n"):
    return between.join(json.dumps(record) for record in records)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("records.ndjson", dumps(RECORD, RECORD)),
        # as a delivery stream writes them: no suffix, no separator
        ("connect-1-2026-03-02-09-00-00-0a1b", dumps(RECORD, RECORD, between="")),
        ("two.json", dumps(RECORD, RECORD, between=" ")),
        ("array.json", dumps([RECORD, RECORD])),
        ("pages.json", dumps({"contact_records": [RECORD, RECORD]})),
        ("indented.json", json.dumps([RECORD, RECORD], indent=1)),
    ],
)
def test_a_record_lands_each_time_it_is_delivered(file, content, folders, only):
    row = only(f"amazon_connect/{file}", content)
    assert (row.entity, row.rows_landed, row.message) == ("contact_records", 2, "")
    first, second = folders.rows("amazon_connect/contact_records")
    assert (first["_line"], second["_line"]) == (1, 2)
    assert (first["contact_id"], first["customer_address"]) == (
        "6fe40d2a",
        "+33639980001",
    )
    assert (first["queue_name"], first["agent_username"]) == ("SAV", "ann")
    assert first["agent_interaction_duration"] == "239"
    assert json.loads(first["attributes"]) == RECORD["Attributes"]
    assert first["initial_contact_id"] is None


def test_what_is_missing_is_null_and_what_is_wrong_a_reject(folders, only):
    row = only(
        "amazon_connect/records.ndjson",
        dumps(
            RECORD | {"Queue": None, "Agent": "none", "CustomerEndpoint": {}},
            RECORD | {"LastUpdateTimestamp": "yesterday"},
            RECORD | {"Channel": None},
            {"EventType": "HEART_BEAT"},
        )
        + '\n{"ContactId": "cut',
    )
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (4, 1, 3)
    assert row.message == "not landed: 1 EventType"
    [landed] = folders.rows("amazon_connect/contact_records")
    assert (landed["queue_name"], landed["agent_username"]) == (None, None)
    lines, reasons = zip(*folders.reasons(), strict=True)
    assert lines == (2, 3, 5)
    assert reasons[0].startswith("last_update_timestamp: 'yesterday' is not a ")
    assert reasons[1] == "channel: missing (a value is required)"
    assert reasons[2].startswith("not JSON")


def test_other_json_is_named(only):
    row = only("amazon_connect/agents.json", '{"AgentARN": "arn", "State": {}}')
    assert row.status == "unreadable"
    assert row.message.startswith("no known records (1 AgentARN); expected contact rec")
    cut = only("amazon_connect/agents.json", dumps(RECORD, RECORD, between="")[:-9])
    assert cut.message.startswith("line 1: not a complete JSON document")
