"""Gorgias: answers of its API, with messages, events and surveys apart."""

from collections.abc import Iterator
from pathlib import Path

from savoir.demo.files import Written, utc
from savoir.demo.vendors.helpdesks import common
from savoir.demo.vendors.pages import write_pages
from savoir.demo.world import GROUPS, TEAMS, Rating, Ticket, User, World

CHANNELS = {
    "email": "email",
    "web": "contact_form",
    "phone": "phone",
    "chat": "chat",
    "social": "facebook-messenger",
}
PRIORITIES = {"low": "low", "normal": "normal", "high": "high", "urgent": "critical"}
FIELDS = {
    "reason": 1001,
    "call_id": 1002,
    "handle_seconds": 1003,
    "order_id": 1004,
    "compensation": 1005,
}
RULE = 2001
ENDED = ("solved", "closed", "deleted")


def write_gorgias(world: World, folder: Path) -> list[Written]:
    """Write tickets, messages, events, surveys, customers and teams."""
    customers = {user.id: user for user in world.users}
    shown = [t for t in world.tickets if t.excluded != "deleted"]
    found = {
        "tickets": [_ticket(t, customers.get(t.requester)) for t in world.tickets],
        "messages": [row for ticket in shown for row in _messages(ticket)],
        "events": [row for ticket in shown for row in _events(ticket)],
        "satisfaction_surveys": [_survey(rating) for rating in common.given(world)],
        "customers": [_customer(user) for user in world.users],
        "teams": [{"id": id_, "name": name} for name, id_ in GROUPS.items()],
    }
    return [
        write_pages(folder / f"{entity}.ndjson", rows, "data")
        for entity, rows in found.items()
    ]


def _time(at: int | None) -> str | None:
    return at and utc(at).replace("Z", "+00:00")


def _ticket(ticket: Ticket, customer: User | None) -> dict:
    created = ticket.events[0].at
    status = ticket.field_at("status")
    own = {"reason": ticket.reason, **common.own_fields(ticket)}
    assignee = ticket.field_at("assignee_id")
    group = ticket.field_at("group_id")
    is_ours = ticket.excluded in ("outbound", "internal")
    is_deleted = ticket.excluded == "deleted"
    return {
        "id": ticket.id,
        "channel": CHANNELS[common.channel_of(ticket)],
        "via": CHANNELS[common.channel_of(ticket)],
        "from_agent": is_ours,
        "spam": ticket.excluded == "spam",
        "status": "closed" if status in ENDED else "open",
        "priority": PRIORITIES[ticket.field_at("priority")],
        "subject": ticket.subject,
        "customer": {
            "id": ticket.requester,
            "email": customer.email if customer else None,
        },
        "assignee_user": {"id": assignee} if assignee else None,
        "assignee_team": {"id": group, "name": TEAMS[group]},
        "tags": [{"name": name} for name in common.tags_of(ticket)],
        "custom_fields": {
            str(FIELDS[name]): {"id": FIELDS[name], "value": value}
            for name, value in own.items()
            if value
        },
        "created_datetime": _time(created),
        "updated_datetime": _time(common.updated_at(ticket)),
        "closed_datetime": _time(common.solved_at(ticket)),
        "trashed_datetime": _time(common.updated_at(ticket)) if is_deleted else None,
    }


def _messages(ticket: Ticket) -> Iterator[dict]:
    for message in common.messages(ticket):
        is_first = message.at == ticket.events[0].at
        from_agent = message.by != "customer"
        by_rule = message.by == "system"
        # what an agent files for a caller is a note
        public = message.public or (is_first and not from_agent)
        yield {
            "id": message.id,
            "ticket_id": ticket.id,
            "public": public,
            "channel": CHANNELS[common.channel_of(ticket)],
            "via": "rule" if by_rule else "helpdesk",
            "from_agent": from_agent,
            "rule_id": RULE if by_rule else None,
            "sender": None if by_rule else {"id": message.author},
            "body_text": message.text,
            "created_datetime": _time(message.at),
            "sent_datetime": _time(message.at),
        }


def _events(ticket: Ticket) -> Iterator[dict]:
    """Closings and reopenings, and every team the ticket was given to, by a rule or
    by somebody."""
    created = ticket.events[0]
    group = created.changes["group_id"]
    yield _event(ticket, created.at, None, "ticket-team-assigned", 0, group)
    for move in common.moves(ticket, "group_id"):
        kind = "ticket-team-assigned"
        yield _event(ticket, move.at, move, kind, move.id * 10, move.after)
    for move in common.moves(ticket, "status"):
        was_ended, is_ended = move.before in ENDED, move.after in ENDED
        if was_ended != is_ended:
            kind = "ticket-closed" if is_ended else "ticket-reopened"
            yield _event(ticket, move.at, move, kind, move.id * 10 + 1)


def _event(
    ticket: Ticket,
    at: int,
    move: common.Move | None,
    kind: str,
    id_: int,
    team: object = None,
) -> dict:
    by_user = move is not None and move.by in ("agent", "bot")
    return {
        "id": id_ or common.number_of(ticket, 0) * 10,
        "object_type": "Ticket",
        "object_id": ticket.id,
        "type": kind,
        "user_id": move.author if by_user else None,
        "data": {"assignee_team_id": team} if team else None,
        "created_datetime": _time(at),
    }


def _survey(rating: Rating) -> dict:
    ticket = rating.contact.ticket
    return {
        "id": rating.id,
        "ticket_id": ticket.id,
        "customer_id": ticket.requester,
        "score": 5 if rating.score == "good" else 1,
        "body_text": rating.comment,
        "created_datetime": _time(rating.offered_at),
        "sent_datetime": _time(rating.offered_at),
        "scored_datetime": _time(rating.at),
    }


def _customer(user: User) -> dict:
    channels = [
        {"type": kind, "address": address}
        for kind, address in (("email", user.email), ("phone", user.phone))
        if address
    ]
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "channels": channels,
        "created_datetime": _time(user.created_at),
        "updated_datetime": _time(user.created_at),
    }
