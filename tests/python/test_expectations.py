"""Raw-file contracts: small landed files that keep them, and one broken per system."""

import datetime as dt
import re
import socket

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from savoir import expectations
from savoir.drift import Limits
from savoir.expectations import Example, check
from savoir.landing.schema import NARROWED, TEXTS, TYPES

PROVENANCE = {
    "_file": pa.string(),
    "_line": pa.int64(),
    "_landed_at": pa.timestamp("us"),
    "_file_hash": pa.string(),
    "_unknown": pa.string(),
}
LANDED_AT = dt.datetime(2026, 1, 2, 3, 4, 5)
LIMITS = Limits(0.05, 3, 10, {"unreadable": "error", "vanished": "warn", "new": "warn"})
HASH = "0123456789abcdef" * 4

# The raw layout, retyped from its description and not taken from the module.
LAYOUT = {
    ("zendesk", "tickets"): (
        "id external_id via created_at updated_at generated_timestamp status priority "
        "requester_id submitter_id assignee_id group_id organization_id brand_id tags "
        "custom_fields satisfaction_rating"
    ),
    ("zendesk", "ticket_audits"): "id ticket_id created_at author_id via events",
    ("zendesk", "users"): (
        "id name email phone role active suspended tags created_at updated_at"
    ),
    ("zendesk", "satisfaction_ratings"): (
        "id ticket_id requester_id assignee_id group_id score comment reason "
        "created_at updated_at"
    ),
    ("zendesk", "groups"): "id name created_at updated_at",
    ("zendesk", "ticket_tags"): "ticket_id tag",
    ("zendesk", "ticket_exports"): (
        "id created_at updated_at solved_at status priority via requester_id "
        "requester_email assignee group_name tags satisfaction_score reopens "
        "group_stations first_reply_time_in_minutes"
    ),
    ("asterisk", "queue_log"): (
        "time callid queuename agent event data1 data2 data3 data4 data5"
    ),
    ("zendesk", "calls"): (
        "id ticket_id agent_id customer_id end_user_id direction completion_status "
        "call_group_id created_at updated_at call_started_at call_ended_at duration "
        "wait_time talk_time hold_time wrap_up_time voicemail callback"
    ),
    ("asterisk", "cdr"): (
        "accountcode src dst dcontext channel dstchannel lastapp lastdata start_time "
        "answer_time end_time duration billsec disposition amaflags uniqueid userfield"
    ),
    ("shopify", "orders"): (
        "name email financial_status paid_at cancelled_at fulfillment_status currency "
        "subtotal shipping taxes total discount_code discount_amount created_at "
        "lineitem_quantity lineitem_name lineitem_price lineitem_sku lineitem_discount "
        "billing_phone shipping_phone phone billing_country shipping_country "
        "shipping_province shipping_province_name shipping_zip refunded_amount "
        "payment_method id tags source employee"
    ),
    ("shopify", "products"): (
        "handle title type variant_sku variant_price cost_per_item"
    ),
    ("qualtrics", "responses"): (
        "response_id survey_id start_date end_date recorded_date time_zone status "
        "finished progress duration_seconds recipient_email external_reference "
        "distribution_channel user_language answers"
    ),
    ("amazon_connect", "contact_records"): (
        "contact_id initial_contact_id previous_contact_id channel initiation_method "
        "initiation_timestamp disconnect_timestamp last_update_timestamp "
        "disconnect_reason customer_address customer_address_type queue_name "
        "queue_enqueue_timestamp queue_dequeue_timestamp agent_username "
        "agent_connected_timestamp agent_interaction_duration customer_hold_duration "
        "after_contact_work_duration attributes"
    ),
    ("delighted", "responses"): (
        "id person_id person_email survey_type score comment created_at updated_at "
        "person_properties"
    ),
    ("delighted", "people"): (
        "id email phone_number created_at last_sent_at last_responded_at"
    ),
    ("surveymonkey", "responses"): (
        "id survey_id collector_id date_created date_modified response_status "
        "email_address custom_value custom_variables answers"
    ),
    ("surveymonkey", "choices"): "survey_id question_id choice_id text position weight",
    ("typeform", "responses"): (
        "id survey_id landed_at submitted_at email hidden answers"
    ),
    ("woocommerce", "orders"): (
        "order_id order_number order_date modified_at status order_total tax_total "
        "shipping_total refunded_total order_currency customer_id customer_user "
        "customer_email billing_email billing_phone billing_state billing_country "
        "shipping_state shipping_country coupon_codes created_via"
    ),
    ("aircall", "calls"): (
        "id direction status missed_call_reason started_at answered_at ended_at "
        "duration voicemail raw_digits number_name user_id contact_id team_name"
    ),
    ("twilio", "calls"): (
        "sid parent_call_sid direction status from_number to_number start_time "
        "end_time duration queue_time date_updated"
    ),
    ("twilio", "events"): (
        "sid event_type event_date task_sid call_sid worker_sid worker_name "
        "task_queue_name"
    ),
    ("genesys", "sessions"): (
        "conversation_id conversation_start conversation_end originating_direction "
        "session_id purpose user_id media_type ani dnis queue_id wrap_up_code "
        "disconnect_type session_start answered_at offered answered_ms abandon_ms "
        "voicemail_ms flow_out_ms talk_ms held_ms acw_ms transferred"
    ),
    ("five9", "calls"): (
        "call_id call_timestamp campaign call_type skill agent disposition ani dnis "
        "session_id queue_wait_time ring_time talk_time hold_time after_call_work_time "
        "abandoned"
    ),
    ("threecx", "cdr"): (
        "field_1 field_2 field_3 field_4 field_5 field_6 field_7 field_8 field_9 "
        "field_10 field_11 field_12 field_13 field_14 field_15 field_16 field_17 "
        "field_18 field_19 field_20 field_21 field_22 field_23 field_24 field_25 "
        "field_26 field_27 field_28 field_29 field_30"
    ),
    ("magento", "orders"): (
        "increment_id created_at updated_at status grand_total tax_amount "
        "shipping_amount subtotal total_refunded currency_code customer_id "
        "customer_email telephone region country_id coupon_code store_name"
    ),
    ("prestashop", "orders"): (
        "id reference id_customer id_address_invoice current_state date_add date_upd "
        "total_paid_tax_excl total_shipping_tax_excl"
    ),
    ("prestashop", "customers"): "id email date_upd",
    ("prestashop", "addresses"): "id phone phone_mobile date_upd",
    ("olist", "orders"): "order_id customer_id order_status order_purchase_timestamp",
    ("olist", "order_items"): "order_id order_item_id product_id price freight_value",
    ("olist", "customers"): "customer_id customer_unique_id customer_state",
    ("olist", "products"): "product_id product_category_name",
    ("cost_ledger", "entries"): (
        "period_month site team partner category amount currency"
    ),
    ("generic", "contacts"): (
        "contact_id opened_at channel direction status customer_id customer_email "
        "customer_phone first_response_at resolved_at closed_at reopened_count "
        "agent_id agent_name team site tier reason product priority language order_id "
        "call_id transferred_count escalated handled_by_bot talk_seconds hold_seconds "
        "wrap_seconds compensation_amount currency exclusion_reason"
    ),
    ("generic", "contact_events"): (
        "contact_id occurred_at event_type actor_type actor_id from_value to_value"
    ),
    ("generic", "calls"): (
        "call_id started_at queue direction customer_id customer_phone outcome "
        "answered_at ended_at wait_seconds talk_seconds hold_seconds wrap_seconds "
        "agent_id agent_name team site reason resolved contact_id"
    ),
    ("generic", "survey_responses"): (
        "response_id survey_id question_type score responded_at scale_min scale_max "
        "scale_direction invited_at contact_id customer_id customer_email agent_id "
        "comment dimension"
    ),
    ("generic", "orders"): (
        "order_id ordered_at net_amount customer_id customer_email customer_phone "
        "status currency cost_amount shipping_cost_amount payment_fee_amount "
        "refunded_amount refunded_at sales_channel agent_id referral_code "
        "product_category region"
    ),
    ("generic", "support_costs"): (
        "period_month category amount currency site team partner"
    ),
    ("generic", "agent_activity"): "agent_id state started_at ended_at",
    ("generic", "quality_reviews"): (
        "review_id contact_id agent_id points possible_points reviewed_at"
    ),
    ("generic", "proactive_messages"): (
        "message_id sent_at customer_id customer_email engaged_at campaign"
    ),
    ("generic", "experiment_assignments"): "experiment_id customer_id arm assigned_at",
    ("freshdesk", "tickets"): (
        "id created_at updated_at status priority source type tags spam deleted "
        "requester_id requester_email requester_phone responder_id responder group_id "
        "group_name product_id product custom_fields first_responded_at reopened_at "
        "resolved_at closed_at time_tracked survey_result"
    ),
    ("freshdesk", "conversations"): (
        "id ticket_id user_id incoming private created_at updated_at"
    ),
    ("freshdesk", "satisfaction_ratings"): (
        "id survey_id ticket_id user_id agent_id group_id feedback ratings rating "
        "created_at updated_at"
    ),
    ("freshdesk", "time_entries"): (
        "id ticket_id agent_id time_spent timespent time_spent_in_seconds executed_at "
        "created_at updated_at"
    ),
    ("freshdesk", "contacts"): "id email phone mobile created_at updated_at",
    ("freshdesk", "agents"): "id email created_at updated_at",
    ("freshdesk", "groups"): "id name created_at updated_at",
    ("freshdesk", "ticket_activities"): (
        "ticket_id performed_at performer_type performer_id activity"
    ),
    ("intercom", "conversations"): (
        "id created_at updated_at state open priority assignee_id assignee_type "
        "admin_assignee_id team_assignee_id contact_id author_id author_type "
        "author_email source_type delivered_as tags custom_attributes "
        "ai_agent_participated first_contact_reply_at first_admin_reply_at "
        "last_close_at count_reopens rating rating_at rating_remark "
        "rating_teammate_id"
    ),
    ("intercom", "conversation_parts"): (
        "id conversation_id part_type author_id author_type from_ai_agent "
        "assigned_to_id assigned_to_type body created_at updated_at"
    ),
    ("intercom", "contacts"): "id external_id email phone role created_at updated_at",
    ("intercom", "teams"): "id name",
    ("hubspot", "tickets"): (
        "id created_at updated_at closed_at first_replied_at pipeline stage priority "
        "source category owner team contact_ids contact_email archived properties"
    ),
    ("hubspot", "pipeline_stages"): "id label pipeline_id ticket_state updated_at",
    ("hubspot", "contacts"): "id email phone mobile updated_at",
    ("hubspot", "owners"): "id email team updated_at",
    ("salesforce", "cases"): (
        "id case_number created_at updated_at closed_at status is_closed is_escalated "
        "is_deleted master_record_id origin type reason priority product contact_id "
        "contact_email contact_phone owner_id owner parent_id order_id call_id "
        "handle_seconds compensation"
    ),
    ("salesforce", "case_history"): (
        "id case_id case_number created_at created_by_id created_by field old_value "
        "new_value"
    ),
    ("salesforce", "email_messages"): (
        "id case_id incoming status created_by_id sent_at updated_at"
    ),
    ("salesforce", "case_comments"): (
        "id case_id is_published created_by_id created_at updated_at"
    ),
    ("salesforce", "contacts"): "id email phone mobile updated_at",
    ("salesforce", "users"): "id email user_type updated_at",
    ("salesforce", "groups"): "id name updated_at",
    ("gorgias", "tickets"): (
        "id created_at updated_at closed_at trashed_at last_received_at status "
        "channel priority from_agent spam customer_id customer_email assignee_id "
        "assignee_email team tags custom_fields first_response_seconds survey_score"
    ),
    ("gorgias", "messages"): (
        "id ticket_id public from_agent sender_id via rule_id created_at updated_at"
    ),
    ("gorgias", "events"): "id object_id object_type type user_id data created_at",
    ("gorgias", "customers"): "id email phone updated_at",
    ("gorgias", "teams"): "id name",
    ("gorgias", "satisfaction_surveys"): (
        "id ticket_id customer_id score body_text created_at sent_at scored_at"
    ),
    ("social", "mentions"): (
        "id url conversation_id published_at updated_at replied_at closed_at network "
        "kind is_own author_id author agent team status topic priority language tags"
    ),
}
ZENDESK_ENTITIES = [entity for system, entity in LAYOUT if system == "zendesk"]
FILES = {
    "system": pa.string(),
    "entity": pa.string(),
    "file": pa.string(),
    "file_hash": pa.string(),
    "size_bytes": pa.int64(),
    "rows_read": pa.int64(),
    "rows_landed": pa.int64(),
    "rows_rejected": pa.int64(),
    "status": pa.string(),
    "message": pa.string(),
    "landed_at": pa.timestamp("us"),
    "unknown": pa.string(),
}
REJECTS = {
    "system": pa.string(),
    "entity": pa.string(),
    "_file": pa.string(),
    "_line": pa.int64(),
    "raw_text": pa.string(),
    "reason": pa.string(),
    "_file_hash": pa.string(),
    "_landed_at": pa.timestamp("us"),
}

