"""Five9's call log report as CSV."""

from savoir.landing import delimited
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

CALLS = """
call_id*              id
call_timestamp*       local
campaign
call_type*
skill
agent
disposition
ani
dnis
session_id
queue_wait_time       integer
ring_time             integer
talk_time             integer
hold_time             integer
after_call_work_time  integer
abandoned             boolean
"""

# Five9 writes lengths as 00:01:30, and times as Wed, 02 Sep 2026 10:00:00.
SECONDS = r"""
case when regexp_full_match({value}, '\d+:\d\d:\d\d') then (
    split_part({value}, ':', 1)::bigint * 3600
    + split_part({value}, ':', 2)::bigint * 60
    + split_part({value}, ':', 3)::bigint
)::varchar else {value} end
"""
TIMESTAMP = """
coalesce(
    strftime(try_strptime({value}, '%a, %d %b %Y %H:%M:%S'), '%Y-%m-%d %H:%M:%S'),
    {value}
)
"""
NOBODY = "nullif({value}, '[None]')"

LENGTHS = (
    "queue_wait_time",
    "ring_time",
    "talk_time",
    "hold_time",
    "after_call_work_time",
)


def read(system: System, source: Source) -> list[Found]:
    """Read one report."""
    if source.path.suffix.lower() != ".csv":
        raise Unreadable(f"the file name matches nothing; expected {system.expects}")
    return delimited.read(system.entity("calls"), source)


SYSTEM = System(
    "five9",
    (
        entity(
            "calls",
            CALLS,
            key="call_id",
            clean=dict.fromkeys(LENGTHS, SECONDS)
            | dict.fromkeys(("agent", "skill", "disposition"), NOBODY)
            | {"call_timestamp": TIMESTAMP},
            headings={"timestamp": "call_timestamp"},
        ),
    ),
    "*.csv",
    read,
)
