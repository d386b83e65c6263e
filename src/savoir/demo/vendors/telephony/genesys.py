"""Genesys Cloud: answers of the conversation details query, in milliseconds."""

from pathlib import Path

from savoir.demo.files import Written, utc
from savoir.demo.vendors.pages import write_pages
from savoir.demo.vendors.telephony import common
from savoir.demo.world import Agent, Call, World

QUEUE = common.uuid("genesys queue", common.QUEUE)
WITHHELD = "sip:anonymous@anonymous.invalid"


def call_id(number: int) -> str:
    """Id of a conversation."""
    return common.rising(number, common.uuid("genesys conversation", number))


def write_genesys(world: World, folder: Path) -> list[Written]:
    """Write every conversation, those under way without an end."""
    rows = [_conversation(call) for call in world.calls]
    return [write_pages(folder / "conversations.ndjson", rows, "conversations")]


def _conversation(call: Call) -> dict:
    is_over = call.outcome != "unfinished"
    conversation = {
        "conversationId": call.id,
        "conversationStart": _time(call.entered_at),
        "divisionIds": [common.uuid("genesys division", 1)],
        "originatingDirection": "inbound",
        "participants": [_customer(call), _queue(call), *_agents(call)],
    }
    end = {"conversationEnd": _time(call.ended_at)} if is_over else {}
    return conversation | end


def _time(at: int) -> str:
    return utc(at).replace("Z", ".000Z")


def _metric(name: str, at: int, value: int) -> dict:
    return {"emitDate": _time(at), "name": name, "value": value}


def _session(
    call: Call, part: str, start: int, end: int | None, how: str, metrics: list[dict]
) -> dict:
    number = common.caller(call)
    segment = {
        "conference": False,
        "queueId": QUEUE,
        "segmentStart": _time(start),
        "segmentType": "interact",
    }
    if end is not None:
        segment |= {"disconnectType": how, "segmentEnd": _time(end)}
    return {
        "ani": f"tel:{number}" if number else WITHHELD,
        "direction": "inbound",
        "dnis": f"tel:{common.LINE}",
        "mediaType": "voice",
        "metrics": metrics,
        "provider": "Edge",
        "segments": [segment],
        "sessionId": common.uuid(f"genesys {part}", call.id),
    }


def _participant(call: Call, purpose: str, session: dict) -> dict:
    id_ = common.uuid(f"genesys participant {session['sessionId']}", call.id)
    return {"participantId": id_, "purpose": purpose, "sessions": [session]}


def _customer(call: Call) -> dict:
    end = call.ended_at if call.outcome != "unfinished" else None
    how = (
        "peer" if call.hung_up_by == "AGENT" or call.outcome == "timeout" else "client"
    )
    session = _session(call, "customer", call.entered_at, end, how, [])
    del session["segments"][0]["queueId"]
    return _participant(call, "customer", session)


def _queue(call: Call) -> dict:
    """The time in the queue; an answer is counted where the agent gave it."""
    left, waited = common.picked_up_at(call), call.wait * common.MILLISECOND
    metrics = [_metric("nOffered", call.entered_at, 1)]
    how, end = "transfer", left
    if call.outcome == "unfinished":
        end = None
    else:
        metrics.append(_metric("tAcd", left, waited))
    if call.outcome == "abandoned":
        how = "peer"
        metrics.append(_metric("tAbandon", left, waited))
    if call.outcome == "timeout":
        metrics.append(_metric("tFlowOut", left, waited))
    session = _session(call, "acd", call.entered_at, end, how, metrics)
    return _participant(call, "acd", session)


def _agents(call: Call) -> list[dict]:
    found = []
    if call.unanswered_ring:
        at = call.entered_at + 13
        missed = [
            _metric("tAlert", at, 12_000),
            _metric("tNotResponding", at, 12_000),
        ]
        found.append(_agent(call, call.unanswered_ring, at - 12, at, missed))
    if call.outcome == "answered":
        found.append(_talk(call))
    return found


def _agent(call: Call, agent: Agent, start: int, end: int, metrics: list[dict]) -> dict:
    how = "client" if call.hung_up_by == "AGENT" else "peer"
    session = _session(call, f"agent {agent.id} {start}", start, end, how, metrics)
    user = common.uuid("genesys user", agent.id)
    return _participant(call, "agent", session) | {"userId": user}


def _talk(call: Call) -> dict:
    at, end = common.picked_up_at(call), call.ended_at
    ring, talk = common.ring_of(call), call.talk * common.MILLISECOND
    metrics = [
        _metric("tAlert", at, ring * common.MILLISECOND),
        _metric("tAnswered", at, call.wait * common.MILLISECOND),
        _metric("tTalk", end, talk),
        _metric("tTalkComplete", end, talk),
        _metric("tAcw", end, 0),
        _metric("tHandle", end, talk),
    ]
    return _agent(call, call.agent, at - ring, end, metrics)
