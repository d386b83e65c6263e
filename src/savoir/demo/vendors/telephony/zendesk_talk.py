"""Zendesk Talk: the calls of its statistics, and whom it knows by telephone alone."""

from pathlib import Path

from savoir.demo.files import Written, to_json, utc, write
from savoir.demo.vendors.telephony import common
from savoir.demo.world import PHONE, Call, World

FIRST_CALLER = 389_000_000_000
COMPLETION = {
    "answered": "completed",
    "abandoned": "abandoned_in_queue",
    "timeout": "not_answered",
    "unfinished": "failed",
}


def call_id(number: int) -> str:
    """Id of a call."""
    return str(360_500_000_000 + number)


def write_zendesk_talk(world: World, folder: Path) -> list[Written]:
    """Write the calls, and a user for each caller who has none: Talk makes them."""
    tickets = {id(t.call): t for t in world.tickets if t.call is not None}
    callers = {user.phone: user.id for user in world.users if user.phone}
    users = []
    for call in world.calls:
        number = common.caller(call)
        if number and number not in callers:
            callers[number] = FIRST_CALLER + len(users)
            users.append(_user(callers[number], number, call))
    rows = []
    for call in common.ended(world):
        ticket = tickets.get(id(call))
        customer = ticket.requester if ticket else callers.get(common.caller(call))
        rows.append(_call(call, ticket and ticket.id, customer))
    found = {"calls": rows, "users": users}
    return [_page(folder, entity, entries) for entity, entries in found.items()]


def _page(folder: Path, entity: str, rows: list[dict]) -> Written:
    path = folder / f"talk_{entity}.json"
    write(path, to_json({entity: rows, "next_page": None, "count": len(rows)}) + "\n")
    return Written(path, len(rows))


def _user(id_: int, number: str, call: Call) -> dict:
    return {
        "id": id_,
        "name": f"Appelant {number}",
        "email": None,
        "phone": number,
        "role": "end-user",
        "active": True,
        "suspended": False,
        "tags": [],
        "created_at": utc(call.entered_at),
        "updated_at": utc(call.entered_at),
    }


def _call(call: Call, ticket: int | None, customer: int | None) -> dict:
    is_answered = call.outcome == "answered"
    return {
        "id": int(call.id),
        "created_at": utc(call.entered_at),
        "updated_at": utc(call.ended_at + 120),
        "agent_id": call.agent.id if is_answered else None,
        "call_charge": "0.012",
        "consultation_time": 0,
        "completion_status": COMPLETION[call.outcome],
        "customer_id": customer,
        "customer_requested_voicemail": False,
        "direction": "inbound",
        "duration": call.ended_at - call.entered_at,
        "exceeded_queue_wait_time": call.outcome == "timeout",
        "hold_time": 0,
        "minutes_billed": (call.ended_at - call.entered_at) // 60 + 1,
        "outside_business_hours": False,
        "phone_number_id": 360000121575,
        "phone_number": common.LINE,
        "ticket_id": ticket,
        "time_to_answer": call.wait if is_answered else None,
        "voicemail": False,
        "wait_time": call.wait,
        "wrap_up_time": 0,
        "talk_time": call.talk if is_answered else 0,
        "ivr_time_spent": None,
        "callback": False,
        "callback_source": None,
        "default_group": False,
        "line": common.LINE,
        "line_id": 360000121575,
        "line_type": "phone",
        "overflowed": False,
        "overflowed_to": None,
        "call_group_id": PHONE,
        "call_channel": None,
        "quality_issues": ["none"],
    }
