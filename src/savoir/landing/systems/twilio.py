"""Twilio: calls (API pages, or CSV as a loader writes them) and TaskRouter events."""

from email.utils import parsedate_to_datetime
from typing import Any

from savoir.landing import api, delimited
from savoir.landing.files import Source
from savoir.landing.objects import loads
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

CALLS = """
sid*
parent_call_sid
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
sid*
event_type*
event_date*      timestamp
task_sid
call_sid
worker_sid
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


def call(record: dict) -> list[dict]:
    """Return a call with ISO times."""
    times = ("start_time", "end_time", "date_updated")
    return [record | {name: iso(record.get(name)) for name in times}]


def event(record: dict) -> list[dict]:
    """Return a TaskRouter event with the call that its task is about."""
    data = record.get("event_data") or {}
    attributes = data.get("task_attributes")
    if isinstance(attributes, str):
        try:
            attributes = loads(attributes)
        except ValueError:
            attributes = None
    names = ("task_sid", "worker_sid", "worker_name", "task_queue_name")
    return [
        {name: data.get(name) for name in names}
        | {"call_sid": api.dig(attributes, "call_sid")}
        | {name: record.get(name) for name in ("sid", "event_type")}
        | {"event_date": iso(record.get("event_date"))}
    ]


KINDS = (
    api.Kind(
        "events",
        keys=("events",),
        marks=frozenset({"event_type", "event_data"}),
        shape=event,
    ),
    api.Kind(
        "calls",
        keys=("calls",),
        marks=frozenset({"sid", "direction", "status"}),
        paths={"from_number": "from", "to_number": "to"},
        shape=call,
    ),
)


def read(system: System, source: Source) -> list[Found]:
    """Read one file of answers, or one table of calls."""
    if source.path.suffix.lower() == ".csv":
        return delimited.read(system.entity("calls"), source)
    return api.read(system, source, KINDS)


SYSTEM = System(
    "twilio",
    (entity("calls", CALLS, headings=HEADINGS), entity("events", EVENTS)),
    "JSON or NDJSON with calls or TaskRouter events, or *.csv with calls",
    read,
)
