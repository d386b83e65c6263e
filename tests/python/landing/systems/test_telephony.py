"""Telephony: Aircall and Twilio."""

import json

import pytest


def dumps(*records):
    return "\n".join(json.dumps(record) for record in records)


# Aircall

AIRCALL = {
    "id": 812,
    "direction": "inbound",
    "status": "done",
    "missed_call_reason": None,
    "started_at": 1584998199,
    "answered_at": 1584998205,
    "ended_at": 1584998210,
    "duration": 11,
    "voicemail": None,
    "raw_digits": "+1 800-123-4567",
    "user": {"id": 456, "name": "Ann", "email": "ann@example.com"},
    "contact": None,
    "number": {"id": 1, "name": "SAV"},
    "teams": [{"id": 3, "name": "Niveau 1"}],
}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"meta": {"count": 1}, "calls": [AIRCALL]}),
        json.dumps({"call": AIRCALL}),
        dumps({"resource": "call", "event": "call.ended", "data": AIRCALL}),
        dumps(AIRCALL),
    ],
)
def test_an_aircall_call(content, folders, only):
    only("aircall/calls.json", content)
    [row] = folders.rows("aircall/calls")
    assert (row["id"], row["number_name"], row["user_id"]) == ("812", "SAV", "456")
    assert (row["started_at"], row["contact_id"]) == ("1584998199", None)
    assert (row["team_name"], row["raw_digits"]) == ("Niveau 1", "+1 800-123-4567")


def test_aircall_rejects(folders, only):
    row = only(
        "aircall/calls.ndjson",
        dumps(
            AIRCALL | {"teams": []},
            AIRCALL | {"direction": "sideways"},
            AIRCALL | {"started_at": "2020-03-23"},
        ),
    )
    assert (row.rows_landed, row.rows_rejected) == (1, 2)
    assert [line for line, _ in folders.reasons()] == [2, 3]


# Twilio

TWILIO = {
    "sid": "CA1",
    "parent_call_sid": None,
    "direction": "inbound",
    "status": "completed",
    "from": "+33639980001",
    "to": "+33123456789",
    "start_time": "Tue, 10 Aug 2010 08:02:17 +0000",
    "end_time": "Tue, 10 Aug 2010 08:02:47 +0000",
    "duration": "30",
    "price": "-0.03000",
    "queue_time": "0",
}
EVENT = {
    "sid": "EV1",
    "event_type": "reservation.accepted",
    "event_date": "2026-03-02T10:00:35Z",
    "event_data": {
        "task_sid": "WT1",
        "worker_sid": "WK1",
        "worker_name": "ann",
        "task_queue_name": "SAV",
        "task_attributes": '{"call_sid":"CA1","from":"+33639980001"}',
    },
}


@pytest.mark.parametrize(
    "content",
    [json.dumps({"calls": [TWILIO], "page": 0, "uri": "/x"}), dumps(TWILIO)],
)
def test_a_twilio_call(content, folders, only):
    only("twilio/calls.json", content)
    [row] = folders.rows("twilio/calls")
    assert (row["from_number"], row["duration"]) == ("+33639980001", "30")
    assert row["start_time"] == "2010-08-10T08:02:17+00:00"


def test_a_twilio_event(folders, only):
    events = [EVENT, EVENT | {"sid": "EV2", "event_data": {"task_attributes": "{"}}]
    row = only("twilio/events.json", json.dumps({"events": events, "meta": {}}))
    assert (row.entity, row.rows_landed) == ("events", 2)
    first, second = folders.rows("twilio/events")
    assert (first["call_sid"], first["worker_sid"]) == ("CA1", "WK1")
    assert (first["task_sid"], first["task_queue_name"]) == ("WT1", "SAV")
    assert (second["call_sid"], second["task_sid"]) == (None, None)


def test_a_loaders_table_of_twilio_calls(folders, only):
    row = only(
        "twilio/call.csv",
        "id,direction,duration,end_time,from,parent_call_id,start_time,status,to,"
        "updated_at\n"
        "CA1,inbound,0,2022-07-25 16:37:07.000000 UTC,15555555555,,"
        "2022-07-25 16:37:07.000000 UTC,canceled,1555,2022-07-25 16:37:07.000000 UTC\n"
        "CA2,inbound,0,,15555555555,,2022-02-30 17:23:13.000000 UTC,completed,1555,\n",
    )
    assert (row.rows_landed, row.rows_rejected) == (1, 1)
    assert folders.column("twilio/calls", "sid") == ["CA1"]
    assert folders.reasons()[0][0] == 3