# One good record per entity with rules worth breaking, in the vendors' own spellings.
TICKET = {
    "id": "35436",
    "created_at": "2025-03-30T01:59:59Z",
    "updated_at": "2025-03-30T03:00:00Z",
    "generated_timestamp": "1743303600",
    "status": "solved",
    "priority": "urgent",
    "requester_id": "6130869168922",
}
AUDIT = {
    "id": "1",
    "ticket_id": "35436",
    "created_at": "2025-03-30T01:59:59Z",
    "author_id": "-1",  # Zendesk's own automations
    "events": "[]",
}
RATING = {
    "id": "62",
    "score": "offered",
    "created_at": "2011-07-20T22:55:29Z",
    "updated_at": "2011-07-20T22:55:29Z",
}
ENTERED = {
    "time": "1596512941",
    "callid": "1596512941.163",
    "queuename": "support",
    "agent": "NONE",
    "event": "ENTERQUEUE",
    "data2": "7000",
}
ORDER = {
    "name": "#1050",
    "financial_status": "partially_refunded",
    "paid_at": "2026-05-01 10:00:00 +0200",
    "created_at": "2026-05-01 09:59:00 +0200",
    "currency": "EUR",
    "total": "100.90",
    "lineitem_quantity": "1",
    "lineitem_price": "62.95",
    "id": "555",
}
LINE = {"name": "#1050", "lineitem_quantity": "2", "lineitem_price": "37.95"}
ANSWER = {
    "response_id": "R_2YPOQ602ER1jkf1",
    "survey_id": "nps_after_contact",
    "recorded_date": "2017-07-18 08:28:48",
    "time_zone": "Europe/Paris",
    "finished": "true",
    "progress": "100",
    "answers": "{}",
}
COST = {
    "period_month": "2025-03-01",
    "category": "telephony",
    "amount": "12345.67",
    "currency": "EUR",
}
CONTACT = {
    "contact_id": "C 17",
    "opened_at": "2025-01-02T03:04:05.678+01:00",
    "channel": "chat",
    "escalated": "false",
    "talk_seconds": "0",
    "compensation_amount": "5",
    "exclusion_reason": "merged",
}
SCORE = {
    "response_id": "r1",
    "survey_id": "ces",
    "question_type": "ces",
    "score": "-3.5",
    "responded_at": "2025-01-02",
    "scale_direction": "low_is_good",
}
ACTIVITY = {
    "agent_id": "E121",
    "state": "on_contact",
    "started_at": "2025-10-26T02:30:00+02:00",
    "ended_at": "2025-10-26T02:10:00+01:00",  # the clocks went back
}
REVIEW = {
    "review_id": "QR-00001",
    "contact_id": "1738573045.136",  # a call without ticket
    "agent_id": "E121",
    "points": "17.5",
    "possible_points": "20",
    "reviewed_at": "2025-02-05T10:03:48+01:00",
}
MESSAGE = {
    "message_id": "PM-000001",
    "sent_at": "2025-01-02T14:28:27+01:00",
    "customer_email": "nora.weber1@example.com",
    "campaign": "retard_livraison",
}
GOOD = {
    ("zendesk", "tickets"): [TICKET, {**TICKET, "status": "deleted"}],
    ("zendesk", "ticket_audits"): [AUDIT],
    ("zendesk", "users"): [
        {"id": "7", "role": "end-user", "active": "true", "suspended": "false"}
    ],
    ("zendesk", "satisfaction_ratings"): [RATING],
    ("zendesk", "groups"): [{"id": "9", "name": "Support"}],
    ("asterisk", "queue_log"): [
        ENTERED,
        {
            **ENTERED,
            "callid": "NONE",
            "queuename": "NONE",
            "event": "QUEUESTART",
            "data2": None,
        },
    ],
    ("shopify", "orders"): [ORDER, LINE],
    ("shopify", "products"): [{"variant_sku": "MAT-100", "cost_per_item": "20.00"}],
    ("qualtrics", "responses"): [ANSWER],
    ("cost_ledger", "entries"): [COST, {**COST, "amount": "-12"}],
    ("generic", "contacts"): [CONTACT],
    ("generic", "survey_responses"): [SCORE],
    ("generic", "agent_activity"): [ACTIVITY, {**ACTIVITY, "state": "scheduled"}],
    ("generic", "quality_reviews"): [REVIEW],
    ("generic", "proactive_messages"): [
        MESSAGE,
        {**MESSAGE, "engaged_at": "2025-01-02T14:29:56+01:00"},
    ],
}
FILE = {
    "system": "zendesk",
    "entity": "tickets",
    "file": "zendesk/tickets.json",
    "file_hash": HASH,
    "size_bytes": 12,
    "rows_read": 2,
    "rows_landed": 1,
    "rows_rejected": 1,
    "status": "landed",
    "landed_at": LANDED_AT,
    "unknown": "[]",
}


