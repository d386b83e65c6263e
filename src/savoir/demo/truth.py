"""What a correct warehouse finds in the exports, counted in the simulation itself."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path

from savoir.demo.exports import has_known_email
from savoir.demo.files import Written, euros, local_month, utc
from savoir.demo.tally import shares
from savoir.demo.truth_of_service import SHORT_ABANDON, truth_of_service
from savoir.demo.truth_of_value import (
    is_fcr_mature,
    margins,
    net_of,
    repurchase_of,
    truth_of_value,
)
from savoir.demo.world import (
    AS_OF,
    DAY,
    GROUPS,
    HUMAN_AGENTS,
    RATES,
    Answer,
    Contact,
    Issue,
    Person,
    Ticket,
    World,
    issues_of,
)

CSAT_WINDOW = 28 * DAY

DEFINITIONS = {
    "month": "calendar month in Europe/Paris",
    "contact": "a countable ticket, or an offered call without a ticket; a call and "
    "its ticket are one contact with the ticket's id, opened when the call entered",
    "contact_end": "last time a resolved ticket (or a missed chat) became solved, last "
    "event of an open one; the end of a call without ticket (time of entering if the "
    "log never says)",
    "team": "group from which a human agent first moved the ticket, else its last one; "
    "a call without ticket is Téléphone N1's; partner as of the contact's opening",
    "missed_chat": "the customer left before any human reply; the system solves it "
    "with a tag, and it is neither resolved nor handled",
    "human_reply": "public comment by an agent, former ones too; never the system's or "
    "the bot's",
    "handled": "at least one human reply, or an answered call",
    "unattended": "a missed chat, or a call without ticket that was not answered",
    "settled_by_the_bot": "resolved, the bot replied, no human did",
    "response": "written contacts (no call) not opened by an agent, from opening, or "
    "from the bot's last event before the first human reply, to that reply; due: "
    "answered, or not settled by the bot and past the target; by month of opening",
    "business_seconds": "seconds of the opening hours of the team's site at the "
    "contact's opening, French public holidays excluded in Lyon and Nantes",
    "resolution": "opening to last solution of resolved contacts, by month of the last "
    "solution; pending_seconds: of it, in status pending",
    "resolution_in_target": "resolved within 24 hours over resolved or overdue, "
    "unattended contacts excluded; by month of opening",
    "one_touch": "exactly one human reply and never reopened over written contacts "
    "resolved by a human; by month of the last solution",
    "reopen": "ever reopened over tickets ever solved, missed chats excluded; by month "
    "of the first solution",
    "handle": "longest of time spent and talk of handled contacts where it is above 0; "
    "by month of the contact's end",
    "telephony": "countable calls by month of entering; _in_20: within 20 seconds",
    "chats": "countable chats not settled by the bot; short: left within 5 seconds of "
    "where a response is counted from",
    "transfer": "over handled contacts; escalation: over contacts of first-tier teams",
    "automation": "resolved without human reply and without another contact of the "
    "person for 7 days after its end, over contacts of identified persons to which the "
    "bot replied and that ended 7 days before the horizon",
    "backlog": "countable contacts open at the last second of the local month",
    "retention": "a customer is active while the last valid order is at most "
    "churn_days (of the month's year) old; at the first instants of the month and of "
    "the next one; referring: distinct codes on first valid orders",
    "churn_days": "80th percentile, interpolated, of the days between consecutive "
    "valid orders both before the year; 60 to 365, 180 with fewer than 30 of them",
    "clv": "margin to date over persons with a valid order, before the month's end",
    "invitations": "tickets with a rating row other than unoffered, by month of the "
    "earliest one's creation; responded: good or bad",
    "reopened": "solved to open at least once; a ticket that is open again now is not "
    "resolved",
    "transferred": "group changed, other than to Support N2, after an agent was first "
    "assigned; escalated: the same to Support N2; sorting before any agent is neither",
    "order_valid": "paid or partially_refunded, not cancelled, not tagged replacement, "
    "total - refunded > 0, in the state of the later export",
    "order_net": "total - shipping without VAT (taxes are total / 6), valid orders",
    "order_margin": "net - refunds without VAT - cost per item x quantity, valid "
    "orders; what contacts were compensated for an order is no refund of it",
    "repurchase": "dated by the issue's end; an order is credited to the customer's "
    "latest issue that ended before it",
    "csat": "per contact the latest answer from its end to 28 days after, over good / "
    "bad and Q_CSAT; dated by that answer",
    "nps": "service survey, latest score per customer and month; `all` is the sum of "
    "the months; answers later than 28 days count",
    "ces": "every score of the service survey; effort is 8 - score",
    "compensation": "by the contact's opening, countable contacts",
    "repeated_rows": "rows whose key (ticket, audit, log line, order) is in an earlier "
    "file of that export",
}


def truth(world: World, folder: Path, written: list[Written]) -> dict:
    """Everything planted, as plain values ready for JSON. Amounts are text in euros,
    instants text in UTC, months YYYY-MM."""
    issues = [issue for person in world.people for issue in issues_of(person)]
    issues.sort(key=lambda issue: (issue.opened_at, issue.contacts[0].source_id))
    orders_of_issue = {id(issue): repurchase_of(issue) for issue in issues}
    files = {_relative(w, folder): w for w in written}
    facts = {
        "seed": world.seed,
        "scale": world.scale,
        "as_of": utc(AS_OF),
        "definitions": DEFINITIONS,
        "planted_rates": asdict(RATES),
        "tickets": _tickets(world, written),
        "calls": _calls(world),
        "contacts": _contacts(world),
        "customers": _customers(world.people),
        "issues": [_issue(issue, orders_of_issue[id(issue)]) for issue in issues],
        "fcr_by_month": shares(
            (local_month(issue.opened_at), issue.failure is None)
            for issue in issues
            if is_fcr_mature(issue)
        ),
        "repurchase": _repurchases(issues, orders_of_issue),
        "orders": _orders(world),
        "surveys": _surveys(world),
        "costs": _costs(world),
        "files": {
            path: {"rows": w.rows, "rows_rejected": len(w.rejected_lines)}
            for path, w in files.items()
        },
        "rejects": {p: w.rejected_lines for p, w in files.items() if w.rejected_lines},
        "duplicates": {p: w.repeated_rows for p, w in files.items() if w.repeated_rows},
    }
    return facts | truth_of_service(world) | truth_of_value(world, issues)


def _relative(written: Written, folder: Path) -> str:
    return written.path.relative_to(folder).as_posix()


# ---------- contacts


def _tickets(world: World, written: list[Written]) -> dict:
    pages = [w for w in written if w.path.name.startswith("tickets_")]
    contacts = [contact for contact in world.contacts if contact.ticket]

    def ids(test: str) -> list[int]:
        return sorted(c.ticket.id for c in contacts if getattr(c, test))

    open_again = [c for c in contacts if c.reopenings and not c.is_resolved]
    excluded: dict[str, list[int]] = {}
    for ticket in world.tickets:
        if ticket.excluded:
            excluded.setdefault(ticket.excluded, []).append(ticket.id)
    replies = {str(c.ticket.id): _first_reply(c.ticket) for c in contacts}
    return {
        "rows": sum(w.rows for w in pages),
        "distinct": len(world.tickets),
        "excluded": {reason: len(ids_) for reason, ids_ in excluded.items()},
        "excluded_ids": excluded,
        "reopened_ids": ids("reopenings"),
        "open_again_ids": sorted(c.ticket.id for c in open_again),
        "transferred_ids": ids("is_transferred"),
        "escalated_ids": ids("is_escalated"),
        "unresolved_ids": sorted(c.ticket.id for c in contacts if not c.is_resolved),
        "groups": GROUPS,
        "first_human_reply_at": {id_: utc(at) for id_, at in replies.items() if at},
    }


def _first_reply(ticket: Ticket) -> int | None:
    """First public comment by an agent after the customer's own message; nothing for
    what an agent files, nor for what the system or the bot writes."""
    if ticket.submitter != ticket.requester:
        return None
    for event in ticket.events:
        if event.public and event.author in HUMAN_AGENTS:
            return event.at
    return None


def _calls(world: World) -> dict:
    outcomes = Counter(call.outcome for call in world.calls)
    answered = [call for call in world.calls if call.outcome == "answered"]
    abandoned = [call for call in world.calls if call.outcome == "abandoned"]
    linked = {t.call.id: t for t in world.tickets if t.call}
    return {
        "offered": len(world.calls),
        **outcomes,
        "abandoned_short": sum(call.wait <= SHORT_ABANDON for call in abandoned),
        "wait_seconds_answered": sum(call.wait for call in answered),
        "talk_seconds_answered": sum(call.talk for call in answered),
        "linked": {call_id: ticket.id for call_id, ticket in linked.items()},
        "linked_by_time": sorted(
            call_id for call_id, ticket in linked.items() if not ticket.shows_call_id
        ),
        "anonymous": sorted(call.id for call in world.calls if call.person is None),
    }


def _contacts(world: World) -> dict:
    linked = sum(ticket.call is not None for ticket in world.tickets)
    excluded = Counter(ticket.excluded for ticket in world.tickets if ticket.excluded)
    return {
        "landed": len(world.tickets) + len(world.calls) - linked,
        "countable": len(world.contacts),
        "excluded": dict(excluded),
        "unidentified": sum(contact.person is None for contact in world.contacts),
        "resolved": sum(contact.is_resolved for contact in world.contacts),
        "resolved_by_assumption": sum(
            contact.ticket is None and contact.is_resolved for contact in world.contacts
        ),
        "by_month": dict(Counter(local_month(c.opened_at) for c in world.contacts)),
    }


def _customers(people: list[Person]) -> dict:
    groups = [group for person in people if (group := _identifiers(person))]
    households: dict[str, list[str]] = {}
    for person in people:
        if person.shares_phone:
            households.setdefault(person.phone, []).append(person.email)
    return {
        "number": len(groups),
        "groups": groups,
        "shared_phones": households,
    }


def _identifiers(person: Person) -> list[list[str]]:
    """Under which (system, kind, value) the exports show a person: e-mails in lower
    case, telephones as +33…; a shared telephone identifies nobody."""
    phone = None if person.shares_phone else person.phone
    found = []
    if person.orders:
        found.append(["shopify", "email", person.email])
        found.append(["shopify", "phone", phone])
    for user in (person.user, person.phone_user):
        if user:
            found.append(["zendesk", "user_id", str(user.id)])
            found.append(["zendesk", "email", user.email])
            found.append(["zendesk", "phone", phone if user.phone else None])
    if any(contact.call for contact in person.contacts):
        found.append(["asterisk", "phone", phone])
    return [identifier for identifier in found if identifier[2] is not None]


# ---------- issues


def _issue(issue: Issue, repurchase: dict) -> dict:
    return {
        "customer": _name(issue.person),
        "contacts": [contact.source_id for contact in issue.contacts],
        "opened_at": utc(issue.opened_at),
        "ended_at": utc(issue.ended_at),
        "is_mature": is_fcr_mature(issue),
        "fcr": issue.failure is None,
        "why": issue.failure or "resolved by the first contact",
        "repurchase": repurchase,
    }


def _name(person: Person) -> str:
    return person.email if has_known_email(person) else person.phone


def _repurchases(issues: list[Issue], found: dict[int, dict]) -> dict:
    counted = [
        (issue, found[id(issue)]["order"] is not None)
        for issue in issues
        if found[id(issue)]["is_mature"] and found[id(issue)]["has_earlier_order"]
    ]
    kinds = {True: "resolved_first_time", False: "other"}
    return {
        "by_month": shares((local_month(i.ended_at), won) for i, won in counted),
        "by_kind": shares((kinds[i.failure is None], won) for i, won in counted),
    }


# ---------- orders


def _orders(world: World) -> dict:
    orders = world.orders
    valid = [order for order in orders if order.is_valid]
    earned = margins(world)
    net = sum(net_of(order) for order in valid)
    cost = sum(order.cost for order in valid)
    margin = sum(earned.values())
    return {
        "rows_of_distinct_orders": sum(len(order.lines) for order in orders),
        "distinct": len(orders),
        "valid": len(valid),
        "valid_by_month": dict(Counter(local_month(order.at) for order in valid)),
        "replacement": sorted(o.name for o in orders if o.tag == "replacement"),
        "cancelled": sorted(o.name for o in orders if o.cancelled_at is not None),
        "by_status": dict(Counter(order.status for order in orders)),
        "late_refunds": sorted(o.name for o in orders if o.late_refund),
        "upsell": sorted(o.name for o in orders if o.tag == "upsell"),
        "net": euros(net),
        "refunds_without_vat": euros(net - cost - margin),
        "cost_of_goods": euros(cost),
        "margin": euros(margin),
    }


# ---------- surveys


def _surveys(world: World) -> dict:
    service = [answer for answer in world.service_answers if answer.counts]
    efforts = [8 - a.ces for a in service if a.ces is not None]
    first_time = Counter(a.fcr for a in service if a.fcr is not None)
    barometer = [a for a in world.relationship_answers if a.counts]
    nps, nps_superseded = _latest_nps(service)
    by_month: dict[str, list[Answer]] = {}
    for answer in nps:
        by_month.setdefault(local_month(answer.at), []).append(answer)
    return {
        "responses": {
            "service": len(world.service_answers),
            "service_finished": len(service),
            "relationship": len(world.relationship_answers),
            "relationship_finished": len(barometer),
            "previews": sum(a.is_preview for a in world.service_answers),
            "zendesk": dict(Counter(rating.score for rating in world.ratings)),
        },
        "nps": {
            "by_month": {month: _nps(answers) for month, answers in by_month.items()},
            "all": _nps(nps),
            "superseded": nps_superseded,
        },
        "csat": _csat(world, service),
        "ces": {
            "answers": len(efforts),
            "sum_of_effort": sum(efforts),
            "sum_of_scores": sum(8 - effort for effort in efforts),
        },
        "fcr_by_customer": {"yes": first_time[1], "no": first_time[2]},
        "relationship_nps": _nps(barometer),
    }


def _nps(answers: list[Answer]) -> dict[str, int]:
    scores = [answer.nps for answer in answers]
    return {
        "promoters": sum(score >= 9 for score in scores),
        "passives": sum(7 <= score <= 8 for score in scores),
        "detractors": sum(score <= 6 for score in scores),
    }


def _latest_nps(answers: list[Answer]) -> tuple[list[Answer], list[str]]:
    """Answers that count, and ids of those a later one in the month replaces."""
    latest: dict[tuple[int, str], Answer] = {}
    scored = [answer for answer in answers if answer.nps is not None]
    for answer in scored:  # oldest first
        latest[id(answer.person), local_month(answer.at)] = answer
    kept = list(latest.values())
    kept_ids = {answer.id for answer in kept}
    return kept, sorted(a.id for a in scored if a.id not in kept_ids)


def _csat(world: World, service: list[Answer]) -> dict:
    answers = [
        (rating.contact, rating.at, rating.score == "good", f"zendesk:{rating.id}")
        for rating in world.ratings
        if rating.score in ("good", "bad")
    ] + [
        (answer.contact, answer.at, answer.csat >= 4, f"qualtrics:{answer.id}")
        for answer in service
        if answer.csat is not None
    ]
    latest: dict[int, tuple[Contact, int, bool, str]] = {}
    late = []
    for answer in sorted(answers, key=lambda answer: answer[1]):
        contact, at, _, id_ = answer
        if at <= contact.ended_at + CSAT_WINDOW:
            latest[id(contact)] = answer
        else:
            late.append(id_)
    kept = {id_ for *_, id_ in latest.values()}
    superseded = [id_ for *_, id_ in answers if id_ not in kept and id_ not in late]
    counted = shares((local_month(at), good) for _, at, good, _ in latest.values())
    return {
        "by_month": {
            month: {"satisfied": share["num"], "valid": share["den"]}
            for month, share in counted.items()
        },
        "superseded": sorted(superseded),
        "too_late": sorted(late),
    }


# ---------- costs


def _costs(world: World) -> dict:
    by_category: dict[str, dict[str, int]] = {}
    for cost in world.costs:
        month = by_category.setdefault(cost.month, {})
        month[cost.category] = month.get(cost.category, 0) + cost.amount
    compensation: Counter[str] = Counter()
    for contact in world.contacts:
        if contact.ticket and contact.ticket.compensation:
            compensation[local_month(contact.opened_at)] += contact.ticket.compensation
    return {
        "by_month_and_category": {
            month: {category: euros(amount) for category, amount in amounts.items()}
            for month, amounts in by_category.items()
        },
        "by_month": {m: euros(sum(a.values())) for m, a in by_category.items()},
        "compensation_by_month": {m: euros(a) for m, a in compensation.items()},
    }
