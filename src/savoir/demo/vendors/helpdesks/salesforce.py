"""Salesforce: the objects of cases as Data Loader writes them, one CSV each.

Orders, calls, time and goodwill stand in fields of the account's own; a case with which
no customer came is of a type that says so. Nobody rates a case.
"""

from pathlib import Path

from savoir.demo.files import Written, utc
from savoir.demo.vendors.helpdesks import common
from savoir.demo.vendors.pages import write_table
from savoir.demo.world import BOT, GROUPS, START, SYSTEM, Ticket, User, World

STATUSES = {
    "new": "New",
    "open": "Working",
    "pending": "Waiting on Customer",
    "hold": "On Hold",
    "solved": "Closed",
    "closed": "Closed",
    "deleted": "Closed",
}
MISSED = "Chat Missed"
ORIGINS = {
    "email": "Email",
    "web": "Web",
    "phone": "Phone",
    "chat": "Chat",
    "social": "Facebook",
}
PRIORITIES = {"low": "Low", "normal": "Medium", "high": "High", "urgent": "Critical"}
AUTOMATED = "005Qy0000000001"  # the user as whom flows and rules act


def ticket_id(number: int) -> str:
    """Id of a case, without the three characters that only check it."""
    return f"500Qy{number:010d}"


def name_tickets(world: World) -> None:
    """Give the tickets ids of cases, which are no numbers."""
    for ticket in world.tickets:
        ticket.id = ticket_id(ticket.id)


def write_salesforce(world: World, folder: Path) -> list[Written]:
    """Write cases, their history, e-mails and comments, people and queues."""
    shown = [t for t in world.tickets if t.excluded != "deleted"]
    said = [(t, message) for t in shown for message in common.messages(t)]
    rows = {
        "Case": [_case(ticket) for ticket in world.tickets],
        "CaseHistory": [row for ticket in shown for row in _history(ticket)],
        "EmailMessage": [_email(*pair) for pair in said if _is_email(*pair)],
        "CaseComment": [_comment(*pair) for pair in said if not _is_email(*pair)],
        "Contact": [_contact(user) for user in world.users],
        "User": [*_staff(), *[_portal_user(user) for user in world.users]],
        "Group": [
            {"Id": full(_queue(id_)), "Name": name, "Type": "Queue"}
            for name, id_ in GROUPS.items()
        ],
    }
    return [
        write_table(folder / f"{entity}.csv", found) for entity, found in rows.items()
    ]


def full(id_: str | None) -> str | None:
    """The id as exported: three characters more say which letters are capitals."""
    if id_ is None:
        return None
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    thirds = (id_[start : start + 5] for start in (0, 5, 10))
    return id_ + "".join(
        letters[sum(c.isupper() << place for place, c in enumerate(third))]
        for third in thirds
    )


def _queue(group: int) -> str:
    return f"00GQy{group:010d}"


def _user(id_: int) -> str:
    """Id of the user as whom somebody writes."""
    kind = common.kind_of(id_)
    if kind == "system":
        return AUTOMATED
    return f"005{'Qz' if kind == 'customer' else 'Qy'}{id_:010d}"


def _person(id_: int) -> str:
    return f"003Qy{id_:010d}"


def _stamp(at: int | None) -> str | None:
    return at and utc(at).replace("Z", ".000Z")


def _owner(assignee: object, group: int) -> str:
    return _user(assignee) if assignee else _queue(group)


def _case(ticket: Ticket) -> dict:
    own = common.own_fields(ticket)
    ended_at = common.solved_at(ticket)
    status = STATUSES[ticket.field_at("status")]
    is_merged, is_deleted = ticket.merged_into, ticket.excluded == "deleted"
    customer = common.kind_of(ticket.requester) == "customer"
    return {
        "Id": full(ticket.id),
        "IsDeleted": str(bool(is_merged or is_deleted)).lower(),
        "MasterRecordId": full(is_merged.id) if is_merged else None,
        "CaseNumber": ticket.id[-8:],
        "ContactId": full(_person(ticket.requester)) if customer else None,
        "Type": _type(ticket),
        "Status": MISSED if common.is_missed(ticket) else status,
        "Reason": ticket.reason,
        "Origin": ORIGINS[common.channel_of(ticket)],
        "Subject": ticket.subject,
        "Priority": PRIORITIES[ticket.field_at("priority")],
        "IsClosed": str(status == "Closed").lower(),
        "ClosedDate": _stamp(ended_at),
        "IsEscalated": "false",
        "OwnerId": full(
            _owner(ticket.field_at("assignee_id"), ticket.field_at("group_id"))
        ),
        "CreatedDate": _stamp(ticket.events[0].at),
        "CreatedById": full(_user(ticket.submitter)),
        "LastModifiedDate": _stamp(common.updated_at(ticket)),
        "Order_Id__c": own["order_id"],
        "Call_Id__c": own["call_id"],
        "Handle_Seconds__c": own["handle_seconds"],
        "Compensation__c": own["compensation"],
    }


