"""What a correct warehouse finds in the exports, counted in the simulation itself."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from savoir.demo.exports import has_known_email
from savoir.demo.files import Written, euros, local_month, utc
from savoir.demo.world import (
    AS_OF,
    BOT,
    DAY,
    GROUPS,
    HOLIDAYS,
    HOUR,
    HUMAN_AGENTS,
    ISSUE_GAP,
    JUNE,
    MINUTE,
    N1,
    PARIS,
    PHONE_PARTNER_FROM,
    RATES,
    REPURCHASE_WINDOW,
    SITES,
    TEAMS,
    Answer,
    Contact,
    Issue,
    Order,
    Person,
    Ticket,
    World,
    issues_of,
)

CSAT_WINDOW = 28 * DAY
SHORT_ABANDON = 5
ANSWERED_SOON = 20
RESOLUTION_TARGET = DAY
RESPONSE_TARGETS = {
    "email": 8 * HOUR,
    "web": 8 * HOUR,
    "social": HOUR,
    "chat": 2 * MINUTE,
}
FCR_WINDOWS = (1, 3, 7, 14, 30)
REPURCHASE_WINDOWS = (7, 30, 60, 90)
CHURN_PERCENTILE, CHURN_BOUNDS = 0.8, (60.0, 365.0)
CHURN_DEFAULT, FEWEST_GAPS = 180.0, 30

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
    orders_of_issue = {id(issue): _repurchase(issue) for issue in issues}
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
        "fcr_by_month": _shares(
            (local_month(issue.opened_at), issue.failure is None)
            for issue in issues
            if _is_fcr_mature(issue)
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
    return facts | _service(world) | _value(world, issues)


def _relative(written: Written, folder: Path) -> str:
    return written.path.relative_to(folder).as_posix()


def _shares(outcomes: Iterable[tuple[str, bool]]) -> dict[str, dict[str, int]]:
    """Per key the number of outcomes and of true ones."""
    shares: dict[str, dict[str, int]] = {}
    for key, success in outcomes:
        share = shares.setdefault(key, {"num": 0, "den": 0})
        share["den"] += 1
        share["num"] += success
    return shares


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


def _is_fcr_mature(issue: Issue) -> bool:
    return issue.contacts[0].ended_at + ISSUE_GAP <= AS_OF


def _issue(issue: Issue, repurchase: dict) -> dict:
    return {
        "customer": _name(issue.person),
        "contacts": [contact.source_id for contact in issue.contacts],
        "opened_at": utc(issue.opened_at),
        "ended_at": utc(issue.ended_at),
        "is_mature": _is_fcr_mature(issue),
        "fcr": issue.failure is None,
        "why": issue.failure or "resolved by the first contact",
        "repurchase": repurchase,
    }


def _name(person: Person) -> str:
    return person.email if has_known_email(person) else person.phone


def _repurchase(issue: Issue, window: int = REPURCHASE_WINDOW) -> dict:
    """Whether the issue is in the denominator, and the order that puts it in the
    numerator."""
    valid = sorted(
        (order for order in issue.person.orders if order.is_valid),
        key=lambda order: order.at,
    )
    ended = issue.ended_at
    later_ends = [i.ended_at for i in issues_of(issue.person) if i.ended_at > ended]
    credited_until = min([ended + window, *later_ends])
    credited = [order for order in valid if ended < order.at <= credited_until]
    return {
        "is_mature": ended + window <= AS_OF,
        "has_earlier_order": any(order.at < issue.opened_at for order in valid),
        "order": credited[0].name if credited else None,
    }


def _repurchases(issues: list[Issue], found: dict[int, dict]) -> dict:
    counted = [
        (issue, found[id(issue)]["order"] is not None)
        for issue in issues
        if found[id(issue)]["is_mature"] and found[id(issue)]["has_earlier_order"]
    ]
    kinds = {True: "resolved_first_time", False: "other"}
    return {
        "by_month": _shares((local_month(i.ended_at), won) for i, won in counted),
        "by_kind": _shares((kinds[i.failure is None], won) for i, won in counted),
    }


# ---------- orders


def _orders(world: World) -> dict:
    orders = world.orders
    valid = [order for order in orders if order.is_valid]
    margins = _margins(world)
    net = sum(_net(order) for order in valid)
    cost = sum(order.cost for order in valid)
    margin = sum(margins.values())
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


def _net(order: Order) -> int:
    """Price without VAT and postage; amounts are multiples of 6 cents: exact."""
    return (order.total - order.shipping) * 5 // 6


def _margins(world: World) -> dict[str, int]:
    """Margin of each valid order, by its name; a refund that support granted is
    goodwill."""
    goodwill: Counter[str] = Counter()
    for contact in world.contacts:
        if contact.ticket and contact.ticket.order:
            goodwill[contact.ticket.order.name] += contact.ticket.compensation
    return {
        order.name: _net(order)
        - max(order.refunded * 5 // 6 - goodwill[order.name], 0)
        - order.cost
        for order in world.orders
        if order.is_valid
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
    counted = _shares((local_month(at), good) for _, at, good, _ in latest.values())
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


# ---------- time on the clocks of the sites

CASABLANCA = ZoneInfo("Africa/Casablanca")
ALL_DAY = (0, 24)


def business_seconds(site: str, start: int, end: int) -> int:
    """Seconds between two instants at which one of our sites was open."""
    zone = CASABLANCA if site == "Tanger" else PARIS
    return open_seconds(start, end, zone, partial(opening_hours, site))


def open_seconds(
    start: int,
    end: int,
    zone: ZoneInfo,
    hours_of: Callable[[date], tuple[int, int] | None],
) -> int:
    """Seconds between two instants at which a site was open, one local day after the
    other: a day of 23 or 25 hours counts as long as it was."""
    day = datetime.fromtimestamp(start, zone).date()
    last = datetime.fromtimestamp(end, zone).date()
    total = 0
    while day <= last:
        if hours := hours_of(day):
            opens, closes = (_instant(day, hour, zone) for hour in hours)
            total += max(0, min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return total


def opening_hours(site: str, day: date) -> tuple[int, int] | None:
    """Local hours from and to which a site is open on a day; None if it is not."""
    if site == "Tanger":
        return ALL_DAY
    if day.weekday() == 6 or day in HOLIDAYS:
        return None
    return (8, 20) if site == "Nantes" and day >= PHONE_PARTNER_FROM else (9, 18)


def _instant(day: date, hour: int, zone: ZoneInfo) -> int:
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return int(datetime.combine(day, time(hour), zone).timestamp())


def _business_seconds(contact: Contact, start: int, end: int) -> int:
    return business_seconds(SITES[contact.team], start, end)


# ---------- the work of the service


def _service(world: World) -> dict:
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
        "resolution_in_target": _shares(
            (
                local_month(contact.opened_at),
                contact.is_resolved
                and contact.ended_at - contact.opened_at <= RESOLUTION_TARGET,
            )
            for contact in attended
            if contact.is_resolved or contact.opened_at + RESOLUTION_TARGET <= AS_OF
        ),
        "one_touch": _shares(
            (
                local_month(contact.ended_at),
                len(contact.human_replies) == 1 and not contact.reopenings,
            )
            for contact in by_hand
        ),
        "reopen": _shares(
            (local_month(contact.solved_at[0]), contact.reopenings > 0)
            for contact in solved
        ),
        "transfer": _shares(
            (local_month(contact.opened_at), contact.is_transferred)
            for contact in contacts
            if contact.is_handled
        ),
        "escalation": _shares(
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


def _sums(rows: Iterable[tuple[str, dict[str, int]]]) -> dict[str, dict[str, int]]:
    """Per key the sum of each amount."""
    sums: dict[str, dict[str, int]] = {}
    for key, amounts in rows:
        kept = sums.setdefault(key, dict.fromkeys(amounts, 0))
        for name, amount in amounts.items():
            kept[name] += amount
    return sums


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
    return {channel: _sums(found) for channel, found in rows.items()}


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
        "business_seconds": _business_seconds(contact, start, replied_at),
        "in_target": int(replied_at - start <= target),
        "due": 1,
    }


def _resolutions(resolved: list[Contact]) -> dict[str, dict[str, int]]:
    return _sums(
        (
            local_month(contact.ended_at),
            {
                "resolved": 1,
                "seconds": contact.ended_at - contact.opened_at,
                "business_seconds": _business_seconds(
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
    return _shares(outcomes)


def _handle_times(contacts: list[Contact]) -> dict[str, dict[str, int]]:
    rows = []
    for contact in contacts:
        spent = contact.ticket.seconds_spent if contact.ticket else 0
        talk = contact.call.talk if contact.call else 0
        if contact.is_handled and max(spent, talk) > 0:
            amounts = {"contacts": 1, "seconds": max(spent, talk)}
            rows.append((local_month(contact.ended_at), amounts))
    return _sums(rows)


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
    return _sums(rows)


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
    return _sums(rows)


def _month_starts() -> list[int]:
    """First instants of the local months, and the one after the last."""
    return [
        int(datetime(2025 + n // 12, n % 12 + 1, 1, tzinfo=PARIS).timestamp())
        for n in range(19)
    ]


def _backlog(contacts: list[Contact]) -> dict[str, dict[str, int]]:
    starts = _month_starts()
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
    return _sums(
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


# ---------- what it is worth


def _value(world: World, issues: list[Issue]) -> dict:
    churn_days = _churn_days(world.people)
    return {
        "fcr_windows": {str(days): _fcr(world.people, days) for days in FCR_WINDOWS},
        "fcr_by_team": _fcr_by_team(issues),
        "repurchase_windows": {
            str(days): _repurchase_share(issues, days) for days in REPURCHASE_WINDOWS
        },
        "churn_days": churn_days,
        "retention": _retention(world, churn_days),
        "clv": _clv(world),
        "contacts_by": _contacts_by(world.contacts),
    }


def _fcr(people: list[Person], days: int) -> dict[str, int]:
    issues = [i for person in people for i in issues_of(person, days * DAY)]
    mature = [i for i in issues if i.contacts[0].ended_at + days * DAY <= AS_OF]
    settled = sum(issue.failure is None for issue in mature)
    return {"num": settled, "den": len(mature)}


def _fcr_by_team(issues: list[Issue]) -> dict[str, dict]:
    outcomes: dict[str, list[tuple[str, bool]]] = {}
    for issue in filter(_is_fcr_mature, issues):
        outcome = (local_month(issue.opened_at), issue.failure is None)
        outcomes.setdefault(TEAMS[issue.contacts[0].team], []).append(outcome)
    return {team: _shares(found) for team, found in outcomes.items()}


def _repurchase_share(issues: list[Issue], days: int) -> dict[str, int]:
    found = [_repurchase(issue, days * DAY) for issue in issues]
    counted = [r for r in found if r["is_mature"] and r["has_earlier_order"]]
    bought = sum(r["order"] is not None for r in counted)
    return {"num": bought, "den": len(counted)}


def _valid_orders(person: Person) -> list[int]:
    """When the person bought, oldest first."""
    return sorted(order.at for order in person.orders if order.is_valid)


def _churn_days(people: list[Person]) -> dict[str, float]:
    found = {}
    for year in (2025, 2026):
        start = int(datetime(year, 1, 1, tzinfo=PARIS).timestamp())
        gaps = sorted(
            (after - before) / DAY
            for person in people
            for before, after in pairwise(_valid_orders(person))
            if after < start
        )
        found[str(year)] = _bounded(gaps)
    return found


def _bounded(gaps: list[float]) -> float:
    if len(gaps) < FEWEST_GAPS:
        return CHURN_DEFAULT
    position = CHURN_PERCENTILE * (len(gaps) - 1)
    below = int(position)
    above = min(below + 1, len(gaps) - 1)
    percentile = gaps[below] + (gaps[above] - gaps[below]) * (position - below)
    lowest, highest = CHURN_BOUNDS
    return min(max(percentile, lowest), highest)


def _retention(world: World, churn_days: dict[str, float]) -> dict[str, dict]:
    bought = [_valid_orders(person) for person in world.people]
    referring = _referring(world.people)

    def active(at: int, year: str) -> set[int]:
        return {
            number
            for number, orders in enumerate(bought)
            if _is_active(orders, at, churn_days[year])
        }

    found = {}
    for start, end in pairwise(_month_starts()):
        month = local_month(start)
        before, after = active(start, month[:4]), active(end, month[:4])
        found[month] = {
            "start": len(before),
            "retained": len(before & after),
            "lost": len(before - after),
            "end": len(after),
            "referring": len(referring.get(month, ())),
        }
    return found


def _is_active(orders: list[int], at: int, churn_days: float) -> bool:
    before = [order for order in orders if order < at]
    return bool(before) and before[-1] >= at - churn_days * DAY


def _referring(people: list[Person]) -> dict[str, set[str]]:
    """Codes of each month that brought somebody's first valid order."""
    codes: dict[str, set[str]] = {}
    for person in people:
        valid = [order for order in person.orders if order.is_valid]
        first = min(valid, key=lambda order: order.at, default=None)
        if first is not None and first.referral:
            codes.setdefault(local_month(first.at), set()).add(first.referral)
    return codes


def _clv(world: World) -> dict[str, dict]:
    margins = _margins(world)
    valid = [order for order in world.orders if order.is_valid]
    found = {}
    for start, end in pairwise(_month_starts()):
        past = [order for order in valid if order.at < end]
        found[local_month(start)] = {
            "margin": euros(sum(margins[order.name] for order in past)),
            "customers": len({id(order.person) for order in past}),
        }
    return found


def _contacts_by(contacts: list[Contact]) -> dict[str, dict[str, int]]:
    return {
        "region": dict(Counter(_region(contact.person) for contact in contacts)),
        "tier": dict(Counter(str(contact.tier) for contact in contacts)),
        "site": dict(Counter(SITES[contact.team] for contact in contacts)),
        "partner": dict(Counter(contact.partner for contact in contacts)),
        "team": dict(Counter(TEAMS[contact.team] for contact in contacts)),
    }


def _region(person: Person | None) -> str:
    if person is None or not person.orders:
        return "unknown"
    return max(person.orders, key=lambda order: order.at).region
