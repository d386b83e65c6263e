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


# Genesys Cloud

SESSION = {
    "sessionId": "s2",
    "mediaType": "voice",
    "ani": "tel:+33639980001",
    "segments": [
        {"segmentStart": "2026-03-02T10:00:05.388Z", "queueId": "q1"},
        {
            "segmentStart": "2026-03-02T10:00:09.388Z",
            "queueId": "q2",
            "wrapUpCode": "refund",
            "disconnectType": "transfer",
        },
    ],
    "metrics": [
        {"name": "nOffered", "value": 1, "emitDate": "2026-03-02T10:00:05Z"},
        {"name": "tTalk", "value": 1500, "emitDate": "2026-03-02T10:01:00Z"},
        {"name": "tTalk", "value": 600, "emitDate": "2026-03-02T10:02:00Z"},
        {"name": "tAnswered", "value": 11179, "emitDate": "2026-03-02T10:00:16Z"},
        {"name": "tMonitoring", "value": 5},
    ],
}
CONVERSATION = {
    "conversationId": "c1",
    "conversationStart": "2026-03-02T10:00:00.388Z",
    "originatingDirection": "inbound",
    "participants": [
        {
            "purpose": "customer",
            "sessions": [{"sessionId": "s1", "mediaType": "voice"}],
        },
        {"purpose": "agent", "userId": "u1", "sessions": [SESSION]},
    ],
}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"conversations": [CONVERSATION], "totalHits": 1}),
        dumps(CONVERSATION),
    ],
)
def test_a_genesys_conversation(content, folders, only):
    row = only("genesys/details.json", content)
    assert (row.entity, row.rows_landed) == ("sessions", 2)
    customer, agent = folders.rows("genesys/sessions")
    assert (customer["session_id"], customer["queue_id"]) == ("s1", None)
    assert (customer["talk_ms"], customer["conversation_end"]) == (None, None)
    assert (agent["conversation_id"], agent["user_id"]) == ("c1", "u1")
    assert (agent["offered"], agent["talk_ms"]) == ("1", "2100")
    assert (agent["answered_ms"], agent["answered_at"]) == (
        "11179",
        "2026-03-02T10:00:16Z",
    )
    assert (agent["queue_id"], agent["wrap_up_code"]) == ("q1", "refund")
    assert agent["session_start"] == "2026-03-02T10:00:05Z"


def test_a_session_without_its_conversation_is_named(only):
    row = only("genesys/session.json", json.dumps(SESSION))
    assert row.message.startswith("no known records (1 sessionId); expected JSON with ")


# Five9


def test_five9_call_log(folders, only):
    row = only(
        "five9/Call Log.csv",
        "CALL ID,TIMESTAMP,CAMPAIGN,CALL TYPE,AGENT,DISPOSITION,ANI,DNIS,TALK TIME,"
        "QUEUE WAIT TIME,LIST NAME\n"
        '1,"Wed, 02 Sep 2026 10:00:00",Main,Inbound,[None],Abandon,0639980001,,'
        "00:00:00,01:02:03,x\n"
        "2,9/13/26 9:05,Main,Inbound,ann,Refund,0639980001,,90,12,x\n"
        "3,2026-09-03 10:07,Main,Outbound,ann,,,0639980001,soon,,x\n",
    )
    assert (row.rows_landed, row.rows_rejected) == (2, 1)
    assert row.message == "columns not landed: LIST NAME"
    first, second = folders.rows("five9/calls")
    assert (first["call_timestamp"], first["agent"]) == ("2026-09-02 10:00:00", None)
    assert (first["queue_wait_time"], first["talk_time"]) == ("3723", "0")
    assert (second["call_timestamp"], second["talk_time"]) == (
        "2026-09-13 09:05:00",
        "90",
    )
    assert (first["ani"], first["skill"]) == ("0639980001", None)
    assert folders.reasons() == [
        (4, "talk_time: 'soon' is not a whole number (such as 42)")
    ]