def write(path, schema, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(records, pa.schema(schema.items())), path)


def land(raw, key, records, name="a"):
    """Write records as the landing would, the first on line 2."""
    system, entity = key
    write(
        raw / system / entity / f"{name}.parquet",
        dict.fromkeys(LAYOUT[key].split(), pa.string()) | PROVENANCE,
        [
            record
            | {
                "_file": f"{system}/{entity}.csv",
                "_line": line,
                "_landed_at": LANDED_AT,
                "_file_hash": HASH,
            }
            for line, record in enumerate(records, 2)
        ],
    )


@pytest.fixture
def raw(tmp_path):
    """Every system absent: typed files without rows."""
    for key in LAYOUT:
        land(tmp_path / "raw", key, [], "_empty")
    write(tmp_path / "raw/_landing/files.parquet", FILES, [])
    write(tmp_path / "raw/_landing/rejects/_empty.parquet", REJECTS, [])
    return tmp_path / "raw"


def run(raw):
    return check(raw, raw.parent / "docs", LIMITS, show_progress=False)


def pages(raw, system):
    return len(list((raw.parent / f"docs/validations/{system}").rglob("*.html")))


def test_absent_systems_pass_and_have_data_docs(raw):
    result = run(raw)

    assert result.passed
    assert result.rows == 0
    assert result.index == raw.parent / "docs/index.html"
    index = result.index.read_text(encoding="utf-8")
    assert "generic.experiment_assignments" in index
    assert pages(raw, "zendesk") == len(ZENDESK_ENTITIES)  # their columns


