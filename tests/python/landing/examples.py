"""A small valid export per reader and entity: files of records that differ in an id.

`id` and `text` are headings (or members) of the export: what names a record, and a free
text that may be absent; None where there is none.
"""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from savoir.landing import systems
from savoir.landing.schema import Column

DAY = "2026-03-01T10:00:00Z"
VALUES = {
    "text": "x",
    "json": "{}",
    "timestamp": DAY,
    "moment": DAY,
    "local": "2026-03-01 10:00:00",
    "integer": "7",
    "whole": "7",
    "rating": "7",
    "epoch": "1772359200",
    "decimal": "7.5",
    "score": "7.5",
    "boolean": "true",
    "month": "2026-03",
    "currency": "EUR",
    "zone": "UTC",
    "id": "7",
    "number": "7",
}


@dataclass(frozen=True)
class Example:
    """A file's name, the entity of its records, and how one of them is written."""

    system: str
    entity: str
    file: str
    record: dict[str, Any]
    id: str
    text: str | None = None
    # What stands above the rows of a table beside its header.
    second_headers: tuple[Callable[[list[str]], list[str]], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.system}/{self.file}"

    @property
    def form(self) -> str:
        return self.file.rpartition(".")[2]

    def records(self, count: int = 3) -> list[dict[str, Any]]:
        number = EXAMPLES.index(self)
        return [self.record | {self.id: f"7{number}{n}"} for n in range(count)]

    @property
    def required(self) -> str:
        """A heading that every record must have."""
        entity = systems.known()[self.system].entity(self.entity)
        needed = {column.name for column in entity.columns if column.required}
        found = (h for h in self.record if entity.column_of(h) in needed)
        return self.id if self.form == "json" else next(found, self.id)

    def content(self, records: list[dict[str, Any]]) -> bytes:
        if self.form == "json":
            # No two files are the same: a space less than the next.
            return json.dumps(records).encode() + b" " * EXAMPLES.index(self)
        names = list(records[0] if records else self.record)
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        if self.form == "csv":
            writer.writerow(names)
            for make in self.second_headers:
                writer.writerow(make(names))
        for record in records:
            if self.file == "queue_log":
                stream.write("|".join(record.values()) + "\n")
            else:
                writer.writerow(record.values())
        return stream.getvalue().encode()


def value_of(column: Column) -> str:
    return column.words[0] if column.words else VALUES[column.type]


def table(system: str, name: str, key: str = "id", text: str | None = None) -> Example:
    """Every column of an entity under its own name, as a table."""
    columns = systems.known()[system].entity(name).columns
    record = {column.name: value_of(column) for column in columns}
    return Example(system, name, f"{name}.csv", record, key, text)


# What lands of files that are named otherwise.
LANDS_AS = {
    ("genesys", "conversations"): "sessions",
    ("hubspot", "pipelines"): "pipeline_stages",
    ("surveymonkey", "surveys"): "choices",
    ("zendesk", "audits"): "ticket_audits",
}


def answer(
    system: str, name: str, text: str | None, record: dict, key: str = "id"
) -> Example:
    """Records as an API gives them, in a file named after what they are."""
    entity = LANDS_AS.get((system, name), name)
    return Example(system, entity, f"{name}.json", {key: "7"} | record, key, text)


def cdr(start: int, width: int) -> dict[str, str]:
    fields = {str(n): "x" for n in range(width)}
    return fields | {
        str(start): "2026-03-01 10:00:00",
        str(start + 1): "",
        str(start + 2): "",
        str(start + 3): "1",
        str(start + 4): "1",
    }


