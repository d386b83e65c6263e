"""Orders: which are valid, what they earned, and which issue each follows."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.clock import Zone
from tests.oracle.contacts import Contact
from tests.oracle.identity import Identities
from tests.oracle.issues import Issue
from tests.oracle.parameters import REPURCHASE_WINDOWS, Parameters
from tests.oracle.reference import Reference, month_of
from tests.oracle.world import OrderRow, World


@dataclass(frozen=True)
class Order:
    """An order in the reporting currency."""

    row: OrderRow
    customer: str | None
    net: Decimal | None
    refunded: Decimal | None
    margin: Decimal | None

    @property
    def key(self) -> str:
        return f"{self.row.system}:{self.row.order_id}"

    @property
    def ordered_at(self) -> datetime:
        return self.row.ordered_at

    @property
    def when(self) -> tuple[datetime, str]:
        """Orders of one instant are told apart by their id."""
        return self.ordered_at, self.key

    @property
    def is_valid(self) -> bool:
        """Rule: paid, positive value; no replacement, exchange or cancelled order."""
        return (
            self.row.status in ("paid", "refunded")
            and self.net is not None
            and self.net - self.refunded > 0
        )

    @property
    def is_upsell(self) -> bool:
        """Rule: an order that an agent sold."""
        return self.row.is_upsell or self.row.agent_id is not None


def value_orders(
    world: World, contacts: list[Contact], identities: Identities, reference: Reference
) -> list[Order]:
    """Return every order with its margin.

    Rule: margin = net sales - goods - shipping - payment fee - refunds. A refund
    that repeats a contact's goodwill is not also lost margin.
    """
    granted: dict[str, Decimal] = defaultdict(Decimal)
    for contact in contacts:
        if contact.order_id and contact.is_countable:
            granted[contact.order_id] += contact.compensation
    orders = []
    for row in world.orders:
        month = month_of(row.ordered_at)
        returned = row.refunded_amount
        if returned is None:
            returned = row.net_amount if row.status == "refunded" else Decimal(0)
        net, cost, shipping, fee, refunded = (
            reference.amount(amount, row.currency, month)
            for amount in (
                row.net_amount,
                row.cost_amount,
                row.shipping_cost_amount,
                row.payment_fee_amount,
                returned,
            )
        )
        goodwill = granted[row.order_id]
        margin = None
        if net is not None and cost is not None:
            margin = net - cost - shipping - fee - max(refunded - goodwill, Decimal(0))
        orders.append(Order(row, identities.customer_of(row), net, refunded, margin))
    return orders


def by_customer(orders: list[Order]) -> dict[str, list[Order]]:
    """Return the valid orders of each known customer, in order."""
    found: dict[str, list[Order]] = {}
    for order in sorted(orders, key=lambda order: order.when):
        if order.is_valid and order.customer:
            found.setdefault(order.customer, []).append(order)
    return found


def follow(
    orders: list[Order], issues: list[Issue], parameters: Parameters
) -> dict[str, Issue]:
    """Return the issue that each valid order follows: the last that ended before it.

    Rule: one order is credited to one issue.
    """
    longest = max(parameters.repurchase_days, *REPURCHASE_WINDOWS)
    followed = {}
    issues_of = defaultdict(list)
    for issue in issues:
        issues_of[issue.customer].append(issue)
    for order in orders:
        earlier = [
            issue
            for issue in issues_of[order.customer]
            if order.is_valid
            and issue.ended_at < order.ordered_at
            and order.ordered_at <= issue.ended_at + timedelta(days=longest)
        ]
        if earlier:
            latest = max(issue.ended_at for issue in earlier)
            tied = [issue for issue in earlier if issue.ended_at == latest]
            followed[order.key] = min(tied, key=lambda issue: issue.key)
    return followed


def is_credited(order: Order, issue: Issue, parameters: Parameters) -> bool:
    """Tell whether the order came within `repurchase_days` of the issue's end."""
    window = timedelta(days=parameters.repurchase_days)
    return order.ordered_at <= issue.ended_at + window


def value_bands(orders: list[Order], quarter: date, zone: Zone) -> dict[str, str]:
    """Rule: decile of margin to date, drawn anew at the start of each quarter."""
    margins = {
        customer: sum(known)
        for customer, own in by_customer(orders).items()
        if (
            known := [
                order.margin
                for order in own
                if order.margin is not None and zone.day(order.ordered_at) < quarter
            ]
        )
    }
    ranked = sorted(margins, key=lambda customer: (margins[customer], customer))
    smaller, larger = divmod(len(ranked), 10)
    sizes = [smaller + (tenth < larger) for tenth in range(10)]
    tenths = [tenth for tenth, size in enumerate(sizes, 1) for _ in range(size)]
    return {
        customer: f"decile {tenth:02}"
        for customer, tenth in zip(ranked, tenths, strict=True)
    }


def regions(orders: list[Order]) -> dict[str, str]:
    """Return where each customer's last order went, whatever became of it."""
    return {
        order.customer: order.row.region
        for order in sorted(orders, key=lambda order: order.when)
        if order.customer and order.row.region
    }


def percentile(values: list[int], share: Fraction) -> Fraction:
    """Return the continuous percentile: interpolated between the two nearest."""
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    below = place.numerator // place.denominator
    above = min(below + 1, len(ranked) - 1)
    step = Fraction(ranked[above]) - Fraction(ranked[below])
    return Fraction(ranked[below]) + (place - below) * step
