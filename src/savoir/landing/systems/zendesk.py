"""Zendesk API answers: pages, single objects, arrays and NDJSON, as recorded."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from savoir.landing import objects
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found, Rows
from savoir.landing.schema import Entity, System, entity

TICKETS = """
id*
external_id
via                  json
created_at*          timestamp
updated_at*          timestamp
generated_timestamp  integer
status*
priority
requester_id
submitter_id
assignee_id
group_id
organization_id
brand_id
tags                 json
custom_fields        json
satisfaction_rating  json
"""

TICKET_AUDITS = """
id*
ticket_id*
created_at*  timestamp
author_id
via          json
events*      json
"""

USERS = """
id*
name
email
phone
role
active
suspended
tags        json
created_at  timestamp
updated_at  timestamp
"""

SATISFACTION_RATINGS = """
id*
ticket_id
requester_id
assignee_id
group_id
score*
comment
reason
created_at*  timestamp
updated_at*  timestamp
"""

GROUPS = """
id*
name*
created_at
updated_at
"""

CALLS = """
id*
ticket_id
agent_id
customer_id
end_user_id
direction*
completion_status
call_group_id
created_at*         timestamp
updated_at*         timestamp
call_started_at     timestamp
call_ended_at       timestamp
duration            integer
wait_time           integer
talk_time           integer
hold_time           integer
wrap_up_time        integer
voicemail           boolean
callback            boolean
"""

# The key under which an answer holds records, for an array and for one object.
PLURAL = {
    "tickets": "tickets",
    "audits": "ticket_audits",
    "ticket_audits": "ticket_audits",
    "users": "users",
    "satisfaction_ratings": "satisfaction_ratings",
    "groups": "groups",
    "calls": "calls",
}
SINGULAR = {key.removesuffix("s"): name for key, name in PLURAL.items()}


def read(system: System, source: Source) -> list[Found]:
    """Read one file of answers; it may hold several entities.

    Objects of other kinds are counted in the note. A line that is no JSON is a reject
    of the file's first entity. Raises `Unreadable` for a file of other kinds only.
    """
    by_name = entity_by_name(system, source)
    rows: dict[str, Rows] = {}
    others: Counter[str] = Counter()
    malformed = []

    def rows_of(name: str) -> Rows:
        if name not in rows:
            rows[name] = Rows(system.entity(name), source.scratch)
        return rows[name]

    for value in objects.values(source):
        if value.problem:
            malformed.append(value)
            continue
        for name, position, item in records(value.value, by_name):
            if name in PLURAL.values():
                raw = value.raw if item is value.value else None
                objects.add(rows_of(name), value.line or position, raw, item)
            else:
                others[name] += 1
    note = ", ".join(f"{count} {name}" for name, count in others.items())
    first = next(iter(rows), by_name.name if by_name else None)
    if first is None:
        raise Unreadable(
            f"no known records ({note or 'no JSON'}); expected {system.expects}"
        )
    for value in malformed:
        rows_of(first).reject(value.line, value.raw, value.problem)
    rows_of(first)
    return [r.found(note and f"not landed: {note}") for r in rows.values()]


def entity_by_name(system: System, source: Source) -> Entity | None:
    """Return the entity that bare objects of a file have by its name, if any."""
    keys = [k for k in PLURAL | SINGULAR if source.path.name.lower().startswith(k)]
    if not keys:
        return None
    return system.entity((PLURAL | SINGULAR)[max(keys, key=len)])


def records(value: Any, by_name: Entity | None) -> Iterator[tuple[str, int, Any]]:
    """Return (entity or other kind, position, record) for all that a value holds."""
    if isinstance(value, list):
        for position, item in enumerate(value, 1):
            yield from (
                (name, position, record) for name, _, record in records(item, by_name)
            )
        return
    if not isinstance(value, dict):
        yield (by_name.name if by_name else "values"), 1, value
        return
    if "body" in value and "uri" in value:  # a recorded answer
        yield from records(value["body"], by_name)
        return
    if "stream" in value and "data" in value:  # an Airbyte message
        stream = str(value["stream"])
        yield PLURAL.get(stream, stream), 1, value["data"]
        return
    found = False
    for key, item in value.items():
        if key in PLURAL and isinstance(item, list):
            found = True
            yield from (
                (PLURAL[key], position, record)
                for position, record in enumerate(item, 1)
            )
        # A bare ticket also holds the key `satisfaction_rating`, beside its id.
        elif key in SINGULAR and isinstance(item, dict) and "id" not in value:
            found = True
            yield SINGULAR[key], 1, item
    if found:
        return
    if by_name and value.keys() & {column.name for column in by_name.columns}:
        yield by_name.name, 1, value
    else:
        yield next(iter(value), "empty object"), 1, value


SYSTEM = System(
    "zendesk",
    (
        entity("tickets", TICKETS),
        entity("ticket_audits", TICKET_AUDITS),
        entity("users", USERS),
        entity("satisfaction_ratings", SATISFACTION_RATINGS),
        entity("groups", GROUPS),
        entity("calls", CALLS),
    ),
    "JSON or NDJSON with tickets, audits, users, satisfaction_ratings, "
    "groups or calls "
    "(bare objects: in a file named after them)",
    read,
)