# 3CX


def test_3cx_fields_land_in_their_order(folders, only):
    row = only(
        "threecx/cdr.log",
        "Call 12,0001,00:00:50,2026/03/02 10:00:00,,\n"
        'Call 13,0002,"a,b",2026/03/02 10:00:00,x,y,z\n'
        "Call 14\n",
    )
    assert (row.rows_landed, row.rows_rejected) == (2, 1)
    first, second = folders.rows("threecx/cdr")
    assert (first["field_1"], first["field_5"]) == ("Call 12", None)
    assert (second["field_3"], second["field_7"], second["field_8"]) == (
        "a,b",
        "z",
        None,
    )
    assert folders.reasons() == [(3, "1 fields, 5 to 30 expected")]


# Asterisk's call detail records

CHANNELS = '"SIP/1-0a","SIP/2-0b","Dial","SIP/2,30,tT"'
TIMES = '"2026-03-02 10:00:00",,"2026-03-02 10:00:30",30,0,"NO ANSWER"'
CLID = '"""Ann O\'Neil"" <0639980001>"'


@pytest.mark.parametrize(
    ("line", "account", "uniqueid"),
    [
        (f'"7","0639980001","101","in",{CLID},{CHANNELS},{TIMES},"BILLING"', "7", None),
        (
            f'"7","0639980001","101","in",{CLID},{CHANNELS},{TIMES},"BILLING","17.1",""',
            "7",
            "17.1",
        ),
        (f'{CLID},"0639980001","101","in",{CHANNELS},{TIMES}', None, None),
        (
            f'{CLID},"0639980001","101","in",{CHANNELS},{TIMES},"BILLING","7","17.1",',
            "7",
            "17.1",
        ),
    ],
)
def test_call_detail_records_of_every_width(line, account, uniqueid, folders, only):
    only("asterisk/Master.csv", line + "\n")
    [row] = folders.rows("asterisk/cdr")
    assert (row["accountcode"], row["uniqueid"]) == (account, uniqueid)
    assert (row["src"], row["dst"], row["channel"]) == ("0639980001", "101", "SIP/1-0a")
    assert (row["start_time"], row["answer_time"]) == ("2026-03-02 10:00:00", None)
    assert (row["disposition"], row["lastdata"]) == ("NO ANSWER", "SIP/2,30,tT")


def test_what_is_no_call_detail_record(folders, only):
    row = only("asterisk/cdr.csv", "a,b\n" + ",".join("x" * 16) + "\n")
    assert (row.rows_landed, row.rows_rejected) == (0, 2)
    assert folders.reasons() == [
        (1, "2 fields, 14, 16 or 18 expected"),
        (2, "no start time where a call detail record has one (field 9 or 10)"),
    ]


def test_another_log_of_asterisk_is_named(only):
    other = only("asterisk/full.log", "x\n")
    assert other.message.startswith("the file name matches nothing; expected queue_log")


# Zendesk Talk

TALK = {
    "id": 360120313416,
    "created_at": "2026-03-02T10:00:00Z",
    "updated_at": "2026-03-02T11:00:00Z",
    "direction": "inbound",
    "completion_status": "completed",
    "ticket_id": 7,
    "talk_time": 60,
    "voicemail": False,
    "call_charge": "0.003",
}


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("page.json", json.dumps({"calls": [TALK], "count": 1})),
        ("recorded.ndjson", dumps({"seq": 1, "uri": "x", "body": {"call": TALK}})),
        ("loader.ndjson", dumps({"stream": "calls", "data": TALK})),
        ("calls.ndjson", dumps(TALK)),
    ],
)
def test_a_call_of_zendesk_talk(file, content, folders, only):
    only(f"zendesk/{file}", content)
    [row] = folders.rows("zendesk/calls")
    assert (row["id"], row["ticket_id"], row["talk_time"]) == (
        "360120313416",
        "7",
        "60",
    )
    assert (row["voicemail"], row["agent_id"]) == ("false", None)
