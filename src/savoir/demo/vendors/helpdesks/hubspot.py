"""HubSpot: answers of its CRM API, version 3: tickets without their replies."""

from pathlib import Path

from savoir.demo.files import Written, utc
from savoir.demo.vendors.helpdesks import common
from savoir.demo.vendors.pages import write_pages
from savoir.demo.world import START, TEAMS, Agent, Ticket, User, World

STAGES = {
    "new": "1",
    "pending": "2",
    "hold": "2",
    "open": "3",
    "solved": "4",
    "closed": "4",
    "deleted": "4",
}
MISSED = "5"
SOURCES = {
    "email": "EMAIL",
    "web": "FORM",
    "phone": "PHONE",
    "chat": "CHAT",
    "social": "FACEBOOK",
}
PRIORITIES = {"low": "LOW", "normal": "MEDIUM", "high": "HIGH", "urgent": "URGENT"}
LABELS = ("New", "Waiting on contact", "Waiting on us", "Closed", "Chat missed")


def write_hubspot(world: World, folder: Path) -> list[Written]:
    """Write tickets, contacts, owners and the pipeline."""
    found = {
        "tickets": [_ticket(ticket) for ticket in world.tickets],
        "contacts": [_contact(user) for user in world.users],
        "owners": [_owner(agent) for agent in common.EVERYBODY],
        "pipelines": [_pipeline()],
    }
    return [
        write_pages(folder / f"{entity}.ndjson", rows, "results")
        for entity, rows in found.items()
    ]


def _time(at: int | None) -> str | None:
    return at and utc(at).replace("Z", ".000Z")


def _object(id_: int, properties: dict, at: int, archived: bool = False) -> dict:
    return {
        "id": str(id_),
        "properties": {"hs_object_id": str(id_), **properties},
        "createdAt": properties["createdate"],
        "updatedAt": _time(at),
        "archived": archived,
    }


def _ticket(ticket: Ticket) -> dict:
    changed = common.updated_at(ticket)
    stage = STAGES[ticket.field_at("status")]
    assignee = ticket.field_at("assignee_id")
    put_away = ticket.excluded and ticket.excluded != "deleted"
    excluded = "closed_by_merge" if ticket.merged_into else ticket.excluded
    properties = {
        "createdate": _time(ticket.events[0].at),
        "hs_lastmodifieddate": _time(changed),
        "closed_date": _time(common.solved_at(ticket)),
        "first_agent_reply_date": _time(common.replied_at(ticket)),
        "hs_pipeline": "0",
        "hs_pipeline_stage": MISSED if common.is_missed(ticket) else stage,
        "hs_ticket_priority": PRIORITIES[ticket.field_at("priority")],
        "hs_ticket_category": excluded if put_away else ticket.reason,
        "source_type": SOURCES[common.channel_of(ticket)],
        "hubspot_owner_id": str(assignee) if assignee else None,
        "hubspot_team_id": TEAMS[ticket.field_at("group_id")],
        **common.own_fields(ticket),
    }
    is_deleted = ticket.excluded == "deleted"
    contact = {"id": str(ticket.requester), "type": "ticket_to_contact"}
    held = {"associations": {"contacts": {"results": [contact]}}}
    return _object(ticket.id, properties, changed, is_deleted) | held


def _contact(user: User) -> dict:
    at = _time(user.created_at)
    properties = {
        "createdate": at,
        "lastmodifieddate": at,
        "email": user.email,
        "phone": user.phone,
    }
    return _object(user.id, properties, user.created_at)


def _owner(agent: Agent) -> dict:
    team = {"id": str(agent.group), "name": TEAMS[agent.group], "primary": True}
    return {
        "id": str(agent.id),
        "email": common.address_of(agent),
        "teams": [team],
        "createdAt": _time(START),
        "updatedAt": _time(START),
        "archived": False,
    }


def _pipeline() -> dict:
    return {
        "id": "0",
        "label": "Support Pipeline",
        "stages": [
            {
                "id": str(number),
                "label": label,
                "metadata": {"ticketState": "CLOSED" if number > 3 else "OPEN"},
                "updatedAt": _time(START),
            }
            for number, label in enumerate(LABELS, start=1)
        ],
    }
