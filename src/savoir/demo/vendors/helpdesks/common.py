"""What every helpdesk's export tells of a ticket."""

from collections.abc import Iterator
from dataclasses import dataclass

from savoir.demo.world import (
    ADMIN,
    AGENTS,
    BOT,
    HUMAN_AGENTS,
    SYSTEM,
    Agent,
    Event,
    Rating,
    Ticket,
    World,
)

STAFF = (ADMIN, *AGENTS)
EVERYBODY = (*STAFF, BOT)
CHAT_MISSED = "chat_missed"


@dataclass(frozen=True)
class Message:
    """One comment; `by` says who wrote it: customer, agent, bot or system."""

    at: int
    author: int
    by: str
    public: bool
    text: str
    id: int


@dataclass(frozen=True)
class Move:
    """One change of a field's value, at an instant, by somebody."""

    at: int
    author: int
    by: str
    before: object
    after: object
    id: int


def kind_of(author: int) -> str:
    """Whether an id is a customer's, an agent's, the bot's or the system's."""
    if author in HUMAN_AGENTS:
        return "agent"
    return {BOT.id: "bot", SYSTEM: "system"}.get(author, "customer")


def messages(ticket: Ticket) -> list[Message]:
    """Every comment of a ticket, its opening one first."""
    return [
        Message(
            event.at,
            event.author,
            kind_of(event.author),
            event.public,
            _text(event, ticket),
            number_of(ticket, position),
        )
        for position, event in enumerate(ticket.events)
        if event.comment is not None
    ]


def moves(ticket: Ticket, name: str) -> Iterator[Move]:
    """Every change of a field after the ticket was made."""
    before = ticket.events[0].changes.get(name)
    for position, event in enumerate(ticket.events[1:], start=1):
        after = event.changes.get(name, before)
        if after != before:
            kind, id_ = kind_of(event.author), number_of(ticket, position)
            yield Move(event.at, event.author, kind, before, after, id_)
        before = after


def number_of(ticket: Ticket, position: int) -> int:
    """A number that no other event of any ticket has."""
    return _digits(ticket.id) * 1000 + position


def _digits(id_: object) -> int:
    return int("".join(c for c in str(id_) if c.isdigit()))


def _text(event: Event, ticket: Ticket) -> str:
    target = ticket.merged_into.id if ticket.merged_into else ""
    return event.comment.replace("{target}", str(target))


def updated_at(ticket: Ticket) -> int:
    """When it last changed."""
    return max(event.at for event in ticket.events)


def solved_at(ticket: Ticket) -> int | None:
    """When it was last solved, if it still is."""
    if ticket.field_at("status") not in ("solved", "closed"):
        return None
    return max(_times(ticket, "solved") or _times(ticket, "closed"))


def closed_at(ticket: Ticket) -> int | None:
    """When it was closed for good, if it is."""
    is_closed = ticket.field_at("status") == "closed"
    return max(_times(ticket, "closed")) if is_closed else None


def reopened_at(ticket: Ticket) -> list[int]:
    """When it was taken up again after a solution."""
    return [
        move.at
        for move in moves(ticket, "status")
        if move.before == "solved" and move.after != "closed"
    ]


def replied_at(ticket: Ticket) -> int | None:
    """When a human first answered in public."""
    replies = (m.at for m in messages(ticket)[1:] if m.public and m.by == "agent")
    return next(replies, None)


def is_opened_by_staff(ticket: Ticket) -> bool:
    """Whether an agent began it without a customer on the telephone."""
    return kind_of(ticket.submitter) == "agent" and ticket.call is None


def _times(ticket: Ticket, status: str) -> list[int]:
    return [e.at for e in ticket.events if e.changes.get("status") == status]


def tags_of(ticket: Ticket) -> list[str]:
    """Its tags; what Zendesk marks by itself is a tag that rules put."""
    tags = {"zopim_chat_missed": CHAT_MISSED}
    own = {"internal": ["internal"], "outbound": ["outbound"]}.get(ticket.excluded, [])
    return [tags.get(tag, tag) for tag in ticket.field_at("tags") or ()] + own


def is_missed(ticket: Ticket) -> bool:
    """Whether the customer left the chat before anybody answered."""
    return CHAT_MISSED in tags_of(ticket)


def own_fields(ticket: Ticket) -> dict[str, str | None]:
    """What the retailer keeps in ticket fields of its own."""
    cents = ticket.compensation
    return {
        "order_id": ticket.order.name if ticket.order else None,
        "call_id": ticket.call.id if ticket.shows_call_id else None,
        "handle_seconds": str(ticket.seconds_spent) if ticket.seconds_spent else None,
        "compensation": f"{cents // 100}.{cents % 100:02d}" if cents else None,
    }


def given(world: World) -> list[Rating]:
    """The ratings that are answers."""
    return [rating for rating in world.ratings if rating.score in ("good", "bad")]


def address_of(agent: Agent) -> str:
    """An agent's e-mail address."""
    return f"agent{agent.id}@example.fr"


def channel_of(ticket: Ticket) -> str:
    """Telephone, e-mail, form, chat or social network, whatever helpdesk it is."""
    return {"voice": "phone", "facebook": "social"}.get(ticket.via, ticket.via)