def test_good_files_pass(raw):
    for key, records in GOOD.items():
        land(raw, key, records)
    write(
        raw / "_landing/files.parquet",
        FILES | {"mtime_ns": pa.int64()},
        [FILE, {**FILE, "status": "unreadable", "message": "truncated"}],
    )
    write(
        raw / "_landing/rejects/a.parquet",
        REJECTS,
        [{"system": "zendesk", "_file": "zendesk/t.json", "reason": "no id"}],
    )

    result = run(raw)

    assert result.failures == ()
    assert result.rows == sum(map(len, GOOD.values())) + 2 + 1


BROKEN = [
    (("zendesk", "tickets"), TICKET, "status", "parked"),
    (("zendesk", "tickets"), TICKET, "id", None),
    (("zendesk", "tickets"), TICKET, "requester_id", "6.13087E+12"),
    (("zendesk", "tickets"), TICKET, "created_at", "1999-12-31T23:59:59Z"),
    (("zendesk", "tickets"), TICKET, "created_at", "30/03/2025 01:59"),
    (("zendesk", "users"), {"id": "7"}, "role", "superuser"),
    (("zendesk", "satisfaction_ratings"), RATING, "score", "great"),
    (("asterisk", "queue_log"), ENTERED, "time", "2020-08-04 03:49:01"),
    (("asterisk", "queue_log"), ENTERED, "time", "40"),
    (("asterisk", "queue_log"), ENTERED, "event", "ENTERQUEU"),
    (("shopify", "orders"), ORDER, "financial_status", "Paid"),
    (("shopify", "orders"), ORDER, "total", "100,90"),
    (("shopify", "orders"), ORDER, "total", "1050000000.00"),
    (("qualtrics", "responses"), ANSWER, "finished", "Vrai"),
    (("qualtrics", "responses"), ANSWER, "response_id", "2YPOQ602ER1jkf1"),
    (("cost_ledger", "entries"), COST, "category", "salaires"),
    (("cost_ledger", "entries"), COST, "period_month", "2025-03-31"),
    (("generic", "contacts"), CONTACT, "escalated", "yes"),
    (("generic", "contacts"), CONTACT, "contact_id", "1.23457E+15"),
    (("generic", "contacts"), CONTACT, "contact_id", "C17 "),
    (("generic", "contacts"), CONTACT, "talk_seconds", "-1"),
    (("generic", "survey_responses"), SCORE, "question_type", "smiley"),
    (("generic", "agent_activity"), ACTIVITY, "state", "lunch"),
    (("generic", "agent_activity"), ACTIVITY, "agent_id", None),
    (("generic", "agent_activity"), ACTIVITY, "ended_at", None),
    (("generic", "quality_reviews"), REVIEW, "points", "dix-sept"),
    (("generic", "quality_reviews"), REVIEW, "contact_id", "1.73857E+09"),
    (("generic", "proactive_messages"), MESSAGE, "sent_at", "hier"),
    (("generic", "proactive_messages"), MESSAGE, "message_id", "PM-1 "),
]


