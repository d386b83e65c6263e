"""Twilio: calls with the legs dialled for them, and TaskRouter's events."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from savoir.demo.files import Written, to_json, utc
from savoir.demo.vendors.pages import write_pages
from savoir.demo.vendors.telephony import common
from savoir.demo.world import Agent, Call, World

ACCOUNT = "AC" + common.hexadecimal("twilio", "account")
WORKSPACE = "WS" + common.hexadecimal("twilio", "workspace")
WITHHELD = "+266696687"  # ANONYMOUS on a telephone's keys, as Twilio writes it


def call_id(number: int) -> str:
    """Sid of a call."""
    return "CA" + common.rising(number, common.hexadecimal("twilio call", number))


def write_twilio(world: World, folder: Path) -> list[Written]:
    """Write every call and leg as the list shows them, and the events."""
    calls = [row for call in world.calls for row in _legs(call)]
    events = [row for call in world.calls for row in _events(call)]
    return [
        write_pages(folder / "calls.ndjson", calls, "calls"),
        write_pages(folder / "events.ndjson", events, "events"),
    ]


def worker(agent: Agent) -> str:
    """Sid of a worker."""
    return "WK" + common.hexadecimal("twilio worker", agent.id)


# ---------- calls


def _legs(call: Call) -> Iterator[dict]:
    end, status = call.ended_at, "completed"
    if call.outcome == "unfinished":
        status = "in-progress" if common.is_under_way(call) else "failed"
        end = None if common.is_under_way(call) else call.entered_at
    number = common.caller(call) or WITHHELD
    start = call.entered_at
    yield _leg(call.id, None, number, common.LINE, "inbound", status, start, end)
    if call.outcome == "answered":
        sid = "CA" + common.hexadecimal("twilio leg", call.id)
        to = f"client:{common.user_name(call.agent)}"
        start = common.picked_up_at(call)
        yield _leg(sid, call.id, number, to, "outbound-dial", "completed", start, end)


def _leg(
    sid: str,
    parent: str | None,
    number: str,
    to: str,
    direction: str,
    status: str,
    start: int,
    end: int | None,
) -> dict:
    return {
        "sid": sid,
        "parent_call_sid": parent,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "direction": direction,
        "from": number,
        "from_formatted": number,
        "to": to,
        "to_formatted": to,
        "status": status,
        "start_time": _mail_time(start),
        "end_time": _mail_time(end) if end else None,
        "duration": str(end - start) if end else None,
        "queue_time": "0",
        "answered_by": None,
        "date_created": _mail_time(start),
        "date_updated": _mail_time(end or start),
        "price": "-0.0100" if end else None,
        "price_unit": "USD",
        "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{sid}.json",
    }


def _mail_time(at: int) -> str:
    return format_datetime(datetime.fromtimestamp(at, UTC))


# ---------- events


def _events(call: Call) -> Iterator[dict]:
    left = common.picked_up_at(call)
    yield _event(call, "task.created", call.entered_at)
    yield _event(call, "task-queue.entered", call.entered_at)
    if call.unanswered_ring:
        at, who = call.entered_at + 1, call.unanswered_ring
        yield _event(call, "reservation.created", at, who)
        yield _event(call, "reservation.timeout", at + 12, who)
    if call.outcome == "answered":
        at, who = left - common.ring_of(call), call.agent
        yield _event(call, "reservation.created", at, who)
        yield _event(call, "reservation.accepted", left, who)
        yield _event(call, "reservation.completed", call.ended_at, who)
        yield _event(call, "task.completed", call.ended_at, who)
    if call.outcome == "abandoned":
        yield _event(call, "task.canceled", left, reason="hangup")
    if call.outcome == "timeout":
        yield _event(call, "workflow.timeout", left)
        yield _event(call, "task.canceled", left, reason="workflow timeout")


def _event(
    call: Call, type_: str, at: int, agent: Agent | None = None, reason: str = ""
) -> dict:
    task = "WT" + common.hexadecimal("twilio task", call.id)
    attributes = {
        "call_sid": call.id,
        "direction": "inbound",
        "from": common.caller(call) or WITHHELD,
        "to": common.LINE,
    }
    data = {
        "task_sid": task,
        "task_attributes": to_json(attributes),
        "task_queue_name": common.QUEUE,
        "workspace_sid": WORKSPACE,
    }
    if agent:
        data |= {"worker_sid": worker(agent), "worker_name": common.user_name(agent)}
    if reason:
        data["task_canceled_reason"] = reason
    return {
        "sid": "EV" + common.hexadecimal(f"twilio {type_} {at}", call.id),
        "account_sid": ACCOUNT,
        "event_type": type_,
        "event_date": utc(at),
        "event_data": data,
        "resource_type": type_.partition(".")[0],
        "resource_sid": task,
        "actor_sid": None,
        "description": type_,
        "source": "twilio",
    }
