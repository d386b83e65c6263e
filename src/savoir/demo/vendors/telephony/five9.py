"""Five9: the call log report as CSV, lengths as hours, minutes and seconds."""

from pathlib import Path

from savoir.demo.files import Written
from savoir.demo.vendors.pages import write_table
from savoir.demo.vendors.telephony import common
from savoir.demo.world import Call, World, paris

DISPOSITIONS = {
    "answered": "Resolu",
    "abandoned": "Abandon",
    "timeout": "Transferred To 3rd Party",
    "unfinished": "System Shutdown",
}


def call_id(number: int) -> str:
    """Id of a call."""
    return str(300_000_000_000_000 + number)


def write_five9(world: World, folder: Path) -> list[Written]:
    """Write one report of all calls that have ended."""
    rows = [_call(call) for call in common.ended(world)]
    return [write_table(folder / "call_log.csv", rows)]


def _call(call: Call) -> dict[str, str]:
    is_answered = call.outcome == "answered"
    ring = common.ring_of(call) if is_answered else 0
    number = common.caller(call)
    return {
        "CALL ID": call.id,
        "TIMESTAMP": f"{paris(call.entered_at):%a, %d %b %Y %H:%M:%S}",
        "CAMPAIGN": "SAV entrant",
        "CALL TYPE": "Inbound",
        "SKILL": common.QUEUE,
        "AGENT": common.user_name(call.agent) if is_answered else "[None]",
        "AGENT NAME": call.agent.name if is_answered else "[None]",
        "DISPOSITION": DISPOSITIONS[call.outcome],
        "ANI": number.removeprefix("+") if number else "anonymous",
        "DNIS": common.LINE.removeprefix("+"),
        "QUEUE WAIT TIME": _length(call.wait - ring),
        "RING TIME": _length(ring),
        "TALK TIME": _length(call.talk),
        "HOLD TIME": _length(0),
        "AFTER CALL WORK TIME": _length(0),
        "ABANDONED": "1" if call.outcome == "abandoned" else "0",
        "SESSION ID": common.hexadecimal("five9 session", call.id).upper(),
    }


def _length(seconds: int) -> str:
    """01:02:03."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
