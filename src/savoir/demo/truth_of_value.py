"""What is true of what the service is worth: windows, customers, margins, cuts."""

from collections import Counter
from datetime import datetime
from itertools import pairwise

from savoir.demo.files import euros, local_month
from savoir.demo.tally import month_starts, shares
from savoir.demo.world import (
    AS_OF,
    DAY,
    ISSUE_GAP,
    PARIS,
    REPURCHASE_WINDOW,
    SITES,
    TEAMS,
    Contact,
    Issue,
    Order,
    Person,
    World,
    issues_of,
)

FCR_WINDOWS = (1, 3, 7, 14, 30)
REPURCHASE_WINDOWS = (7, 30, 60, 90)
CHURN_PERCENTILE, CHURN_BOUNDS = 0.8, (60.0, 365.0)
CHURN_DEFAULT, FEWEST_GAPS = 180.0, 30


def truth_of_value(world: World, issues: list[Issue]) -> dict:
    """What came of it: by window, month, team and customer."""
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
    for issue in filter(is_fcr_mature, issues):
        outcome = (local_month(issue.opened_at), issue.failure is None)
        outcomes.setdefault(TEAMS[issue.contacts[0].team], []).append(outcome)
    return {team: shares(found) for team, found in outcomes.items()}


def _repurchase_share(issues: list[Issue], days: int) -> dict[str, int]:
    found = [repurchase_of(issue, days * DAY) for issue in issues]
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
    for start, end in pairwise(month_starts()):
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
    earned = margins(world)
    valid = [order for order in world.orders if order.is_valid]
    found = {}
    for start, end in pairwise(month_starts()):
        past = [order for order in valid if order.at < end]
        found[local_month(start)] = {
            "margin": euros(sum(earned[order.name] for order in past)),
            "customers": len({id(order.person) for order in past}),
        }
    return found


def _contacts_by(contacts: list[Contact]) -> dict[str, dict[str, int]]:
    return {
        "product": dict(Counter(map(_product, contacts))),
        "region": dict(Counter(_region(contact.person) for contact in contacts)),
        "tier": dict(Counter(str(contact.tier) for contact in contacts)),
        "site": dict(Counter(SITES[contact.team] for contact in contacts)),
        "partner": dict(Counter(contact.partner for contact in contacts)),
        "team": dict(Counter(TEAMS[contact.team] for contact in contacts)),
    }


def _product(contact: Contact) -> str:
    """Category of the dearest line of the order it is about, the last of equals."""
    order = contact.ticket.order if contact.ticket else None
    if order is None:
        return "unknown"
    priced = [(p.price * quantity, at) for at, (p, quantity) in enumerate(order.lines)]
    return order.lines[max(priced)[1]][0].type


def _region(person: Person | None) -> str:
    if person is None or not person.orders:
        return "unknown"
    return max(person.orders, key=lambda order: order.at).region


def is_fcr_mature(issue: Issue) -> bool:
    """Whether the customer has had seven days to come back."""
    return issue.contacts[0].ended_at + ISSUE_GAP <= AS_OF


def repurchase_of(issue: Issue, window: int = REPURCHASE_WINDOW) -> dict:
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


def net_of(order: Order) -> int:
    """Price without VAT and postage; amounts are multiples of 6 cents: exact."""
    return (order.total - order.shipping) * 5 // 6


def margins(world: World) -> dict[str, int]:
    """Margin of each valid order, by its name; a refund that support granted is
    goodwill."""
    goodwill: Counter[str] = Counter()
    for contact in world.contacts:
        if contact.ticket and contact.ticket.order:
            goodwill[contact.ticket.order.name] += contact.ticket.compensation
    return {
        order.name: net_of(order)
        - max(order.refunded * 5 // 6 - goodwill[order.name], 0)
        - order.cost
        for order in world.orders
        if order.is_valid
    }
