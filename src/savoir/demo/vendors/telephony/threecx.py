"""3CX: the call detail records of its server, every field, in its own order."""

from pathlib import Path

from savoir.demo.files import Table, Written, write
from savoir.demo.vendors.telephony import common
from savoir.demo.world import Agent, Call, World, paris

QUEUE = "800"
# what ended a call that no agent took: the caller, or the queue's own time limit
ENDINGS = {"abandoned": "TerminatedBySrc", "timeout": "TerminatedByDst"}


def call_id(number: int) -> str:
    """History id of a call, without the word before it."""
    return f"{0x18C000000000 + number:015d}_{number}"


def write_threecx(world: World, folder: Path) -> list[Written]:
    """Write one cdr.log of all calls that have ended."""
    table = Table(line_end="\r\n")
    # the server that loses a call loses its record, too
    known = (call for call in common.ended(world) if not common.is_lost(call))
    for number, call in enumerate(known, start=1):
        table.add(_record(call, number))
    path = folder / "cdr.log"
    write(path, table.text)
    return [Written(path, table.rows)]


def extension(agent: Agent) -> str:
    """An agent's telephone: 1001."""
    return agent.extension.partition("/")[2]


def _record(call: Call, number: int) -> list[str]:
    is_answered = call.outcome == "answered"
    # the queue picks up with music; where an agent did, the record tells only that
    answered_at = common.picked_up_at(call) if is_answered else call.entered_at
    by_agent = call.hung_up_by == "AGENT"
    how = "TerminatedByDst" if by_agent else "TerminatedBySrc"
    final = extension(call.agent) if is_answered else QUEUE
    who = call.agent.name if is_answered else common.QUEUE
    from_no = "anonymous"
    if caller := common.caller(call):
        from_no = "0" + caller.removeprefix("+33")
    missed = call.unanswered_ring
    return [
        f"Call {call.id}",
        str(number),
        _length(call.ended_at - answered_at),
        _time(call.entered_at),
        _time(answered_at),
        _time(call.ended_at),
        how if is_answered else ENDINGS[call.outcome],
        from_no,
        f"Ext.{QUEUE}",
        "10000",
        QUEUE,
        QUEUE,
        "ReplacedDst" if is_answered else "",
        f"Ext.{final}",
        final,
        "",
        "",
        "",
        "",
        f"Chain: {from_no};Ext.{QUEUE};" + (f"Ext.{final};" if is_answered else ""),
        "Line",
        "Queue",
        "Extension" if is_answered else "Queue",
        f"{from_no}:",
        common.QUEUE,
        who,
        extension(missed) if missed else "",
    ]


def _time(at: int) -> str:
    return f"{paris(at):%Y/%m/%d %H:%M:%S}"


def _length(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
