"""The demo exports read again with json and csv only: contacts, people and issues
found anew from what the files say, sharing no code with the generator."""

import csv
import json
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
CALL_FIELD = 360000000002
BOT = 7000190


def at(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def shop_time(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)


def month(instant):
    return instant.astimezone(PARIS).strftime("%Y-%m")


def plain_email(text):
    return text.strip().lower() or None


def plain_phone(text):
    digits = re.sub(r"[^0-9]", "", text or "")
    if not digits:
        return None
    if digits.startswith("0033"):
        return "+" + digits[2:]
    return "+33" + digits[1:] if digits.startswith("0") else "+" + digits


def zendesk(folder: Path, name: str, entity: str):
    return json.loads((folder / "zendesk" / name).read_text("utf-8"))[entity]


def ticket_rows(folder: Path):
    files = sorted((folder / "zendesk").glob("tickets_*.json"))
    return [row for f in files for row in json.loads(f.read_text("utf-8"))["tickets"]]


def tickets(folder: Path):
    """Newest version of each ticket."""
    rows = sorted(ticket_rows(folder), key=lambda row: row["updated_at"])
    return {row["id"]: row for row in rows}


def audits(folder: Path):
    """Audits of each ticket, each once, in order."""
    found = {}
    for path in sorted((folder / "zendesk").glob("ticket_audits_*.ndjson")):
        for line in path.read_text("utf-8").splitlines():
            for audit in json.loads(line)["audits"]:
                found[audit["id"]] = audit
    by_ticket = defaultdict(list)
    for _, audit in sorted(found.items()):
        by_ticket[audit["ticket_id"]].append(audit)
    return by_ticket


def excluded(ticket, history, agents):
    """Why a ticket is no contact; None for one that is."""
    for tag, reason in (("closed_by_merge", "merged"), ("spam", "spam")):
        if tag in ticket["tags"]:
            return reason
    if "test" in ticket["tags"]:
        return "test"
    if ticket["status"] == "deleted":
        return "deleted"
    if ticket["requester_id"] in agents:
        return "internal"
    comments = [e for a in history for e in a["events"] if e["type"] == "Comment"]
    wrote = any(c["author_id"] == ticket["requester_id"] for c in comments)
    if (
        ticket["submitter_id"] in agents
        and comments[0]["public"]
        and ticket["via"]["channel"] == "web"
        and call_id(ticket) is None
        and not wrote
    ):
        return "outbound"
    return None


def call_id(ticket):
    values = {f["id"]: f["value"] for f in ticket["custom_fields"]}
    return values.get(CALL_FIELD)


def changes(history, field):
    """(instant, value) of a field, its creation included."""
    return [
        (at(audit["created_at"]), event["value"])
        for audit in history
        for event in audit["events"]
        if event.get("field_name") == field
    ]


def replies(history, agents):
    """(instant, author) of the agents' public comments."""
    return [
        (at(audit["created_at"]), event["author_id"])
        for audit in history
        for event in audit["events"]
        if event["type"] == "Comment"
        and event["public"]
        and event["author_id"] in agents
    ]


def log_lines(folder: Path):
    """Good lines of the queue logs, each once."""
    lines = {}
    for name in ("queue_log.2025", "queue_log.2026"):
        for line in (folder / "asterisk" / name).read_text("utf-8").splitlines():
            fields = line.split("|")
            if len(fields) >= 5 and fields[0].isdigit():
                lines[line] = fields
    return list(lines.values())


def calls(folder: Path):
    found = {}
    for time, id_, _, agent, event, *data in log_lines(folder):
        instant = datetime.fromtimestamp(int(time), UTC)
        if event == "ENTERQUEUE":
            phone = None if data[1] == "anonymous" else plain_phone(data[1])
            found[id_] = {
                "id": id_,
                "phone": phone,
                "start": instant,
                "end": instant,
                "outcome": "unfinished",
            }
        elif event == "CONNECT":
            found[id_] |= {"wait": int(data[0]), "agent": agent}
        elif event.startswith("COMPLETE"):
            found[id_] |= {"outcome": "answered", "talk": int(data[1])}
        elif event == "ABANDON":
            found[id_] |= {"outcome": "abandoned", "wait": int(data[2])}
        elif event == "EXITWITHTIMEOUT":
            found[id_] |= {"outcome": "timeout"}
        if id_ in found:
            found[id_]["end"] = instant
    return found


def order_rows(folder: Path):
    """Rows of each order as the latest file has them, wrong rows left out."""
    orders = {}
    for year in (2025, 2026):
        path = folder / "shopify" / f"orders_export_{year}.csv"
        rows = defaultdict(list)
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["Name"] and row["Total"] != "abc":
                    rows[row["Name"]].append(row)
        orders |= rows
    return orders


def is_valid(order):
    first = order[0]
    return (
        first["Financial Status"] in ("paid", "partially_refunded")
        and not first["Cancelled at"]
        and first["Tags"] != "replacement"
        and Decimal(first["Total"]) - Decimal(first["Refunded Amount"]) > 0
    )


def answers(folder: Path, survey: str):
    """Rows of a survey after its three headers, whole ones only."""
    path = folder / "qualtrics" / f"{survey}_June 30, 2026_23.59.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, _, _, *rows = csv.reader(file)
    return [dict(zip(header, r, strict=True)) for r in rows if len(r) == len(header)]


def answered_at(row):
    local = datetime.strptime(row["RecordedDate"], "%Y-%m-%d %H:%M:%S")
    return local.replace(tzinfo=PARIS)


class People:
    """Who is who: e-mails, unshared telephones and helpdesk users that belong
    together."""

    def __init__(self, folder: Path):
        self.parent = {}
        pairs = []
        for rows in order_rows(folder).values():
            first = rows[0]
            pairs.append((plain_email(first["Email"]), first["Billing Phone"]))
        users = zendesk(folder, "users.json", "users")
        users = [user for user in users if user["role"] == "end-user"]
        for user in users:
            email = plain_email(user["email"] or "")
            pairs.append((email, user["phone"]))
        emails_of = defaultdict(set)
        for email, phone in pairs:
            if email and plain_phone(phone):
                emails_of[plain_phone(phone)].add(email)
        self.shared = {phone for phone, emails in emails_of.items() if len(emails) > 1}
        for email, phone in pairs:
            self.same(email, self.own(phone))
        for user in users:
            self.same(user["id"], plain_email(user["email"] or ""))
            self.same(user["id"], self.own(user["phone"]))
        for call in calls(folder).values():
            self.same(self.own(call["phone"]), None)

    def own(self, phone):
        plain = plain_phone(phone)
        return None if plain in self.shared else plain

    def of(self, key):
        while self.parent.setdefault(key, key) != key:
            key = self.parent[key]
        return key

    def same(self, one, other):
        keys = [self.of(key) for key in (one, other) if key is not None]
        if len(keys) == 2:
            self.parent[keys[0]] = keys[1]

    def groups(self):
        found = defaultdict(set)
        for key in list(self.parent):
            found[self.of(key)].add(str(key))
        return sorted(sorted(group) for group in found.values())


def contacts(folder: Path, people: People):
    """Every countable contact, with the call of a ticket found by its id or by the
    same person within 15 minutes."""
    users = zendesk(folder, "users.json", "users")
    agents = {user["id"] for user in users if user["role"] != "end-user"}
    history, log = audits(folder), calls(folder)
    kept = [
        ticket
        for ticket in tickets(folder).values()
        if excluded(ticket, history[ticket["id"]], agents) is None
    ]
    call_of = {t["id"]: call_id(t) for t in kept if call_id(t)}
    free = {id_ for id_ in log if id_ not in call_of.values()}
    for ticket in kept:
        if ticket["via"]["channel"] == "voice" and ticket["id"] not in call_of:
            near = [
                id_
                for id_ in free
                if log[id_]["phone"]
                and people.of(log[id_]["phone"]) == people.of(ticket["requester_id"])
                and abs(at(ticket["created_at"]) - log[id_]["start"])
                <= timedelta(minutes=15)
            ]
            (call_of[ticket["id"]],) = near
            free.remove(near[0])
    found = []
    for ticket in kept:
        call = log.get(call_of.get(ticket["id"]))
        found.append(_ticket_contact(ticket, history[ticket["id"]], call, people))
    for id_ in sorted(free):
        call = log[id_]
        found.append(
            {
                "id": f"asterisk:{id_}",
                "call": call,
                "person": people.of(call["phone"]) if call["phone"] else None,
                "start": call["start"],
                "end": call["end"],
                "resolved": call["outcome"] == "answered",
                "reopened": False,
                "handed_to": [],
            }
        )
    return found


def _ticket_contact(ticket, history, call, people):
    statuses = changes(history, "status")
    solved = [instant for instant, status in statuses if status == "solved"]
    missed = "zopim_chat_missed" in ticket["tags"]
    resolved = ticket["status"] in ("solved", "closed") and not missed
    groups = changes(history, "group_id")
    assigned = [i for i, agent in changes(history, "assignee_id") if agent is not None]
    created = at(ticket["created_at"])
    return {
        "id": f"zendesk:{ticket['id']}",
        "call": call,
        "ticket": ticket,
        "history": history,
        "statuses": statuses,
        "solved": solved,
        "missed": missed,
        "person": people.of(ticket["requester_id"]),
        "start": min(created, call["start"]) if call else created,
        "end": solved[-1] if resolved or missed else at(history[-1]["created_at"]),
        "resolved": resolved,
        "reopened": any(
            before == "solved" and after == "open"
            for (_, before), (_, after) in pairwise(statuses)
        ),
        "handed_to": [g for i, g in groups[1:] if assigned and i > assigned[0]],
    }


def issues(found):
    """Contacts of one person chained while the gap is at most seven days."""
    by_person = defaultdict(list)
    for contact in sorted(found, key=lambda contact: contact["start"]):
        if contact["person"] is None:
            continue
        chains = by_person[contact["person"]]
        if chains and contact["start"] - max(c["end"] for c in chains[-1]) <= timedelta(
            days=7
        ):
            chains[-1].append(contact)
        else:
            chains.append([contact])
    return [chain for chains in by_person.values() for chain in chains]
