"""Aircall API calls: pages of /v1/calls, or webhook events."""

from savoir.landing import api
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

CALLS = """
id*
direction*           enum  inbound outbound
status
missed_call_reason
started_at*          integer
answered_at          integer
ended_at             integer
duration             integer
voicemail
raw_digits
number_name
user_id
contact_id
team_name
"""


def call(record: dict) -> list[dict]:
    """Return a call with the first of the teams it rang."""
    teams = [team for team in record.get("teams") or [] if isinstance(team, dict)]
    return [record | {"team_name": teams[0].get("name") if teams else None}]


KINDS = (
    api.Kind(
        "calls",
        keys=("calls", "call", "data"),
        marks=frozenset({"direction", "raw_digits"}),
        paths={
            "number_name": "number.name",
            "user_id": "user.id",
            "contact_id": "contact.id",
        },
        shape=call,
    ),
)


def read(system: System, source: Source) -> list[Found]:
    """Read one file of answers or events."""
    return api.read(system, source, KINDS)


SYSTEM = System("aircall", (entity("calls", CALLS),), "JSON or NDJSON with calls", read)