def test_each_broken_contract_is_named(raw):
    records = {}
    expected = set()
    for key, good, column, value in BROKEN:
        rows = records.setdefault(key, [good])
        rows.append({**good, column: value})
        expected.add((*key, column, value, f"{key[0]}/{key[1]}.csv", len(rows) + 1))
    for key, rows in records.items():
        land(raw, key, rows)

    failures = run(raw).failures

    assert {
        (f.system, f.entity, f.column, example.value, example.file, example.line)
        for f in failures
        for example in f.examples
    } == expected
    assert sum(f.failed for f in failures) == len(BROKEN)
    assert all(f.rows == len(records[f.system, f.entity]) for f in failures)


def test_a_failure_says_what_was_expected_and_shows_three_rows(raw):
    parked = {**TICKET, "status": "parked"}
    land(raw, ("zendesk", "tickets"), [TICKET, *[parked] * 4])

    result = run(raw)

    (failure,) = result.failures
    assert failure.expected == (
        "one of new, open, pending, hold, solved, closed, deleted"
    )
    assert (failure.failed, failure.rows) == (4, 5)
    assert [example.line for example in failure.examples] == [3, 4, 5]
    assert str(failure) == (
        "zendesk.tickets status: expected one of new, open, pending, hold, solved, "
        "closed, deleted; not so in 4 of 5 rows: "
        "'parked' (zendesk/tickets.csv, line 3), "
        "'parked' (zendesk/tickets.csv, line 4), "
        "'parked' (zendesk/tickets.csv, line 5)"
    )
    index = result.index.read_text(encoding="utf-8")
    assert "zendesk.tickets" in index
    assert "&#x27;parked&#x27; (zendesk/tickets.csv, line 3)" in index


