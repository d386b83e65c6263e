"""Aircall: pages of /v1/calls, times in seconds since 1970."""

from pathlib import Path

from savoir.demo.files import Written
from savoir.demo.vendors.pages import write_pages
from savoir.demo.vendors.telephony import common
from savoir.demo.world import PHONE, TEAMS, Agent, Call, World

API = "https://api.aircall.io/v1"
MISSED = {"timeout": "no_available_agent"}
HARDLY_WAITED = 10  # seconds: who leaves sooner made a short call, says Aircall


def call_id(number: int) -> str:
    """Id of a call."""
    return str(1_500_000_000 + number)


def write_aircall(world: World, folder: Path) -> list[Written]:
    """Write the calls as their list shows them, those under way without an end."""
    rows = [_call(call) for call in world.calls]
    return [write_pages(folder / "calls.ndjson", rows, "calls")]


def user_id(agent: Agent) -> int:
    """Id of a user."""
    return agent.id - 6_000_000


def _call(call: Call) -> dict:
    is_answered = call.outcome == "answered"
    end = None if common.is_under_way(call) else call.ended_at
    return {
        "id": int(call.id),
        "direct_link": f"{API}/calls/{call.id}",
        "direction": "inbound",
        "status": "initial" if end is None else "done",
        "missed_call_reason": _reason(call),
        "started_at": call.entered_at,
        "answered_at": common.picked_up_at(call) if is_answered else None,
        "ended_at": end,
        "duration": 0 if end is None else end - call.entered_at,
        "voicemail": None,
        "recording": None,
        "asset": None,
        "raw_digits": _digits(call),
        "user": _user(call.agent) if is_answered else None,
        "contact": None,
        "archived": False,
        "assigned_to": None,
        "transferred_by": None,
        "transferred_to": None,
        "teams": [{"id": 4101, "name": TEAMS[PHONE]}],
        "comments": [],
        "number": {"id": 9101, "name": common.QUEUE, "digits": common.LINE},
        "cost": "0.0",
        "tags": [],
    }


def _reason(call: Call) -> str | None:
    if call.outcome == "abandoned":
        is_short = call.wait < HARDLY_WAITED
        return "short_abandoned" if is_short else "abandoned_in_classic"
    return MISSED.get(call.outcome)


def _digits(call: Call) -> str:
    """+33 6 39 98 12 34."""
    number = common.caller(call)
    if number is None:
        return "anonymous"
    pairs = [number[i : i + 2] for i in range(4, len(number), 2)]
    return " ".join([number[:3], number[3], *pairs])


def _user(agent: Agent) -> dict:
    return {
        "id": user_id(agent),
        "name": agent.name,
        "email": f"{common.user_name(agent)}@example.fr",
        "available": True,
        "availability_status": "available",
    }
