"""The helpdesk's exports: Zendesk API answers, page by page."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from savoir.demo.files import Written, euros, to_json, utc, write
from savoir.demo.world import (
    ADMIN,
    AGENTS,
    AS_OF,
    BOT,
    GROUPS,
    PARIS,
    START,
    Agent,
    Event,
    Rating,
    Ticket,
    User,
    World,
    paris,
)

REASON_FIELD = 360000000001
CALL_FIELD = 360000000002
TIME_FIELD = 360000000003
ORDER_FIELD = 360000000004
COMPENSATION_FIELD = 360000000005
OVERLAP = 5  # rows of a page that the next one shows again unchanged
AUDITS_PER_PAGE = 100
API = "https://maisonlumen.example.com/api/v2"


def write_zendesk(world: World, folder: Path) -> list[Written]:
    """Write tickets, audits, users, ratings and groups of the world into `folder`."""
    return [
        *_write_tickets(world, folder),
        *_write_audits(world.tickets, folder),
        _write_page("users", _users(world.users), folder),
        _write_page(
            "satisfaction_ratings", [_rating(r) for r in world.ratings], folder
        ),
        _write_page("groups", _groups(), folder),
    ]


def _write_page(entity: str, rows: list[dict], folder: Path) -> Written:
    path = folder / f"{entity}.json"
    page = {entity: rows, "next_page": None, "previous_page": None, "count": len(rows)}
    write(path, to_json(page) + "\n")
    return Written(path, len(rows))


# ---------- tickets


def _quarters() -> Iterator[tuple[str, int, int]]:
    """Name, start and end (excluded) of each quarter."""
    for number in range(6):
        year, quarter = 2025 + number // 4, number % 4 + 1
        start = datetime(year, 3 * quarter - 2, 1, tzinfo=PARIS)
        following = number + 1
        end = datetime(2025 + following // 4, 3 * (following % 4) + 1, 1, tzinfo=PARIS)
        yield f"{year}q{quarter}", int(start.timestamp()), int(end.timestamp())


def _write_tickets(world: World, folder: Path) -> list[Written]:
    """One page a quarter: the tickets updated in it, as they were at its end."""
    ratings: dict[int, list[Rating]] = {}
    for rating in world.ratings:
        ratings.setdefault(rating.contact.ticket.id, []).append(rating)
    written, seen, overlap = [], set(), []
    for name, start, end in _quarters():
        rows = [
            _ticket(ticket, ratings.get(ticket.id, []), end - 1)
            for ticket in world.tickets
            if any(start <= event.at < end for event in ticket.events)
        ]
        rows.sort(key=lambda row: (row["generated_timestamp"], row["id"]))
        page = {
            "tickets": overlap + rows,
            "count": len(overlap) + len(rows),
            "end_of_stream": end > AS_OF,
            "end_time": end - 1,
            "next_page": f"{API}/incremental/tickets.json?start_time={end - 1}",
        }
        path = folder / f"tickets_{name}.json"
        write(path, to_json(page) + "\n")
        ids = [row["id"] for row in page["tickets"]]
        repeated = sum(id_ in seen for id_ in ids)
        written.append(Written(path, len(ids), repeated_rows=repeated))
        seen |= set(ids)
        overlap = rows[-OVERLAP:]
    return written


def _ticket(ticket: Ticket, ratings: list[Rating], at: int) -> dict:
    """The ticket as the API showed it at an instant."""
    status = ticket.field_at("status", at)
    updated_at = max(event.at for event in ticket.events if event.at <= at)
    is_deleted = status == "deleted"
    subject = "SCRUBBED" if is_deleted else ticket.subject
    description = "SCRUBBED" if is_deleted else ticket.events[0].comment
    return {
        "url": f"{API}/tickets/{ticket.id}.json",
        "id": ticket.id,
        "external_id": None,
        "via": _via(ticket.events[0]),
        "created_at": utc(ticket.events[0].at),
        "updated_at": utc(updated_at),
        "generated_timestamp": updated_at,
        "type": None,
        "subject": subject,
        "description": description,
        "priority": ticket.field_at("priority", at),
        "status": status,
        "requester_id": ticket.requester,
        "submitter_id": ticket.submitter,
        "assignee_id": ticket.field_at("assignee_id", at),
        "organization_id": None,
        "group_id": ticket.field_at("group_id", at),
        "brand_id": 36100001,
        "tags": [] if is_deleted else ticket.field_at("tags", at),
        "custom_fields": [] if is_deleted else _custom_fields(ticket),
        "satisfaction_rating": None if is_deleted else _score(ratings, at),
    }


def _custom_fields(ticket: Ticket) -> list[dict]:
    values = {
        REASON_FIELD: ticket.reason,
        CALL_FIELD: ticket.call.id if ticket.shows_call_id else None,
        TIME_FIELD: str(ticket.seconds_spent) if ticket.seconds_spent else None,
        ORDER_FIELD: ticket.order.name if ticket.order else None,
        COMPENSATION_FIELD: euros(ticket.compensation) if ticket.compensation else None,
    }
    return [{"id": id_, "value": value} for id_, value in values.items()]


def _score(ratings: list[Rating], at: int) -> dict:
    known = [rating for rating in ratings if rating.at <= at]
    if not known:
        return {"score": "unoffered"}
    last = known[-1]
    return {"score": last.score, "id": last.id, "comment": last.comment}


def _via(event: Event) -> dict:
    source: dict[str, object] = {"from": {}, "to": {}, "rel": None}
    if event.via == "rule":
        closes = event.changes.get("status") == "closed"
        source["rel"] = "automation" if closes else "trigger"
        source["from"] = {"title": "Fermeture" if closes else "Tri des demandes"}
    return {"channel": event.via, "source": source}


# ---------- audits


def _write_audits(tickets: list[Ticket], folder: Path) -> list[Written]:
    """One file a year, one page a line. The API shows no audits of deleted tickets;
    the second file begins with the last page of the first."""
    events = sorted(
        (
            (event.at, ticket.id, number)
            for ticket in tickets
            if ticket.excluded != "deleted"
            for number, event in enumerate(ticket.events)
        ),
    )
    by_id = {ticket.id: ticket for ticket in tickets}
    audits: dict[int, list[dict]] = {2025: [], 2026: []}
    for audit_id, (at, ticket_id, number) in enumerate(events, start=500_000_001):
        audit = _audit(by_id[ticket_id], number, audit_id)
        audits[paris(at).year].append(audit)
    written, overlap = [], []
    for year, rows in audits.items():
        pages = overlap + _pages(rows)
        path = folder / f"ticket_audits_{year}.ndjson"
        lines = [
            to_json({"audits": page, "next_page": None, "count": len(page)})
            for page in pages
        ]
        write(path, "".join(line + "\n" for line in lines))
        repeated = sum(map(len, overlap))
        written.append(Written(path, sum(map(len, pages)), repeated_rows=repeated))
        overlap = pages[-1:]
    return written


def _pages(rows: list[dict]) -> list[list[dict]]:
    starts = range(0, len(rows), AUDITS_PER_PAGE)
    return [rows[start : start + AUDITS_PER_PAGE] for start in starts]


def _audit(ticket: Ticket, number: int, audit_id: int) -> dict:
    event = ticket.events[number]
    parts = [*_comment(event, ticket), *_changes(ticket, number)]
    if event.notifies:
        parts.append(_notification(ticket))
    for part_number, part in enumerate(parts):
        part["id"] = audit_id * 100 + part_number
    return {
        "id": audit_id,
        "ticket_id": ticket.id,
        "created_at": utc(event.at),
        "author_id": event.author,
        "via": _via(event),
        "events": parts,
    }


def _comment(event: Event, ticket: Ticket) -> Iterator[dict]:
    if event.comment is None:
        return
    target = ticket.merged_into.id if ticket.merged_into else ""
    yield {
        "type": "Comment",
        "author_id": event.author,
        "body": event.comment.replace("{target}", str(target)),
        "public": event.public,
    }


def _changes(ticket: Ticket, number: int) -> Iterator[dict]:
    """Create events of the first audit, Change events of a later one; every value is
    text, a list of texts (tags) or null."""
    event = ticket.events[number]
    changes = dict(event.changes)
    if number == 0:
        created = {"subject": ticket.subject, "requester_id": ticket.requester}
        changes = {**created, "assignee_id": None, **changes}
    for name, value in changes.items():
        part = {"type": "Create", "field_name": name, "value": _text(value)}
        if number:
            before = None
            for earlier in ticket.events[:number]:
                before = earlier.changes.get(name, before)
            if before == value:
                continue
            part |= {"type": "Change", "previous_value": _text(before)}
        yield part


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) else value


def _notification(ticket: Ticket) -> dict:
    source = {"from": {"title": "Accusé de réception"}, "to": {}, "rel": "trigger"}
    return {
        "type": "Notification",
        "subject": "[Demande reçue] {{ticket.title}}",
        "body": "Votre demande a bien été reçue.",
        "recipients": [ticket.requester],
        "via": {"channel": "rule", "source": source},
    }


# ---------- the rest


def _users(users: list[User]) -> list[dict]:
    agents = [_agent(agent) for agent in (ADMIN, *AGENTS, BOT)]
    return agents + [_user(user) for user in users]


def _user(user: User) -> dict:
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "phone": _spaced(user.phone) if user.phone else None,
        "role": "end-user",
        "active": True,
        "suspended": False,
        "tags": [],
        "created_at": utc(user.created_at),
        "updated_at": utc(user.created_at),
    }


def _spaced(phone: str) -> str:
    """+33 6 39 98 12 34."""
    pairs = [phone[i : i + 2] for i in range(4, len(phone), 2)]
    return " ".join([phone[:3], phone[3], *pairs])


def _agent(agent: Agent) -> dict:
    last_name = agent.name.split()[0 if agent is BOT else -1]
    plain = last_name.translate(str.maketrans("éè", "ee")).lower()
    return {
        "id": agent.id,
        "name": agent.name,
        "email": f"sav.{plain}@example.fr",
        "phone": None,
        "role": agent.role,
        "active": agent.left_at is None,
        "suspended": False,
        "tags": [],
        "created_at": utc(START - 200 * 86400),
        "updated_at": utc(agent.left_at or START - 200 * 86400),
    }


def _rating(rating: Rating) -> dict:
    ticket = rating.contact.ticket
    return {
        "id": rating.id,
        "ticket_id": ticket.id,
        "requester_id": ticket.requester,
        "assignee_id": ticket.field_at("assignee_id", rating.at),
        "group_id": ticket.field_at("group_id", rating.at),
        "score": rating.score,
        "comment": rating.comment,
        "created_at": utc(rating.offered_at),
        "updated_at": utc(rating.at),
    }


def _groups() -> list[dict]:
    created = utc(START - 400 * 86400)
    return [
        {"id": id_, "name": name, "created_at": created, "updated_at": created}
        for name, id_ in GROUPS.items()
    ]
