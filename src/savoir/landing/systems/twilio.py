"""Twilio: calls (API pages, or CSV as a loader writes them) and TaskRouter events."""

from email.utils import parsedate_to_datetime
from typing import Any

from savoir.landing import answers, delimited
from savoir.landing.files import Source
from savoir.landing.objects import loads
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

CALLS = """
sid*             id
parent_call_sid  id
direction*
status*
from_number
to_number
start_time       timestamp
end_time         timestamp
duration         integer
queue_time       integer
date_updated     timestamp
"""

EVENTS = """
sid*         id
event_type*
event_date*  timestamp
task_sid     id
call_sid     id
worker_sid   id
worker_name
task_queue_name
"""

HEADINGS = {
    "id": "sid",
    "call_sid": "sid",
    "parent_call_id": "parent_call_sid",
    "updated_at": "date_updated",
    "type": "direction",
    "from": "from_number",
    "to": "to_number",
}


def iso(value: Any) -> Any:
    """Return an RFC 2822 time (`Tue, 10 Aug 2010 08:02:17 +0000`) as ISO 8601."""
    try:
        return parsedate_to_datetime(value).isoformat()
    except (TypeError, ValueError):
        return value


KEYS = {"events": "events", "calls": "calls"}
MARKS = {
    "events": {"event_type", "event_data"},
    "calls": {"sid", "direction", "status"},
}
TIMES = ("start_time", "end_time", "date_updated")
NUMBERS = {"from_number": "from", "to_number": "to"}


def opened(name: str, record: dict[str, Any]) -> answers.Opened:
    """Give a call with ISO times, or an event."""
    if name == "events":
        yield name, event_of(record)
        return
    times = {column: iso(record.get(column)) for column in TIMES}
    yield name, record | times | answers.dug(record, NUMBERS)


def event_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return a TaskRouter event with the call that its task is about."""
    data = record.get("event_data") or {}
    attributes = data.get("task_attributes")
    if isinstance(attributes, str):
        try:
            attributes = loads(attributes)
        except (ValueError, RecursionError):
            attributes = None
    names = ("task_sid", "worker_sid", "worker_name", "task_queue_name")
    return (
        {name: data.get(name) for name in names}
        | {"call_sid": answers.dig(attributes, "call_sid")}
        | {name: record.get(name) for name in ("sid", "event_type")}
        | {"event_date": iso(record.get("event_date"))}
    )


def read(system: System, source: Source) -> list[Found]:
    """Read one file of answers, or one table of calls."""
    if source.path.suffix.lower() == ".csv":
        return delimited.read(system.entity("calls"), source)
    return answers.read(system, source, KEYS, opened, marks=MARKS)


SYSTEM = System(
    "twilio",
    (
        entity("calls", CALLS, key="sid", newest="date_updated", headings=HEADINGS),
        entity("events", EVENTS, key="sid"),
    ),
    "JSON or NDJSON with calls or TaskRouter events, or *.csv with calls",
    read,
)
