"""Freshdesk: answers of its API, version 2."""

from datetime import UTC, datetime
from pathlib import Path

from savoir.demo.files import Written, utc
from savoir.demo.vendors.helpdesks import common
from savoir.demo.vendors.pages import write_pages
from savoir.demo.world import GROUPS, START, TEAMS, Agent, Rating, Ticket, User, World

SOURCES = {"email": 1, "web": 2, "phone": 3, "social": 6, "chat": 7}
OUTBOUND = 10
STATUSES = {"new": 2, "open": 2, "pending": 3, "solved": 4, "closed": 5, "hold": 7}
STATUS_NAMES = {
    "new": "Open",
    "open": "Open",
    "pending": "Pending",
    "hold": "Waiting on Third Party",
    "solved": "Resolved",
    "closed": "Closed",
}
PRIORITIES = {"low": 1, "normal": 2, "high": 3, "urgent": 4}
KEYS = {"ticket_activities": "activities_data"}
SURVEY = 43000001


def write_freshdesk(world: World, folder: Path) -> list[Written]:
    """Write tickets, conversations, ratings, time entries, people and groups."""
    shown = [t for t in world.tickets if t.excluded != "deleted"]
    rows = {
        "tickets": [_ticket(ticket) for ticket in world.tickets],
        "conversations": [row for ticket in shown for row in _conversations(ticket)],
        "satisfaction_ratings": [_rating(rating) for rating in common.given(world)],
        "time_entries": [_time_entry(t) for t in shown if t.seconds_spent],
        "ticket_activities": [row for t in shown for row in _activities(t)],
        "contacts": [_contact(user) for user in world.users],
        "agents": [_agent(agent) for agent in common.EVERYBODY],
        "groups": [
            {"id": id_, "name": name, **_stamps(START)} for name, id_ in GROUPS.items()
        ],
    }
    return [
        write_pages(folder / f"{entity}.ndjson", found, KEYS.get(entity))
        for entity, found in rows.items()
    ]


def _stamps(created: int, updated: int | None = None) -> dict:
    return {"created_at": utc(created), "updated_at": utc(updated or created)}


def _ticket(ticket: Ticket) -> dict:
    is_outbound = ticket.excluded == "outbound"
    source = OUTBOUND if is_outbound else SOURCES[common.channel_of(ticket)]
    return {
        "id": ticket.id,
        "cc_emails": [],
        "spam": ticket.excluded == "spam",
        "deleted": ticket.excluded == "deleted",
        "fr_escalated": False,
        "is_escalated": False,
        "group_id": ticket.field_at("group_id"),
        "priority": PRIORITIES[ticket.field_at("priority")],
        "requester_id": ticket.requester,
        "responder_id": ticket.field_at("assignee_id"),
        "source": source,
        "company_id": None,
        "product_id": None,
        "status": _status(ticket),
        "subject": ticket.subject,
        "type": ticket.reason,
        "custom_fields": {
            f"cf_{name}": value for name, value in common.own_fields(ticket).items()
        },
        "tags": common.tags_of(ticket),
        "stats": _stats(ticket),
        **_stamps(ticket.events[0].at, common.updated_at(ticket)),
    }


def _status(ticket: Ticket) -> int:
    status = ticket.field_at("status")
    return STATUSES["closed" if status == "deleted" else status]


def _stats(ticket: Ticket) -> dict:
    times = {
        "first_responded_at": common.replied_at(ticket),
        "reopened_at": max(common.reopened_at(ticket), default=None),
        "resolved_at": common.solved_at(ticket),
        "closed_at": common.closed_at(ticket),
    }
    return {name: at and utc(at) for name, at in times.items()}


def _conversations(ticket: Ticket) -> list[dict]:
    """The messages after the first, which is the ticket's description. What
    automations send is in no conversation."""
    return [
        {
            "id": message.id,
            "ticket_id": ticket.id,
            "user_id": message.author,
            "incoming": message.by == "customer",
            "private": not message.public,
            "body_text": message.text,
            **_stamps(message.at),
        }
        for message in common.messages(ticket)[1:]
        if message.by != "system"
    ]


def _activities(ticket: Ticket) -> list[dict]:
    """What the daily export of activities says of status and group."""
    created = ticket.events[0]
    first = {
        "new_ticket": True,
        "status": STATUS_NAMES[created.changes["status"]],
        "group": TEAMS[created.changes["group_id"]],
    }
    rows = [_activity(ticket, created.at, created.author, first)]
    for position, event in enumerate(ticket.events[1:], start=1):
        before = _state(ticket, position)
        after = _state(ticket, position + 1)
        changed = {key: after[key] for key in after if after[key] != before[key]}
        if changed:
            rows.append(_activity(ticket, event.at, event.author, changed))
    return rows


def _state(ticket: Ticket, events: int) -> dict:
    """Status and group after some events."""
    changes: dict = {}
    for event in ticket.events[:events]:
        changes |= event.changes
    return {
        "status": STATUS_NAMES[changes["status"]],
        "group": TEAMS[changes["group_id"]],
    }


def _activity(ticket: Ticket, at: int, author: int, changed: dict) -> dict:
    by_system = common.kind_of(author) == "system"
    return {
        "performed_at": datetime.fromtimestamp(at, UTC).strftime(
            "%d-%m-%Y %H:%M:%S +0000"
        ),
        "ticket_id": ticket.id,
        "performer_type": "system" if by_system else "user",
        "performer_id": None if by_system else author,
        "activity": changed,
    }


def _rating(rating: Rating) -> dict:
    ticket = rating.contact.ticket
    return {
        "id": rating.id,
        "survey_id": SURVEY,
        "user_id": ticket.requester,
        "agent_id": ticket.field_at("assignee_id", rating.at),
        "group_id": ticket.field_at("group_id", rating.at),
        "ticket_id": ticket.id,
        "feedback": rating.comment,
        "ratings": {"default_question": 103 if rating.score == "good" else -103},
        **_stamps(rating.at),
    }


def _time_entry(ticket: Ticket) -> dict:
    minutes, seconds = divmod(ticket.seconds_spent, 60)
    at = common.updated_at(ticket)
    return {
        "id": common.number_of(ticket, 999),
        "ticket_id": ticket.id,
        "agent_id": ticket.field_at("assignee_id"),
        "billable": False,
        "timer_running": False,
        "time_spent": f"{minutes // 60:02d}:{minutes % 60:02d}",
        "time_spent_in_seconds": minutes * 60 + seconds,
        "executed_at": utc(at),
        **_stamps(at),
    }


def _contact(user: User) -> dict:
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "mobile": None,
        "active": True,
        **_stamps(user.created_at),
    }


def _agent(agent: Agent) -> dict:
    return {
        "id": agent.id,
        "available": agent.left_at is None,
        "occasional": False,
        "group_ids": [agent.group],
        "contact": {"name": agent.name, "email": common.address_of(agent)},
        **_stamps(START, agent.left_at),
    }
