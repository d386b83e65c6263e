"""Asterisk: the `queue_log`, and call detail records (CDR). Neither has a header."""

import re

from savoir.landing import delimited
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found, lines
from savoir.landing.schema import System, entity

QUEUE_LOG = """
time*    epoch
callid*  id
queuename*
agent*
event*   in  ABANDON ADDMEMBER AGENTCALLBACKLOGIN AGENTCALLBACKLOGOFF AGENTDUMP \
AGENTLOGIN AGENTLOGOFF ATTENDEDTRANSFER BLINDTRANSFER COMPLETEAGENT COMPLETECALLER \
CONFIGRELOAD CONNECT DID ENTERQUEUE EXITEMPTY EXITWITHKEY EXITWITHTIMEOUT PAUSE \
PAUSEALL PENALTY QUEUESTART REMOVEMEMBER RINGCANCELED RINGINUSE RINGNOANSWER SYSCOMPAT \
TRANSFER UNPAUSE UNPAUSEALL
data1
data2
data3
data4
data5
"""


CDR = """
accountcode
src
dst
dcontext
channel*
dstchannel
lastapp
lastdata
start_time*  timestamp
answer_time  timestamp
end_time     timestamp
duration     integer
billsec      integer
disposition*
amaflags
uniqueid     id
userfield
"""

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
MIDDLE = (
    "channel dstchannel lastapp lastdata start_time answer_time end_time duration "
    "billsec"
)
# By where the start stands: cdr_csv (16 fields, or 18), cdr_custom (14 to 18).
LAYOUTS = {
    9: f"accountcode src dst dcontext clid {MIDDLE} disposition amaflags uniqueid "
    "userfield",
    8: f"clid src dst dcontext {MIDDLE} disposition amaflags accountcode uniqueid "
    "userfield",
}


def read(system: System, source: Source) -> list[Found]:
    """Read one log or one file of call detail records."""
    name = source.path.name.lower()
    if name.startswith("queue_log"):
        return [queue_log(system, source)]
    if name.startswith(("cdr", "master")) or name.endswith(".csv"):
        return delimited.read_headless(system.entity("cdr"), source, cdr)
    raise Unreadable(f"the file name matches nothing; expected {system.expects}")


def queue_log(system: System, source: Source) -> Found:
    """Read a queue log; every non-blank line is a record, of 5 to 10 fields."""
    entity = system.entity("queue_log")
    fields = ", ".join(
        f"fields[{position}] as {column.name}"
        for position, column in enumerate(entity.columns, 1)
    )
    return lines(source).select(
        entity,
        f"""
        {fields}, _line, coalesce(text, _raw) as _raw, case
            when _reason is not null then _reason
            when trim(coalesce(text, '')) = '' then ''
            when len(fields) not between 5 and 10 then len(fields)
                || ' fields, 5 to 10 expected (time|callid|queue|agent|event|...)'
        end as _reason
        """,
    )


def cdr(fields: list[str]) -> dict[str, str] | str:
    """Return a record's values; which layout it has is told by where it starts."""
    if len(fields) not in (14, 16, 18):
        return f"{len(fields)} fields, 14, 16 or 18 expected"
    for start, names in LAYOUTS.items():
        if TIME.match(fields[start].strip()):
            return dict(zip(names.split(), fields, strict=False))
    return "no start time where a call detail record has one (field 9 or 10)"


SYSTEM = System(
    "asterisk",
    (entity("queue_log", QUEUE_LOG), entity("cdr", CDR)),
    "queue_log*, or call detail records: cdr*, Master* or *.csv",
    read,
)
