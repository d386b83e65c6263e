"""Genesys Cloud conversation details: a row per session of each participant."""

from collections import defaultdict
from typing import Any

from savoir.landing import answers
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

SESSIONS = """
conversation_id*       id
conversation_start*    timestamp
conversation_end       timestamp
originating_direction  in  inbound outbound
session_id*            id
purpose*
user_id                id
media_type*
ani
dnis
queue_id               id
wrap_up_code
disconnect_type
session_start          timestamp
answered_at            timestamp
offered                integer
answered_ms            integer
abandon_ms             integer
voicemail_ms           integer
flow_out_ms            integer
talk_ms                integer
held_ms                integer
acw_ms                 integer
transferred            integer
"""

# What a session counts, and in milliseconds how long, by the names of its metrics.
METRICS = {
    "nOffered": "offered",
    "tAnswered": "answered_ms",
    "tAbandon": "abandon_ms",
    "tVoicemail": "voicemail_ms",
    "tFlowOut": "flow_out_ms",
    "tTalk": "talk_ms",
    "tHeld": "held_ms",
    "tAcw": "acw_ms",
    "nTransferred": "transferred",
}


KEYS = {"conversations": "sessions"}
MARKS = {"sessions": {"conversationId", "participants"}}


def opened(name: str, conversation: dict[str, Any]) -> answers.Opened:
    """Give a conversation's sessions, each with its metrics summed by name."""
    shared = {
        "conversation_id": conversation.get("conversationId"),
        "conversation_start": conversation.get("conversationStart"),
        "conversation_end": conversation.get("conversationEnd"),
        "originating_direction": conversation.get("originatingDirection"),
    }
    for participant in conversation.get("participants") or []:
        who = {
            "purpose": participant.get("purpose"),
            "user_id": participant.get("userId"),
        }
        for session in participant.get("sessions") or []:
            yield name, shared | who | session_row(session)


def session_row(session: dict) -> dict[str, Any]:
    """Return what a session says of itself."""
    sums: dict[str, int] = defaultdict(int)
    answered = []
    for metric in session.get("metrics") or []:
        if column := METRICS.get(metric.get("name")):
            sums[column] += int(metric.get("value") or 0)
        if metric.get("name") == "tAnswered" and metric.get("emitDate"):
            answered.append(metric["emitDate"])
    segments = session.get("segments") or []

    def said(name: str) -> list[Any]:
        return [segment[name] for segment in segments if segment.get(name)]

    return sums | {
        "session_id": session.get("sessionId"),
        "media_type": session.get("mediaType"),
        "ani": session.get("ani"),
        "dnis": session.get("dnis"),
        "queue_id": next(iter(said("queueId")), None),
        "wrap_up_code": next(reversed(said("wrapUpCode")), None),
        "disconnect_type": next(reversed(said("disconnectType")), None),
        "session_start": min(said("segmentStart"), default=None),
        "answered_at": min(answered, default=None),
    }


def read(system: System, source: Source) -> list[Found]:
    """Read one answer of the conversation details query or job."""
    return answers.read(system, source, KEYS, opened, marks=MARKS)


SYSTEM = System(
    "genesys",
    (
        entity(
            "sessions",
            SESSIONS,
            key="conversation_id session_id",
            newest="conversation_end",
        ),
    ),
    "JSON with conversations and their participants",
    read,
)
