"""Intercom: answers of the API, and the history tables that Fivetran writes."""

from typing import Any

from savoir.landing import answers, tables
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity, moments

CONVERSATIONS = """
id*                     id
created_at*             timestamp
updated_at              timestamp
state
open                    boolean
priority
assignee_id             id
assignee_type
admin_assignee_id       id
team_assignee_id        id
contact_id              id
author_id               id
author_type
author_email
source_type
delivered_as
tags
custom_attributes
ai_agent_participated   boolean
first_contact_reply_at  timestamp
first_admin_reply_at    timestamp
last_close_at           timestamp
count_reopens           integer
rating                  integer
rating_at               timestamp
rating_remark
rating_teammate_id      id
"""

CONVERSATION_PARTS = """
id*               id
conversation_id*  id
part_type*
author_id         id
author_type
from_ai_agent     boolean
assigned_to_id    id
assigned_to_type
body
created_at*       timestamp
updated_at        timestamp
"""

CONTACTS = """
id*          id
external_id  id
email
phone
role
created_at   timestamp
updated_at   timestamp
"""

TEAMS = """
id*  id
name*
"""

# Of Fivetran's tables; what they call as we do needs no mention.
CONVERSATION_HEADINGS = {
    "conversation_rating_value": "rating",
    "conversation_rating_created_at": "rating_at",
    "conversation_rating_remark": "rating_remark",
    "first_contact_reply_created_at": "first_contact_reply_at",
    "source_author_id": "author_id",
    "source_author_type": "author_type",
    "source_delivered_as": "delivered_as",
}

PLURAL = {
    "conversations": "conversations",
    "conversation_parts": "conversation_parts",
    "contacts": "contacts",
    "users": "contacts",
    "leads": "contacts",
    "teams": "teams",
}
KEYS = PLURAL | {key.removesuffix("s"): name for key, name in PLURAL.items()}


def read(system: System, source: Source) -> list[Found]:
    """Read one export: a table, or one file of answers."""
    if tables.is_table(source):
        return tables.read(system, source, KEYS)
    return answers.read(system, source, KEYS, opened)


def opened(name: str, record: dict[str, Any]) -> answers.Opened:
    """Give a record's rows: a conversation also holds its rating and its parts."""
    if name == "conversation_parts":
        yield name, part_of(record)
        return
    if name != "conversations":
        yield name, record
        return
    yield name, conversation_of(record)
    held = record.get("conversation_parts") or {}
    for part in held["conversation_parts"] if isinstance(held, dict) and held else held:
        yield "conversation_parts", part_of({"conversation_id": record["id"]} | part)


def conversation_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return a conversation as landed, whichever version of the API gave it."""
    source = record.get("source") or record.get("conversation_message") or {}
    author = source.get("author") or {}
    contacts = record.get("contacts") or [record.get("user") or {}]
    if isinstance(contacts, dict):
        contacts = contacts.get("contacts")
    rating = record.get("conversation_rating") or {}
    tags = record.get("tags") or {}
    assignee = record.get("assignee") or {}
    statistics = record.get("statistics") or {}
    return (
        {
            "assignee_id": assignee.get("id"),
            "assignee_type": assignee.get("type"),
            "contact_id": contacts[0].get("id") if contacts else None,
            "author_id": author.get("id"),
            "author_type": author.get("type"),
            "author_email": author.get("email"),
            "source_type": source.get("type"),
            "delivered_as": source.get("delivered_as"),
            "first_contact_reply_at": statistics.get("first_contact_reply_at")
            or (record.get("first_contact_reply") or {}).get("created_at"),
            "first_admin_reply_at": statistics.get("first_admin_reply_at"),
            "last_close_at": statistics.get("last_close_at"),
            "count_reopens": statistics.get("count_reopens"),
            "rating": rating.get("rating"),
            "rating_at": rating.get("updated_at") or rating.get("created_at"),
            "rating_remark": rating.get("remark"),
            "rating_teammate_id": (rating.get("teammate") or {}).get("id"),
        }
        | record
        | {"tags": [tag["name"] for tag in tags.get("tags") or ()]}
    )


def part_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return a part of a conversation as landed."""
    author = record.get("author") or {}
    assigned = record.get("assigned_to") or {}
    return {
        "author_id": author.get("id"),
        "author_type": author.get("type"),
        "from_ai_agent": author.get("from_ai_agent"),
        "assigned_to_id": assigned.get("id"),
        "assigned_to_type": assigned.get("type"),
    } | record


SYSTEM = System(
    "intercom",
    (
        entity(
            "conversations",
            CONVERSATIONS,
            clean=moments(CONVERSATIONS),
            headings=CONVERSATION_HEADINGS,
        ),
        entity(
            "conversation_parts", CONVERSATION_PARTS, clean=moments(CONVERSATION_PARTS)
        ),
        entity("contacts", CONTACTS, clean=moments(CONTACTS)),
        entity("teams", TEAMS),
    ),
    "JSON or NDJSON with conversations, conversation_parts, contacts or teams (bare "
    "objects: in a file named after them), or such tables as Fivetran names them",
    read,
)
