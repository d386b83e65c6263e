"""Zendesk API answers: pages, single objects, arrays and NDJSON, as recorded."""

from savoir.landing import answers
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

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

# The keys under which an answer holds records: an array, or one object.
PLURAL = {
    "tickets": "tickets",
    "audits": "ticket_audits",
    "ticket_audits": "ticket_audits",
    "users": "users",
    "satisfaction_ratings": "satisfaction_ratings",
    "groups": "groups",
}
KEYS = PLURAL | {key.removesuffix("s"): name for key, name in PLURAL.items()}


def read(system: System, source: Source) -> list[Found]:
    """Read one file of answers."""
    return answers.read(system, source, KEYS)


SYSTEM = System(
    "zendesk",
    (
        entity("tickets", TICKETS),
        entity("ticket_audits", TICKET_AUDITS),
        entity("users", USERS),
        entity("satisfaction_ratings", SATISFACTION_RATINGS),
        entity("groups", GROUPS),
    ),
    "JSON or NDJSON with tickets, audits, users, satisfaction_ratings or groups "
    "(bare objects: in a file named after them)",
    read,
)