EXAMPLES = [
    answer(
        "aircall",
        "calls",
        "status",
        {
            "direction": "inbound",
            "raw_digits": "+33",
            "started_at": 1772359200,
            "status": "done",
        },
    ),
    answer(
        "amazon_connect",
        "contact_records",
        "DisconnectReason",
        {
            "Channel": "VOICE",
            "InitiationMethod": "INBOUND",
            "InitiationTimestamp": DAY,
            "LastUpdateTimestamp": DAY,
            "DisconnectReason": "x",
        },
        key="ContactId",
    ),
    Example(
        "asterisk",
        "queue_log",
        "queue_log",
        {
            "time": "1772359200",
            "callid": "7",
            "queue": "q",
            "agent": "NONE",
            "event": "ENTERQUEUE",
            "data1": "",
            "data2": "7",
        },
        "callid",
        "data2",
    ),
    Example("asterisk", "cdr", "Master.log", cdr(8, 16), "14", "2"),
    table("cost_ledger", "entries", "team", "partner"),
    answer(
        "delighted",
        "responses",
        "comment",
        {"survey_type": "nps", "score": 9, "created_at": 1772359200, "comment": "x"},
    ),
    answer(
        "delighted",
        "people",
        "phone_number",
        {"email": "a@example.com", "last_sent_at": 1772359200, "phone_number": "x"},
    ),
    table("five9", "calls", "call_id", "campaign"),
    table("freshdesk", "tickets", text="type"),
    answer(
        "freshdesk", "tickets", "type", {"created_at": DAY, "status": 2, "type": "x"}
    ),
    answer(
        "freshdesk",
        "conversations",
        "user_id",
        {"ticket_id": 1, "incoming": True, "created_at": DAY, "user_id": "x"},
    ),
    answer(
        "freshdesk",
        "satisfaction_ratings",
        "feedback",
        {"ticket_id": 1, "created_at": DAY, "feedback": "x"},
    ),
    answer(
        "freshdesk",
        "time_entries",
        "time_spent",
        {"ticket_id": 1, "time_spent": "01:30"},
    ),
    answer("freshdesk", "contacts", "phone", {"phone": "x"}),
    answer("freshdesk", "agents", None, {"contact": {"email": "x"}}),
    answer("freshdesk", "groups", None, {"name": "x"}),
    answer(
        "freshdesk",
        "ticket_activities",
        "performer_type",
        {
            "performed_at": "01-03-2026 10:00:00 +0000",
            "performer_type": "x",
            "activity": {"status": "Open"},
        },
        key="ticket_id",
    ),
    table("generic", "contacts", "contact_id", "reason"),
    table("generic", "contact_events", "contact_id", "from_value"),
    table("generic", "calls", "call_id", "queue"),
    table("generic", "survey_responses", "response_id", "comment"),
    table("generic", "orders", "order_id", "region"),
    table("generic", "support_costs", "site", "team"),
    table("generic", "agent_activity", "agent_id"),
    table("generic", "quality_reviews", "review_id", "agent_id"),
    table("generic", "proactive_messages", "message_id", "campaign"),
    table("generic", "experiment_assignments", "experiment_id"),
    answer(
        "genesys",
        "conversations",
        "originatingDirection",
        {
            "conversationStart": DAY,
            "originatingDirection": "inbound",
            "participants": [
                {
                    "purpose": "agent",
                    "sessions": [{"sessionId": "s", "mediaType": "voice"}],
                }
            ],
        },
        key="conversationId",
    ),
    table("gorgias", "tickets", text="team"),
    answer("gorgias", "tickets", "status", {"created_datetime": DAY, "status": "open"}),
    answer(
        "gorgias",
        "messages",
        "via",
        {
            "ticket_id": 1,
            "public": True,
            "from_agent": False,
            "created_datetime": DAY,
            "via": "x",
        },
    ),
    answer(
        "gorgias",
        "events",
        "object_type",
        {"object_id": 1, "type": "x", "created_datetime": DAY, "object_type": "x"},
    ),
    answer("gorgias", "customers", "email", {"email": "x", "channels": []}),
    answer("gorgias", "teams", None, {"name": "x"}),
    answer(
        "gorgias",
        "satisfaction_surveys",
        "body_text",
        {"ticket_id": 1, "created_datetime": DAY, "body_text": "x"},
    ),
    table("hubspot", "tickets", text="owner"),
    table("hubspot", "contacts", text="phone"),
    answer(
        "hubspot",
        "tickets",
        None,
        {"properties": {"createdate": DAY, "hs_pipeline_stage": "1"}},
    ),
    answer("hubspot", "pipelines", "none", {"stages": [{"id": "1", "label": "New"}]}),
    answer("hubspot", "owners", "email", {"email": "x"}),
    table("intercom", "conversations", text="state"),
    table("intercom", "conversation_parts", text="body"),
    table("intercom", "contacts", text="phone"),
    table("intercom", "teams"),
    answer(
        "intercom",
        "conversations",
        "state",
        {"created_at": 1772359200, "state": "open"},
    ),
    table("magento", "orders", "increment_id", "store_name"),
    answer(
        "magento",
        "orders",
        "coupon_code",
        {
            "base_grand_total": 5,
            "created_at": "2026-03-01 10:00:00",
            "status": "complete",
            "coupon_code": "x",
        },
        key="increment_id",
    ),
    table("olist", "orders", "order_id"),
    table("olist", "order_items", "order_id", "product_id"),
    table("olist", "customers", "customer_id", "customer_state"),
    table("olist", "products", "product_id", "product_category_name"),
    table("prestashop", "orders", text="reference"),
    table("prestashop", "customers", text="email"),
    table("prestashop", "addresses", text="phone"),
    answer(
        "prestashop",
        "orders",
        "reference",
        {
            "current_state": "2",
            "date_add": "2026-03-01 10:00:00",
            "total_paid_tax_excl": "5.0",
            "reference": "x",
        },
    ),
    Example(
        "qualtrics",
        "responses",
        "Survey.csv",
        {
            "ResponseId": "R_7",
            "RecordedDate": "2026-03-01 10:00:00",
            "Finished": "1",
            "Q1": "x",
        },
        "ResponseId",
        "Q1",
        (
            lambda names: names,
            lambda names: [f'{{"ImportId":"{name}"}}' for name in names],
        ),
    ),
    table("salesforce", "cases", text="origin"),
    table("salesforce", "case_history", text="old_value"),
    table("salesforce", "email_messages", text="status"),
    table("salesforce", "case_comments"),
    table("salesforce", "contacts", text="phone"),
    table("salesforce", "users", text="user_type"),
    table("salesforce", "groups"),
    answer(
        "salesforce",
        "cases",
        "Origin",
        {"CreatedDate": DAY, "Status": "New", "Origin": "x"},
        key="Id",
    ),
    table("shopify", "orders", "name", "lineitem_name"),
    table("shopify", "products", "variant_sku", "title"),
    table("social", "mentions", text="topic"),
    answer("social", "mentions", "topic", {"date": DAY, "network": "x", "topic": "x"}),
    Example(
        "surveymonkey",
        "responses",
        "Survey.csv",
        {"Respondent ID": "7", "Start Date": "2026-03-01 10:00:00", "Why?": "x"},
        "Respondent ID",
        "Why?",
    ),
    answer(
        "surveymonkey",
        "responses",
        "custom_value",
        {
            "response_status": "completed",
            "survey_id": "1",
            "date_created": DAY,
            "pages": [],
            "custom_value": "x",
        },
    ),
    answer(
        "surveymonkey",
        "surveys",
        None,
        {
            "title": "x",
            "pages": [
                {
                    "questions": [
                        {"id": "1", "answers": {"choices": [{"id": "2", "text": "x"}]}}
                    ]
                }
            ],
        },
    ),
    Example("threecx", "cdr", "cdr.log", {str(n): "x" for n in range(9)}, "0", "3"),
    table("twilio", "calls", "sid", "from_number"),
    answer(
        "twilio",
        "calls",
        "from",
        {"direction": "inbound", "status": "completed", "from": "x"},
        key="sid",
    ),
    answer(
        "twilio",
        "events",
        None,
        {"event_type": "x", "event_date": DAY, "event_data": {}},
        key="sid",
    ),
    Example(
        "typeform",
        "responses",
        "Survey.csv",
        {"#": "7", "Submit Date (UTC)": "2026-03-01 10:00:00", "Why?": "x"},
        "#",
        "Why?",
    ),
    answer(
        "typeform",
        "responses",
        None,
        {"landed_at": DAY, "submitted_at": DAY, "answers": []},
        key="token",
    ),
    table("woocommerce", "orders", "order_id", "created_via"),
    answer(
        "woocommerce",
        "orders",
        "created_via",
        {
            "billing": {},
            "line_items": [],
            "total": "5.00",
            "status": "completed",
            "date_created": "2026-03-01T10:00:00",
            "created_via": "x",
        },
    ),
    table("zendesk", "tickets", text="external_id"),
    table("zendesk", "users", text="name"),
    table("zendesk", "satisfaction_ratings", text="comment"),
    table("zendesk", "groups"),
    table("zendesk", "calls", text="completion_status"),
    table("zendesk", "ticket_tags", "ticket_id"),
    Example(
        "zendesk",
        "ticket_exports",
        "export.csv",
        {
            "Summation column": "1",
            "Id": "7",
            "Created at": "2026-03-01 10:00",
            "Status": "Open",
            "Assignee": "x",
        },
        "Id",
        "Assignee",
    ),
    answer(
        "zendesk",
        "tickets",
        "external_id",
        {"created_at": DAY, "updated_at": DAY, "status": "new", "external_id": "x"},
    ),
    answer(
        "zendesk", "audits", None, {"ticket_id": 1, "created_at": DAY, "events": []}
    ),
    answer("zendesk", "users", "name", {"name": "x"}),
]
