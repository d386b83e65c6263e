"""Asterisk's `queue_log`: pipe-separated lines without a header, 5 to 10 fields."""

from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found, lines
from savoir.landing.schema import System, entity

QUEUE_LOG = """
time*       integer
callid*
queuename*
agent*
event*
data1
data2
data3
data4
data5
"""


def read(system: System, source: Source) -> list[Found]:
    """Read one log; every non-blank line is a record."""
    entity = system.entity("queue_log")
    if system.entity_of_file(source.file) != entity:
        raise Unreadable(f"the file name matches nothing; expected {system.expects}")
    fields = ", ".join(
        f"fields[{position}] as {column.name}"
        for position, column in enumerate(entity.columns, 1)
    )
    return [
        lines(source).select(
            entity,
            f"""
            {fields}, _line, text as _raw, case
                when trim(coalesce(text, '')) = '' then ''
                when len(fields) not between 5 and 10 then len(fields)
                    || ' fields, 5 to 10 expected (time|callid|queue|agent|event|...)'
            end as _reason
            """,
        )
    ]


SYSTEM = System("asterisk", (entity("queue_log", QUEUE_LOG),), "queue_log*", read)
