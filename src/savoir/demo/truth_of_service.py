"""What is true of the work of the service: speed, handling, calls, backlog."""

from itertools import pairwise

from savoir.demo.clock import business_seconds_of
from savoir.demo.files import local_month, utc
from savoir.demo.tally import month_starts, shares, sums
from savoir.demo.world import (
    AS_OF,
    BOT,
    DAY,
    HOUR,
    HUMAN_AGENTS,
    ISSUE_GAP,
    JUNE,
    MINUTE,
    N1,
    TEAMS,
    Contact,
    Person,
    World,
)

SHORT_ABANDON = 5
ANSWERED_SOON = 20
RESOLUTION_TARGET = DAY
RESPONSE_TARGETS = {
    "email": 8 * HOUR,
    "web": 8 * HOUR,
    "social": HOUR,
    "chat": 2 * MINUTE,
}


def truth_of_service(world: World) -> dict:
    """What was done for customers, and how fast, by local month."""
    contacts = world.contacts
    resolved = [contact for contact in contacts if contact.is_resolved]
    by_hand = [
        contact
        for contact in resolved
        if contact.call is None and not contact.is_settled_by_bot
    ]
    attended = [contact for contact in contacts if not contact.is_unattended]
    solved = [
        contact
        for contact in contacts
        if contact.ticket and contact.solved_at and not contact.is_missed_chat
    ]
    return {
        "response": _responses(contacts),
        "resolution": _resolutions(resolved),
        "resolution_in_target": shares(
            (
                local_month(contact.opened_at),
                contact.is_resolved
                and contact.ended_at - contact.opened_at <= RESOLUTION_TARGET,
            )
            for contact in attended
            if contact.is_resolved or contact.opened_at + RESOLUTION_TARGET <= AS_OF
        ),
        "one_touch": shares(
            (
                local_month(contact.ended_at),
                len(contact.human_replies) == 1 and not contact.reopenings,
            )
            for contact in by_hand
        ),
        "reopen": shares(
            (local_month(contact.solved_at[0]), contact.reopenings > 0)
            for contact in solved
        ),
        "transfer": shares(
            (local_month(contact.opened_at), contact.is_transferred)
            for contact in contacts
            if contact.is_handled
        ),
        "escalation": shares(
            (local_month(contact.opened_at), contact.is_escalated)
            for contact in contacts
            if contact.tier == 1
        ),
        "automation": _automation(world.people),
        "handle": _handle_times(contacts),
        "telephony": _telephony(contacts),
        "chats": _chats(contacts),
        "backlog": _backlog(contacts),
        "invitations": _invitations(world),
        "incidents": _incidents(),
    }


def _response_start(contact: Contact) -> int:
    """The opening, or the last thing the bot did before any human reply."""
    replies = contact.human_replies
    until = replies[0] if replies else AS_OF + 1
    by_bot = [
        event.at
        for event in contact.ticket.events
        if event.author == BOT.id and event.at < until
    ]
    return by_bot[-1] if by_bot else contact.opened_at


def _responses(contacts: list[Contact]) -> dict[str, dict]:
    rows: dict[str, list[tuple[str, dict[str, int]]]] = {}
    for contact in contacts:
        if contact.call or contact.ticket.submitter in HUMAN_AGENTS:
            continue
        row = (local_month(contact.opened_at), _response(contact))
        rows.setdefault(contact.channel, []).append(row)
    return {channel: sums(found) for channel, found in rows.items()}


def _response(contact: Contact) -> dict[str, int]:
    start, target = _response_start(contact), RESPONSE_TARGETS[contact.channel]
    if not contact.human_replies:
        is_due = not contact.is_settled_by_bot and start + target <= AS_OF
        names = ("answered", "seconds", "business_seconds", "in_target")
        return dict.fromkeys(names, 0) | {"due": int(is_due)}
    replied_at = contact.human_replies[0]
    return {
        "answered": 1,
        "seconds": replied_at - start,
        "business_seconds": business_seconds_of(contact, start, replied_at),
        "in_target": int(replied_at - start <= target),
        "due": 1,
    }


def _resolutions(resolved: list[Contact]) -> dict[str, dict[str, int]]:
    return sums(
        (
            local_month(contact.ended_at),
            {
                "resolved": 1,
                "seconds": contact.ended_at - contact.opened_at,
                "business_seconds": business_seconds_of(
                    contact, contact.opened_at, contact.ended_at
                ),
                "pending_seconds": _pending_seconds(contact),
            },
        )
        for contact in resolved
    )