def test_a_missing_column_is_named_with_its_file(raw):
    whole = dict.fromkeys(LAYOUT["zendesk", "groups"].split(), pa.string()) | PROVENANCE
    schema = {name: type_ for name, type_ in whole.items() if name != "name"}
    write(raw / "zendesk/groups/short.parquet", schema, [])

    (failure,) = run(raw).failures

    assert (failure.column, failure.failed, failure.rows) == (None, 1, 2)
    assert failure.examples == (Example("missing name text", "short.parquet", None),)


def test_a_column_that_is_not_text_is_named(raw):
    schema = {
        **dict.fromkeys(LAYOUT["asterisk", "queue_log"].split(), pa.string()),
        "time": pa.int64(),
    }
    write(raw / "asterisk/queue_log/a.parquet", schema | PROVENANCE, [])

    (failure,) = run(raw).failures

    assert failure.examples[0].value == ("missing time text; unexpected time integer")


def test_columns_in_another_order_are_named(raw):
    names = LAYOUT["zendesk", "groups"].split()
    schema = dict.fromkeys(reversed(names), pa.string()) | PROVENANCE
    write(raw / "zendesk/groups/a.parquet", schema, [])

    (failure,) = run(raw).failures

    assert failure.examples[0].value.startswith("other order: updated_at text")


