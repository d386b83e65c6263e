"""Intercom: conversations with their parts, as the API gives each of them.

The acknowledgement of an e-mail is a notification, no part of a conversation.
"""

from collections.abc import Iterator
from pathlib import Path

from savoir.demo.files import Written
from savoir.demo.vendors.helpdesks import common
from savoir.demo.vendors.pages import write_pages
from savoir.demo.world import GROUPS, Event, Rating, Ticket, User, World

SOURCES = {
    "email": "email",
    "web": "web_form",
    "phone": "phone_call",
    "chat": "conversation",
    "social": "facebook",
}
OPERATOR = 1  # the bot as whom workflows act
STATES = {"pending": "snoozed", "hold": "snoozed", "solved": "closed"}
STATES |= {"closed": "closed"}


def write_intercom(world: World, folder: Path) -> list[Written]:
    """Write conversations, contacts and teams. What is deleted is in no answer."""
    ratings: dict[str, Rating] = {}
    for rating in common.given(world):
        ratings[rating.contact.ticket.id] = rating
    found = {
        "conversations": [
            _conversation(ticket, ratings.get(ticket.id))
            for ticket in world.tickets
            if ticket.excluded != "deleted"
        ],
        "contacts": [_contact(user) for user in world.users],
        "teams": [
            {"type": "team", "id": str(id_), "name": name}
            for name, id_ in GROUPS.items()
        ],
    }
    return [
        write_pages(folder / f"{entity}.ndjson", rows, entity)
        for entity, rows in found.items()
    ]


def _conversation(ticket: Ticket, rating: Rating | None) -> dict:
    created = ticket.events[0]
    state = STATES.get(ticket.field_at("status"), "open")
    first = common.messages(ticket)[0]
    is_ours = ticket.excluded == "outbound"
    own = {"reason": ticket.reason, **common.own_fields(ticket)}
    parts = list(_parts(ticket))
    author = ticket.submitter if is_ours else ticket.requester
    return {
        "type": "conversation",
        "id": str(ticket.id),
        "created_at": created.at,
        "updated_at": common.updated_at(ticket),
        "source": {
            "type": SOURCES[common.channel_of(ticket)],
            "id": str(first.id),
            "delivered_as": "admin_initiated" if is_ours else "customer_initiated",
            "subject": ticket.subject,
            "body": f"<p>{first.text}</p>",
            "author": _author(author),
        },
        "contacts": {
            "type": "contact.list",
            "contacts": [{"type": "contact", "id": str(ticket.requester)}],
        },
        "admin_assignee_id": ticket.field_at("assignee_id"),
        "team_assignee_id": str(ticket.field_at("group_id")),
        "open": state == "open",
        "state": state,
        "read": True,
        "priority": "priority"
        if ticket.field_at("priority") in ("high", "urgent")
        else "not_priority",
        "tags": {
            "type": "tag.list",
            "tags": [{"type": "tag", "name": name} for name in common.tags_of(ticket)],
        },
        "custom_attributes": {key: value for key, value in own.items() if value},
        "conversation_rating": rating and _rating(rating),
        "statistics": {
            "type": "conversation_statistics",
            "first_admin_reply_at": common.replied_at(ticket),
            "last_close_at": common.solved_at(ticket),
            "count_reopens": len(common.reopened_at(ticket)),
        },
        "conversation_parts": {
            "type": "conversation_part.list",
            "conversation_parts": parts,
            "total_count": len(parts),
        },
    }


def _author(id_: int) -> dict:
    kind = common.kind_of(id_)
    types = {"customer": "user", "agent": "admin", "bot": "bot", "system": "bot"}
    return {
        "type": types[kind],
        "id": str(OPERATOR if kind == "system" else id_),
    }


def _parts(ticket: Ticket) -> Iterator[dict]:
    """What happened, one part each: said, assigned, snoozed, closed or opened."""
    created = ticket.events[0]
    group, assignee = created.changes["group_id"], created.changes.get("assignee_id")
    state = STATES.get(created.changes["status"], "open")
    numbers = iter(range(100))

    def part(event: Event, kind: str, **more: object) -> dict:
        position = ticket.events.index(event)
        return {
            "type": "conversation_part",
            "id": str(common.number_of(ticket, position) * 100 + next(numbers)),
            "part_type": kind,
            "created_at": event.at,
            "updated_at": event.at,
            "body": None,
            "author": _author(event.author),
            "assigned_to": None,
            **more,
        }

    system = Event(created.at, -1, "rule")
    yield part(
        created,
        "assignment",
        author=_author(system.author),
        assigned_to={"type": "team", "id": str(group)},
    )
    if not created.public:
        yield part(created, "note", body=f"<p>{created.comment}</p>")
    if assignee:
        yield part(created, "assignment", assigned_to=_admin(assignee))
    for event, message in _said(ticket):
        if message:
            kind = "comment" if message.public else "note"
            yield part(event, kind, body=f"<p>{message.text}</p>")
        new_group = event.changes.get("group_id", group)
        if new_group != group:
            to = {"type": "team", "id": str(new_group)}
            yield part(event, "assignment", assigned_to=to)
        taker = event.changes.get("assignee_id", assignee)
        if taker and taker != assignee:
            yield part(event, "assignment", assigned_to=_admin(taker))
        status = event.changes.get("status")
        after = STATES.get(status, "open") if status else state
        if after != state:
            kinds = {"snoozed": "snoozed", "closed": "close"}
            back = "open" if state == "closed" else "unsnoozed"
            yield part(event, kinds.get(after, back))
        group, assignee, state = new_group, taker, after


def _said(ticket: Ticket) -> Iterator[tuple[Event, common.Message | None]]:
    """The events after the first, each with what was said in it, but by rules."""
    said = {(m.at, m.author): m for m in common.messages(ticket)[1:]}
    for event in ticket.events[1:]:
        message = said.get((event.at, event.author)) if event.comment else None
        yield event, None if message and message.by == "system" else message


def _admin(id_: int) -> dict:
    return {"type": "admin", "id": str(id_)}


def _rating(rating: Rating) -> dict:
    ticket = rating.contact.ticket
    return {
        "rating": 5 if rating.score == "good" else 1,
        "remark": rating.comment,
        "created_at": rating.offered_at,
        "updated_at": rating.at,
        "contact": {"type": "contact", "id": str(ticket.requester)},
        "teammate": _admin(ticket.field_at("assignee_id", rating.at)),
    }


def _contact(user: User) -> dict:
    return {
        "type": "contact",
        "id": str(user.id),
        "role": "user",
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "created_at": user.created_at,
        "updated_at": user.created_at,
    }
