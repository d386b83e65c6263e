"""Gorgias: answers of the API and the CSV export of tickets."""

from typing import Any

from savoir.landing import answers, tables
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import TAGS, System, entity, moments

TICKETS = """
id*                     id
created_at*             timestamp
updated_at              timestamp
closed_at               timestamp
trashed_at              timestamp
last_received_at        timestamp
status
channel
priority
from_agent              boolean
spam                    boolean
customer_id             id
customer_email
assignee_id             id
assignee_email
team
tags
custom_fields
first_response_seconds  decimal
survey_score            integer
"""

MESSAGES = """
id*          id
ticket_id*   id
public*      boolean
from_agent*  boolean
sender_id    id
via
rule_id      id
created_at*  timestamp
updated_at   timestamp
"""

EVENTS = """
id*          id
object_id*   id
object_type
type*
user_id      id
data         json
created_at*  timestamp
"""

SATISFACTION_SURVEYS = """
id*          id
ticket_id*   id
customer_id  id
score        integer
body_text
created_at*  timestamp
sent_at      timestamp
scored_at    timestamp
"""

TEAMS = """
id*
name*
"""

CUSTOMERS = """
id*
email
phone
updated_at  timestamp
"""

HEADINGS = {
    "ticket_id": "id",
    "creation_date": "created_at",
    "created_date": "created_at",
    "updated_date": "updated_at",
    "closed_date": "closed_at",
    "initial_channel": "channel",
    "assignee_team": "team",
    "assignee_team_name": "team",
    "first_response_time_s": "first_response_seconds",
    "csat_score": "survey_score",
    "satisfaction_score": "survey_score",
}
# Of the API.
TIMES = {
    "created_datetime": "created_at",
    "updated_datetime": "updated_at",
    "closed_datetime": "closed_at",
    "trashed_datetime": "trashed_at",
    "last_received_message_datetime": "last_received_at",
    "sent_datetime": "sent_at",
    "scored_datetime": "scored_at",
}

PLURAL = {
    "tickets": "tickets",
    "messages": "messages",
    "events": "events",
    "satisfaction_surveys": "satisfaction_surveys",
    "surveys": "satisfaction_surveys",
    "customers": "customers",
    "teams": "teams",
}
KEYS = PLURAL | {key.removesuffix("s"): name for key, name in PLURAL.items()}


def read(system: System, source: Source) -> list[Found]:
    """Read one export: the CSV of tickets, or one file of answers."""
    if tables.is_table(source):
        return tables.read(system, source, {}, otherwise="tickets")
    return answers.read(system, source, KEYS, opened)


def opened(name: str, record: dict[str, Any]) -> answers.Opened:
    """Give a record's rows: a ticket may hold its messages and its survey."""
    row = {TIMES.get(key, key): value for key, value in record.items()}
    if name == "messages":
        row["sender_id"] = (record.get("sender") or {}).get("id")
    if name == "customers":
        channels = record.get("channels") or ()
        phones = (c.get("address") for c in channels if c.get("type") == "phone")
        row["phone"] = next(phones, None)
    if name != "tickets":
        yield name, row
        return
    customer = record.get("customer") or {}
    assignee = record.get("assignee_user") or {}
    fields = record.get("custom_fields") or {}
    yield (
        name,
        row
        | {
            "customer_id": customer.get("id"),
            "customer_email": customer.get("email"),
            "assignee_id": assignee.get("id"),
            "team": (record.get("assignee_team") or {}).get("name"),
            "tags": [tag["name"] for tag in record.get("tags") or ()],
            "custom_fields": {key: f.get("value") for key, f in fields.items()},
        },
    )
    for message in record.get("messages") or ():
        yield from opened("messages", {"ticket_id": record["id"]} | message)
    if survey := record.get("satisfaction_survey"):
        yield from opened("satisfaction_surveys", {"ticket_id": record["id"]} | survey)


SYSTEM = System(
    "gorgias",
    (
        entity(
            "tickets",
            TICKETS,
            clean=moments(TICKETS) | {"tags": TAGS},
            headings=TIMES | HEADINGS,
            first_counts=True,
        ),
        entity("messages", MESSAGES, clean=moments(MESSAGES)),
        entity("events", EVENTS, clean=moments(EVENTS)),
        entity(
            "satisfaction_surveys",
            SATISFACTION_SURVEYS,
            newest="scored_at",
            clean=moments(SATISFACTION_SURVEYS),
        ),
        entity("customers", CUSTOMERS, clean=moments(CUSTOMERS)),
        entity("teams", TEAMS),
    ),
    "JSON or NDJSON with tickets, messages, events, satisfaction_surveys, customers or "
    "teams in a file named after them, or the CSV export of tickets",
    read,
)
