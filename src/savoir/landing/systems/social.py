"""Social monitoring: mentions and messages as a listening tool exports them."""

from typing import Any

from savoir.landing import answers, tables
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import TAGS, System, entity, heading_key, moments

# A mention stands alone; messages of one conversation share its id.
MENTIONS = """
id               id
url
conversation_id  id
published_at*    local
updated_at       local
replied_at       local
closed_at        local
network*
kind
is_own           boolean
author_id        id
author
agent
team
status
topic
priority
language
tags
"""

HEADINGS = {
    "mention_id": "id",
    "message_id": "id",
    "post_id": "id",
    "resource_id": "id",
    "link": "url",
    "permalink": "url",
    "thread_id": "conversation_id",
    "date": "published_at",
    "published": "published_at",
    "created_at": "published_at",
    "timestamp": "published_at",
    "last_updated": "updated_at",
    "response_date": "replied_at",
    "first_reply_at": "replied_at",
    "resolved_at": "closed_at",
    "platform": "network",
    "source": "network",
    "source_type": "network",
    "page_type": "network",
    "channel": "network",
    "type": "kind",
    "post_type": "kind",
    "message_type": "kind",
    "from_us": "is_own",
    "outbound": "is_own",
    "author_name": "author",
    "author_handle": "author",
    "username": "author",
    "assignment": "agent",
    "assigned_to": "agent",
    "assignee": "agent",
    "category": "topic",
    "reason": "topic",
}

KEYS = {
    "mentions": "mentions",
    "messages": "mentions",
    "posts": "mentions",
}

# What no export names is known by its address.
NAMED = """
* replace (
    coalesce(nullif(trim(id), ''), nullif(trim(url), '')) as id,
    case
        when _reason is null and nullif(trim(concat(id, url)), '') is null
            then 'id: missing (an id or a url is required)'
        else _reason
    end as _reason
)
"""


def read(system: System, source: Source) -> list[Found]:
    """Read one export of mentions, as CSV, Parquet, JSON or NDJSON."""
    [mentions] = system.entities
    if tables.is_table(source):
        found = tables.read_as(mentions, source)
    else:
        found = answers.read(system, source, KEYS, named, otherwise="mentions")
    return [f.select(mentions, NAMED) for f in found]


def named(name: str, record: dict[str, Any]) -> answers.Opened:
    """Give a record with its fields as columns; an author may be an object."""
    row = {HEADINGS.get(key := heading_key(k), key): v for k, v in record.items()}
    if isinstance(author := row.get("author"), dict):
        row |= {"author_id": author.get("id"), "author": author.get("username")}
    yield name, row


SYSTEM = System(
    "social",
    (
        entity(
            "mentions",
            MENTIONS,
            clean=moments(MENTIONS) | {"tags": TAGS},
            headings=HEADINGS,
            first_counts=True,
        ),
    ),
    "CSV, Parquet, JSON or NDJSON of mentions and messages: id or url, date, network",
    read,
)
