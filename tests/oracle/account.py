"""The account of support: what it brought in and what it cost."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
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

MARGIN = "repurchase_margin"
OTHER_GAINS = ("upsell_margin", "avoided_cost", "repeat_avoided_cost")
COSTS = ("ledger_cost", "goodwill")


@dataclass
class Account:
    """Gains by the day of the order, costs by the day of the contact."""

    service: Service
    costs: dict[str, Cost]
    ledger_months: set[date]
    least_share: Decimal | None

    def __post_init__(self) -> None:
        self.lines: dict[tuple, dict[str, Fraction]] = {}
        self.human_costs: dict[date, Fraction] = {}

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
        self.human_costs = {
            month: sum(amounts) / len(amounts) for month, amounts in human.items()
        }
        for contact in contacts:
            if not contact.is_countable:
                continue
            cost, avoided = self.costs[contact.key], Fraction(0)
            if self.service.is_automated(contact):
                avoided = self.human_costs.get(cost.month, avoided)
            self.book(
                self.service.zone.day(contact.opened_at),
                self.describer.of_contact(contact),
                avoided_cost=avoided,
                ledger_cost=cost.ledger,
                goodwill=cost.compensation,
            )

    def book_repeats(self, issues: list[Issue], as_of: datetime) -> None:
        """Rule: repeats expected by last year's share of the reason less repeats."""
        years: dict[tuple, list[Issue]] = defaultdict(list)
        for issue in issues:
            if issue.is_mature(self.parameters.fcr_window_days, as_of):
                reason = self.describer.of_contact(issue.first)["reason"]
                years[self.day_of(issue).year, reason].append(issue)
        for (year, reason), found in years.items():
            last = years.get((year - 1, reason), [])
            if reason is None or len(last) < self.parameters.min_sample:
                continue
            expected = Fraction(sum(len(i.contacts) > 1 for i in last), len(last))
            for issue in found:
                day = self.day_of(issue)
                if day.replace(day=1) in self.human_costs:
                    fewer = expected - (len(issue.contacts) > 1)
                    self.book(
                        day,
                        self.describer.of_contact(issue.first),
                        repeat_avoided_cost=fewer
                        * self.human_costs[day.replace(day=1)],
                    )

    def day_of(self, issue: Issue) -> date:
        return self.service.zone.day(issue.opened_at)

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
                for name in (MARGIN, *OTHER_GAINS, *COSTS)
            }
            other = sum(amounts[name] for name in OTHER_GAINS)
            gain = amounts[MARGIN] + other
            cost = sum(amounts[name] for name in COSTS)
            if self.least_share is not None:
                least = to_cents(amounts[MARGIN] * self.least_share)
                tally.add(
                    day,
                    dict(cuts),
                    retained_margin_low_amount=least,
                    support_gain_low_amount=least + other,
                    support_cost_judged_amount=cost,
                    support_net_gain_low_amount=least + other - cost,
                )
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
