"""Freshdesk: answers of the API, versions 2 and 1, and its CSV ticket export."""

from typing import Any

from savoir.landing import answers, tables
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import TAGS, System, entity

TICKETS = """
id*                 id
created_at*         timestamp
updated_at          timestamp
status*
priority
source
type
tags
spam                boolean
deleted             boolean
requester_id        id
requester_email
requester_phone
responder_id        id
responder
group_id            id
group_name
product_id          id
product
custom_fields
first_responded_at  timestamp
reopened_at         timestamp
resolved_at         timestamp
closed_at           timestamp
time_tracked
survey_result
"""

CONVERSATIONS = """
id*          id
ticket_id*   id
user_id      id
incoming*    boolean
private      boolean
created_at*  timestamp
updated_at   timestamp
"""

# `ratings` is version 2's object of answers by question, `rating` version 1's one.
SATISFACTION_RATINGS = """
id*          id
survey_id    id
ticket_id*   id
user_id      id
agent_id     id
group_id     id
feedback
ratings
rating       rating
created_at*  timestamp
updated_at   timestamp
"""

# `time_spent` is HH:MM; version 1's `timespent` is in hours.
TIME_ENTRIES = """
id*                    id
ticket_id*             id
agent_id               id
time_spent
timespent              score
time_spent_in_seconds  integer
executed_at            timestamp
created_at             timestamp
updated_at             timestamp
"""

# What was done to tickets; `activity` holds the new values by field.
TICKET_ACTIVITIES = """
ticket_id*
performed_at*   timestamp
performer_type
performer_id
activity*       json
"""
# `15-03-2025 06:12:58 +0000`
PERFORMED = r"""
regexp_replace({value},
    '^(\d\d)-(\d\d)-(\d{{4}}) (\S+) ([+-]\d\d):?(\d\d)$', '\3-\2-\1T\4\5:\6')
"""

CONTACTS = """
id*         id
email
phone
mobile
created_at  timestamp
updated_at  timestamp
"""

AGENTS = """
id*         id
email
created_at  timestamp
updated_at  timestamp
"""

GROUPS = """
id*         id
name*
created_at  timestamp
updated_at  timestamp
"""

# Of the ticket export; what it writes like the API needs no mention.
HEADINGS = {
    "ticket_id": "id",
    "agent": "responder",
    "group": "group_name",
    "created_time": "created_at",
    "resolved_time": "resolved_at",
    "closed_time": "closed_at",
    "last_update_time": "updated_at",
    "last_updated_time": "updated_at",
    "initial_response_time": "first_responded_at",
    "survey_results": "survey_result",
    "contact_id": "requester_id",
    "email": "requester_email",
    "work_phone": "requester_phone",
}

PLURAL = {
    "tickets": "tickets",
    "conversations": "conversations",
    "satisfaction_ratings": "satisfaction_ratings",
    "time_entries": "time_entries",
    "ticket_activities": "ticket_activities",
    "contacts": "contacts",
    "agents": "agents",
    "groups": "groups",
}
KEYS = PLURAL | {
    "ticket": "tickets",
    "helpdesk_ticket": "tickets",
    "outbound_email": "tickets",
    "conversation": "conversations",
    "notes": "conversations",
    "note": "conversations",
    "reply": "conversations",
    "satisfaction_rating": "satisfaction_ratings",
    "survey_rating": "satisfaction_ratings",
    "survey_ratings": "satisfaction_ratings",
    "time_entry": "time_entries",
    "activities_data": "ticket_activities",
    "timeentries": "time_entries",
    "contact": "contacts",
    "user": "contacts",
    "users": "contacts",
    "agent": "agents",
    "group": "groups",
}


def read(system: System, source: Source) -> list[Found]:
    """Read one export: a CSV, or one file of answers."""
    if tables.is_table(source):
        return tables.read(system, source, {}, otherwise="tickets")
    return answers.read(system, source, KEYS, opened)


def opened(name: str, record: dict[str, Any]) -> answers.Opened:
    """Give a record's rows: a ticket also holds its requester and its conversations."""
    if name == "agents":
        person = record.get("user") or record.get("contact") or {}
        # Version 1's tickets name agents by the id of their user.
        own_id = record.get("user_id") or record.get("id")
        record = {"email": person.get("email")} | record | {"id": own_id}
    if name != "tickets":
        yield name, record
        return
    # Version 1 shows as display_id what version 2 and people call the ticket's id.
    number = record.get("display_id") or record.get("id")
    requester = record.get("requester") or {}
    stats = record.get("stats") or {}
    yield (
        name,
        {
            "type": record.get("ticket_type"),
            "custom_fields": record.get("custom_field"),
            "requester_email": requester.get("email") or record.get("email"),
            "requester_phone": requester.get("phone") or requester.get("mobile"),
        }
        | stats
        | record
        | {"id": number},
    )
    for note in record.get("notes") or record.get("conversations") or ():
        yield "conversations", {"ticket_id": number} | note.get("note", note)


SYSTEM = System(
    "freshdesk",
    (
        entity(
            "tickets",
            TICKETS,
            clean={"tags": TAGS},
            headings=HEADINGS,
            # The contact's tags stand in the same file as the ticket's, after them.
            first_counts=True,
        ),
        entity("conversations", CONVERSATIONS),
        entity("satisfaction_ratings", SATISFACTION_RATINGS),
        entity("time_entries", TIME_ENTRIES),
        entity(
            "ticket_activities", TICKET_ACTIVITIES, clean={"performed_at": PERFORMED}
        ),
        entity("contacts", CONTACTS),
        entity("agents", AGENTS),
        entity("groups", GROUPS),
    ),
    "JSON or NDJSON with tickets, conversations, satisfaction_ratings, time_entries, "
    "ticket_activities, contacts, agents or groups (bare objects: in a file named "
    "after them), or the CSV ticket export",
    read,
)
