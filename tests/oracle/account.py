"""The account of support: what it brought in and what it cost, observed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.components import Tally
from tests.oracle.contacts import Contact
from tests.oracle.costs import Cost
from tests.oracle.cuts import Cuts, Describer
from tests.oracle.issues import Issue
from tests.oracle.orders import Order, is_credited
from tests.oracle.parameters import Parameters
from tests.oracle.reference import to_cents
from tests.oracle.service import Service
from tests.oracle.world import CostRow

GAINS = ("repurchase_margin", "upsell_margin", "avoided_cost")
COSTS = ("ledger_cost", "goodwill")


@dataclass
class Account:
    """Gains by the day of the order, costs by the day of the contact."""

    service: Service
    costs: dict[str, Cost]
    ledger_months: set[date]

    def __post_init__(self) -> None:
        self.lines: dict[tuple, dict[str, Fraction]] = {}

    @property
    def describer(self) -> Describer:
        return self.service.describer

    @property
    def parameters(self) -> Parameters:
        return self.service.parameters

    def book(self, day: date, cuts: Cuts, **amounts: Decimal | Fraction | None) -> None:
        """Book amounts; a month without a ledger has no cost, so no return either."""
        if day.replace(day=1) in self.ledger_months:
            place = frozenset((cut, value or "unknown") for cut, value in cuts.items())
            line = self.lines.setdefault((day, place), defaultdict(Fraction))
            for name, amount in amounts.items():
                line[name] += Fraction(amount or 0)

    def book_orders(self, orders: list[Order], followed: dict[str, Issue]) -> None:
        """Rule: all valid orders inside the window are credited; upsells are apart."""
        for order in orders:
            issue = followed.get(order.key)
            if issue and not is_credited(order, issue, self.parameters):
                issue = None
            if order.is_valid and (issue or order.is_upsell):
                name = "upsell_margin" if order.is_upsell else "repurchase_margin"
                self.book(
                    self.service.zone.day(order.ordered_at),
                    self.cuts_of_order(order, issue),
                    **{name: order.margin},
                )

    def cuts_of_order(self, order: Order, issue: Issue | None) -> Cuts:
        """Return where the issue an order follows was; the goods are the order's."""
        of_issue = self.describer.of_contact(issue.first) if issue else {}
        cuts = dict.fromkeys(CUTS) | of_issue
        return cuts | {
            "product": order.row.product_category,
            "region": order.row.region,
            "value_band": self.describer.value_band(
                order.customer, self.service.zone.day(order.ordered_at)
            ),
        }

    def book_contacts(self, contacts: list[Contact]) -> None:
        """Rule: an automated contact avoids the month's mean cost of a human one."""
        human = defaultdict(list)
        for contact in contacts:
            if contact.is_countable and not self.service.is_automated(contact):
                cost = self.costs[contact.key]
                human[cost.month].append(Fraction(cost.ledger))
        for contact in contacts:
            if not contact.is_countable:
                continue
            cost, avoided = self.costs[contact.key], Fraction(0)
            if self.service.is_automated(contact) and human[cost.month]:
                avoided = sum(human[cost.month]) / len(human[cost.month])
            self.book(
                self.service.zone.day(contact.opened_at),
                self.describer.of_contact(contact),
                avoided_cost=avoided,
                ledger_cost=cost.ledger,
                goodwill=cost.compensation,
            )

    def book_idle(self, lines: list[tuple[CostRow, Decimal]]) -> None:
        """Rule: a ledger month without contacts stays unallocated and visible."""
        for row, amount in lines:
            own = {"team": row.team, "site": row.site, "partner": row.partner}
            cuts = dict.fromkeys(CUTS) | own
            self.book(row.period_month, cuts, ledger_cost=amount)

    def close(self, tally: Tally) -> None:
        """Sum the account up, each line to the cent."""
        for (day, cuts), line in self.lines.items():
            amounts = {
                name: to_cents(
                    Decimal(line[name].numerator) / Decimal(line[name].denominator)
                )
                for name in GAINS + COSTS
            }
            gain = sum(amounts[name] for name in GAINS)
            cost = sum(amounts[name] for name in COSTS)
            tally.add(
                day,
                dict(cuts),
                **{f"{name}_amount": amount for name, amount in amounts.items()},
                support_gain_amount=gain,
                support_cost_amount=cost,
                support_net_gain_amount=gain - cost,
            )


CUTS = (
    "channel",
    "reason",
    "journey_stage",
    "product",
    "team",
    "tier",
    "site",
    "partner",
    "agent",
    "region",
    "segment",
    "value_band",
    "tenure_band",
    "frequency_band",
    "local_hour",
    "weekday",
)
