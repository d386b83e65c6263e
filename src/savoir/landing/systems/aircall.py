"""Aircall API calls: pages of /v1/calls, or webhook events."""

from typing import Any

from savoir.landing import answers
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

CALLS = """
id*          id
direction*   enum  inbound outbound
status
missed_call_reason
started_at*  epoch
answered_at  epoch
ended_at     epoch
duration     integer
voicemail
raw_digits
number_name
user_id      id
contact_id   id
team_name
"""


KEYS = {"calls": "calls", "call": "calls", "data": "calls"}
MARKS = {"calls": {"direction", "raw_digits"}}
PATHS = {
    "number_name": "number.name",
    "user_id": "user.id",
    "contact_id": "contact.id",
}


def opened(name: str, record: dict[str, Any]) -> answers.Opened:
    """Give a call with the first of the teams it rang."""
    teams = [team for team in record.get("teams") or [] if isinstance(team, dict)]
    first = {"team_name": teams[0].get("name") if teams else None}
    yield name, record | first | answers.dug(record, PATHS)


def read(system: System, source: Source) -> list[Found]:
    """Read one file of answers or events."""
    return answers.read(system, source, KEYS, opened, marks=MARKS)


SYSTEM = System(
    "aircall",
    (entity("calls", CALLS, newest="ended_at"),),
    "JSON or NDJSON with calls",
    read,
)