def _type(ticket: Ticket) -> str | None:
    said = ticket.excluded in ("spam", "test", "internal", "outbound")
    return ticket.excluded.capitalize() if said else None


def _history(ticket: Ticket) -> list[dict]:
    """Changes of status and owner. A case passes through its queue to a user."""
    created = ticket.events[0]
    status = created.changes["status"]
    group, assignee = created.changes["group_id"], created.changes.get("assignee_id")
    rows = []

    def add(event: int, field: str, before: str, after: str) -> None:
        of_event = ticket.events[event]
        rows.append(
            {
                "Id": full(f"017{common.number_of(ticket, event):010d}{len(rows):02d}"),
                "CaseId": full(ticket.id),
                "CreatedDate": _stamp(of_event.at),
                "CreatedById": full(_user(of_event.author)),
                "Field": field,
                "OldValue": before,
                "NewValue": after,
            }
        )

    if assignee:
        add(0, "Owner", full(_queue(group)), full(_user(assignee)))
    for position, event in enumerate(ticket.events[1:], start=1):
        new_group = event.changes.get("group_id", group)
        taker = event.changes.get("assignee_id", assignee)
        before = full(_owner(assignee, group))
        if new_group != group:
            add(position, "Owner", before, full(_queue(new_group)))
            before, assignee = full(_queue(new_group)), None
        if taker != assignee:
            add(position, "Owner", before, full(_owner(taker, new_group)))
        group, assignee = new_group, taker
        new_status = event.changes.get("status", status)
        if STATUSES[new_status] != STATUSES[status]:
            add(position, "Status", STATUSES[status], STATUSES[new_status])
        status = new_status
    return rows


def _is_email(ticket: Ticket, message: common.Message) -> bool:
    return ticket.via == "email" and message.public


def _email(ticket: Ticket, message: common.Message) -> dict:
    incoming = message.by == "customer"
    return {
        "Id": full(f"02s{message.id:012d}"),
        "ParentId": full(ticket.id),
        "CreatedById": full(AUTOMATED if incoming else _user(message.author)),
        "Subject": ticket.subject,
        "TextBody": message.text,
        "Incoming": str(incoming).lower(),
        "Status": "0" if incoming else "3",
        "MessageDate": _stamp(message.at),
        "LastModifiedDate": _stamp(message.at),
    }


def _comment(ticket: Ticket, message: common.Message) -> dict:
    return {
        "Id": full(f"00a{message.id:012d}"),
        "ParentId": full(ticket.id),
        "IsPublished": str(message.public).lower(),
        "CommentBody": message.text,
        "CreatedById": full(_user(message.author)),
        "CreatedDate": _stamp(message.at),
        "LastModifiedDate": _stamp(message.at),
    }


def _contact(user: User) -> dict:
    return {
        "Id": full(_person(user.id)),
        "Name": user.name,
        "Email": user.email,
        "Phone": user.phone,
        "MobilePhone": None,
        "LastModifiedDate": _stamp(user.created_at),
    }


def _staff() -> list[dict]:
    people = [(a.id, a.name, "Standard") for a in common.STAFF]
    people += [(BOT.id, BOT.name, "Standard")]
    people += [(SYSTEM, "Automated Process", "AutomatedProcess")]
    return [
        {
            "Id": full(_user(id_)),
            "Name": name,
            "Email": None if id_ == SYSTEM else f"agent{id_}@example.fr",
            "UserType": kind,
            "LastModifiedDate": _stamp(START),
        }
        for id_, name, kind in people
    ]


def _portal_user(user: User) -> dict:
    return {
        "Id": full(_user(user.id)),
        "Name": user.name,
        "Email": user.email,
        "UserType": "CspLitePortal",
        "LastModifiedDate": _stamp(user.created_at),
    }