def test_an_entity_without_any_file_fails(raw):
    (raw / "generic/calls/_empty.parquet").unlink()

    (failure,) = run(raw).failures

    assert (failure.system, failure.entity, failure.column) == (
        "generic",
        "calls",
        None,
    )
    assert failure.examples[0].value == "no Parquet file"


def test_the_landings_own_table_is_checked(raw):
    write(
        raw / "_landing/files.parquet",
        FILES,
        [FILE, {**FILE, "status": "lost", "size_bytes": -1}],
    )

    failures = run(raw).failures

    assert {(f.entity, f.column) for f in failures} == {
        ("files", "status"),
        ("files", "size_bytes"),
    }
    assert failures[0].examples[0].file == "zendesk/tickets.json"


def test_the_pages_and_the_check_use_no_network(raw, monkeypatch):
    def refuse(*_args):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    land(raw, ("zendesk", "tickets"), [{**TICKET, "status": "parked"}])

    run(raw)

    docs = raw.parent / "docs"
    files = [*docs.rglob("*.html"), *docs.rglob("*.css")]
    assert len(files) > 20
    fetched = re.compile(r"""(src=|<link[^>]*href=|url\()['"]?https?:""")
    assert [file for file in files if fetched.search(file.read_text("utf-8"))] == []


def test_a_second_check_replaces_the_pages(raw):
    land(raw, ("zendesk", "tickets"), [{**TICKET, "status": "parked"}])
    run(raw)
    land(raw, ("zendesk", "tickets"), [TICKET])

    result = run(raw)

    assert result.passed
    assert "parked" not in result.index.read_text(encoding="utf-8")
    # one entity has rows, too
    assert pages(raw, "zendesk") == len(ZENDESK_ENTITIES) + 1
    assert sorted(path.name for path in raw.parent.iterdir()) == ["docs", "raw"]


def test_a_folder_of_something_else_is_left_alone(raw):
    (raw.parent / "docs").mkdir()
    (raw.parent / "docs/thesis.txt").write_text("mine")

    with pytest.raises(FileExistsError, match="something else"):
        run(raw)

    assert (raw.parent / "docs/thesis.txt").read_text() == "mine"


def test_every_rule_of_the_tables_is_known():
    assert {*TYPES, *NARROWED, *TEXTS} - expectations.RULES == {
        "text",
        "json",
        "local",
        "boolean",
        "enum",
    }
    for columns in expectations._entities().values():
        for column in columns:
            assert bool(column.words) == (column.rule == "in")
