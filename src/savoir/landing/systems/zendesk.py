"""Zendesk: API answers as recorded, tables that a loader wrote, the CSV export."""

from typing import Any

from savoir.landing import answers, tables
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity, heading_key

TICKETS = """
id*                  number
external_id
via                  json
created_at*          timestamp
updated_at*          timestamp
generated_timestamp  epoch
status*              in  new open pending hold solved closed deleted
priority             in  low normal high urgent
requester_id         number
submitter_id         number
assignee_id          number
group_id             number
organization_id      number
brand_id             number
tags                 json
custom_fields        json
satisfaction_rating  json
"""

TICKET_AUDITS = """
id*          number
ticket_id*   number
created_at*  timestamp
author_id    number
via          json
events*      json
"""

USERS = """
id*         number
name
email
phone
role        in  end-user agent admin
active      in  true false
suspended   in  true false
tags        json
created_at  timestamp
updated_at  timestamp
"""

SATISFACTION_RATINGS = """
id*           number
ticket_id     number
requester_id  number
assignee_id   number
group_id      number
score*        in  good bad offered unoffered 1 2 3 4 5
comment
reason
created_at*   timestamp
updated_at*   timestamp
"""

GROUPS = """
id*         number
name*
created_at  moment
updated_at  moment
"""

CALLS = """
id*              number
ticket_id        number
agent_id         number
customer_id      number
end_user_id      number
direction*       in  inbound outbound
completion_status
call_group_id    number
created_at*      timestamp
updated_at*      timestamp
call_started_at  timestamp
call_ended_at    timestamp
duration         integer
wait_time        integer
talk_time        integer
hold_time        integer
wrap_up_time     integer
voicemail        boolean
callback         boolean
"""

TICKET_TAGS = """
ticket_id*  number
tag*
"""

# What the support view exports as CSV; its times are the account's.
TICKET_EXPORTS = """
id*                          number
created_at*                  timestamp
updated_at                   timestamp
solved_at                    timestamp
status*
priority
via
requester_id                 number
requester_email
assignee
group_name
tags
satisfaction_score
reopens                      integer
group_stations               integer
first_reply_time_in_minutes  decimal
"""

# Fivetran's and Airbyte's tables of what the API gives as audits.
TICKET_COMMENTS = """
id*
ticket_id*
created_at*
author_id
public*
"""

TICKET_FIELD_HISTORY = """
ticket_id*
field_name*
updated*
user_id
value
"""

COMMENTS = entity(
    "ticket_comments",
    TICKET_COMMENTS,
    headings={"created": "created_at", "user_id": "author_id"},
)
HISTORY = entity("ticket_field_history", TICKET_FIELD_HISTORY)

COMMENT_AS_AUDIT = """
id, ticket_id, created_at, author_id, null::varchar as via,
to_json([{
    'id': id, 'type': 'Comment', 'public': lower(public), 'author_id': author_id
}])::varchar as events,
_line, _raw, _reason
"""
# The first value of a field came with the ticket. Nobody's change is the system's, -1.
CHANGE_AS_AUDIT = """
ticket_id || ':' || field_name || ':' || updated as id, ticket_id,
updated as created_at, coalesce(nullif(trim(user_id), ''), '-1') as author_id,
null::varchar as via,
to_json([{
    'id': ticket_id || ':' || field_name || ':' || updated,
    'type': case when row_number() over (
        partition by ticket_id, field_name order by updated, _line
    ) = 1 then 'Create' else 'Change' end,
    'field_name': field_name,
    'value': nullif(value, ''),
    'previous_value': lag(nullif(value, '')) over (
        partition by ticket_id, field_name order by updated, _line
    )
}])::varchar as events,
_line, _raw, _reason
"""
# A loader writes via in columns of its own and booleans in capitals.
VIA = """
case
    when nullif(trim({value}), '') is null then null
    when {value} like '{{%' then {value}
    else to_json({{'channel': lower({value})}})::varchar
end
"""
# The export lists tags with spaces.
TAGS = "to_json(string_split({value}, ' '))::varchar"

# The keys under which an answer holds records: an array, or one object.
PLURAL = {
    "tickets": "tickets",
    "audits": "ticket_audits",
    "ticket_audits": "ticket_audits",
    "users": "users",
    "satisfaction_ratings": "satisfaction_ratings",
    "groups": "groups",
    "calls": "calls",
}
KEYS = PLURAL | {key.removesuffix("s"): name for key, name in PLURAL.items()}
KEYS |= {"ticket_comments": "ticket_audits"}

TABLES = KEYS | {
    "ticket_tags": "ticket_tags",
    "ticket_tag": "ticket_tags",
}


def read(system: System, source: Source) -> list[Found]:
    """Read one file of answers, one table, or the CSV export."""
    if not tables.is_table(source):
        return answers.read(system, source, KEYS, opened)
    audits = system.entity("ticket_audits")
    name = source.path.name.lower()
    if heading_key(tables.header_of(source)[0]) == "summation_column":
        return tables.read_as(system.entity("ticket_exports"), source)
    if "ticket_comment" in name:
        found = tables.read_as(COMMENTS, source)
        return [f.select(audits, COMMENT_AS_AUDIT) for f in found]
    if "ticket_field_history" in name:
        found = tables.read_as(HISTORY, source)
        return [f.select(audits, CHANGE_AS_AUDIT) for f in found]
    return tables.read(system, source, TABLES)


def opened(name: str, record: dict[str, Any]) -> answers.Opened:
    """Give a record as it is, but a comment as the audit that made it."""
    if name == "ticket_audits" and "public" in record:
        comment = {key: record.get(key) for key in ("id", "public", "author_id", "via")}
        record = record | {"events": [comment | {"type": "Comment"}]}
    yield name, record


SYSTEM = System(
    "zendesk",
    (
        entity(
            "tickets",
            TICKETS,
            clean={"via": VIA},
            headings={"via_channel": "via"},
            first_counts=True,
        ),
        entity("ticket_audits", TICKET_AUDITS),
        entity(
            "users",
            USERS,
            clean={"active": "lower({value})", "suspended": "lower({value})"},
        ),
        entity("satisfaction_ratings", SATISFACTION_RATINGS),
        entity("groups", GROUPS),
        entity("calls", CALLS),
        entity("ticket_tags", TICKET_TAGS, key="ticket_id tag"),
        entity(
            "ticket_exports",
            TICKET_EXPORTS,
            clean={"tags": TAGS},
            headings={"group": "group_name"},
            # Own fields stand beside Zendesk's, of the same name now and then.
            first_counts=True,
        ),
    ),
    "JSON or NDJSON with tickets, audits, users, satisfaction_ratings, groups or calls "
    "(bare objects: in a file named after them), tables as Fivetran or Airbyte names "
    "them, or the CSV export of tickets",
    read,
)