def _pending_seconds(contact: Contact) -> int:
    """Time in status pending until the last solution."""
    if contact.ticket is None:
        return 0
    changes = [
        (event.at, event.changes["status"])
        for event in contact.ticket.events
        if "status" in event.changes
    ]
    return sum(
        min(until, contact.ended_at) - since
        for (since, status), (until, _) in pairwise(changes)
        if status == "pending" and since < contact.ended_at
    )


def _automation(people: list[Person]) -> dict[str, dict[str, int]]:
    outcomes = []
    for person in people:
        contacts = sorted(person.contacts, key=lambda contact: contact.opened_at)
        for contact, following in zip(contacts, [*contacts[1:], None], strict=False):
            is_last = following is None or (
                following.opened_at - contact.ended_at > ISSUE_GAP
            )
            if contact.bot_replies and contact.ended_at + ISSUE_GAP <= AS_OF:
                done = contact.is_settled_by_bot and is_last
                outcomes.append((local_month(contact.opened_at), done))
    return shares(outcomes)


def _handle_times(contacts: list[Contact]) -> dict[str, dict[str, int]]:
    rows = []
    for contact in contacts:
        spent = contact.ticket.seconds_spent if contact.ticket else 0
        talk = contact.call.talk if contact.call else 0
        if contact.is_handled and max(spent, talk) > 0:
            amounts = {"contacts": 1, "seconds": max(spent, talk)}
            rows.append((local_month(contact.ended_at), amounts))
    return sums(rows)


def _telephony(contacts: list[Contact]) -> dict[str, dict[str, int]]:
    rows = []
    for call in (contact.call for contact in contacts if contact.call):
        answered, abandoned = call.outcome == "answered", call.outcome == "abandoned"
        amounts = {
            "offered": True,
            "answered": answered,
            "abandoned": abandoned,
            "short": abandoned and call.wait <= SHORT_ABANDON,
            "timeout": call.outcome == "timeout",
            "answered_in_20": answered and call.wait <= ANSWERED_SOON,
            "abandoned_in_20": abandoned and call.wait <= ANSWERED_SOON,
            "wait_seconds_of_answered": call.wait * answered,
        }
        amounts = {name: int(amount) for name, amount in amounts.items()}
        rows.append((local_month(call.entered_at), amounts))
    return sums(rows)


def _chats(contacts: list[Contact]) -> dict[str, dict[str, int]]:
    rows = []
    for contact in contacts:
        if contact.channel != "chat" or contact.is_settled_by_bot:
            continue
        missed = contact.is_missed_chat
        is_short = missed and (
            contact.solved_at[0] - _response_start(contact) <= SHORT_ABANDON
        )
        amounts = {"offered": 1, "abandoned": int(missed), "short": int(is_short)}
        rows.append((local_month(contact.opened_at), amounts))
    return sums(rows)


def _backlog(contacts: list[Contact]) -> dict[str, dict[str, int]]:
    starts = month_starts()
    return {
        local_month(start): {
            "open": sum(_is_open(contact, end - 1) for contact in contacts)
        }
        for start, end in pairwise(starts)
    }


def _is_open(contact: Contact, at: int) -> bool:
    if contact.opened_at > at:
        return False
    if contact.ticket is None:
        return at < contact.call.ended_at
    # a ticket filed on a call in progress has no status yet
    return contact.ticket.field_at("status", at) not in ("solved", "closed")


def _invitations(world: World) -> dict[str, dict[str, int]]:
    offered: dict[int, int] = {}
    rated = set()
    for rating in world.ratings:
        id_ = rating.contact.ticket.id
        if rating.score != "unoffered":
            offered[id_] = min(offered.get(id_, rating.offered_at), rating.offered_at)
        if rating.score in ("good", "bad"):
            rated.add(id_)
    return sums(
        (local_month(at), {"delivered": 1, "responded": int(id_ in rated)})
        for id_, at in offered.items()
    )


def _incidents() -> dict[str, dict[str, object]]:
    """What was planted in June 2026 for somebody to find."""
    return {
        "abandonment": {
            "month": "2026-06",
            "what": "callers hang up several times before they get through",
            "shown_by": "abandonment_rate",
        },
        "first_contact_resolution": {
            "month": "2026-06",
            "team": TEAMS[N1],
            "from": utc(JUNE),
            "until": utc(JUNE + 20 * DAY),
            "what": "customers come back one to five days after the team's solution",
            "shown_by": "fcr",
        },
        "satisfaction": {
            "month": "2026-06",
            "what": "unhappy customers stop answering, happy ones answer half as often",
            "shown_by": "csat, survey_response_rate",
        },
    }
