"""Customers kept, lost, won by others, and worth."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from tests.oracle.clock import DAY, Zone, seconds
from tests.oracle.components import Period, Tally
from tests.oracle.cuts import Describer
from tests.oracle.orders import Order, percentile
from tests.oracle.parameters import Parameters


@dataclass(frozen=True)
class Customers:
    """Retention, churn, referral and lifetime value."""

    describer: Describer
    parameters: Parameters
    zone: Zone
    tally: Tally

    def count(self) -> None:
        """Rule: compare the two ends of a period."""
        grains = ("month", "quarter", "year", "all")
        for period in self.tally.calendar.all_periods(*grains):
            start, stop = self.bounds(period)
            silence = self.churn_days(self.yardstick(period)) * 86400
            for customer, orders in self.describer.valid_orders.items():
                self.count_customer(period, customer, orders, (start, stop), silence)
            for customer in self.referred(period):
                self.add(period, customer, customers_referring=1)

    def add(self, period: Period, customer: str, **components) -> None:
        cuts = self.describer.of_customer(customer, self.tally.calendar.last)
        self.tally.add_to_period(period, cuts, **components)

    def count_customer(
        self,
        period: Period,
        customer: str,
        orders: list[Order],
        bounds: tuple[datetime, datetime],
        silence: Fraction,
    ) -> None:
        """Rule: retention + churn = 100 % of the customers active at start."""
        at_start, at_end = (
            any(
                order.ordered_at < bound and seconds(order.ordered_at, bound) <= silence
                for order in orders
            )
            for bound in bounds
        )
        so_far = [order for order in orders if order.ordered_at < bounds[1]]
        margin = sum(order.margin for order in so_far if order.margin is not None)
        self.add(
            period,
            customer,
            customers_at_start=at_start,
            customers_retained=at_start and at_end,
            customers_lost=at_start and not at_end,
            customers_at_end=at_end,
            customers_so_far=bool(so_far),
            # "CLV is margin, not revenue; late refunds lower the past"
            margin_to_date_amount=margin,
            margin_to_date_squared=margin**2,
        )

    def bounds(self, period: Period) -> tuple[datetime, datetime]:
        """Return a period's two ends; one that still runs ends where the data does.

        Rule: over all time the last twelve months are compared.
        """
        calendar = self.tally.calendar
        start = year_before(period.end) if period.grain == "all" else period.start
        stop = calendar.as_of + timedelta(seconds=1)
        if period.end <= calendar.last:
            stop = self.zone.instant(period.end + DAY)
        return self.zone.instant(start), stop

    def yardstick(self, period: Period) -> int:
        """Rule: both ends of a period use the churn threshold of its year."""
        return (period.end if period.grain == "all" else period.start).year

    def churn_days(self, year: int) -> Fraction:
        """Rule: 80th percentile of the gaps known before the year, bounded 60-365."""
        frozen_at = self.zone.instant(date(year, 1, 1))
        gaps = [
            seconds(before.ordered_at, after.ordered_at)
            for orders in self.describer.valid_orders.values()
            for before, after in pairwise(orders)
            if after.ordered_at < frozen_at
        ]
        if len(gaps) < self.parameters.min_sample:
            return Fraction(self.parameters.churn_days_default)
        usual = percentile(gaps, Fraction(4, 5)) / 86400
        return min(max(usual, Fraction(60)), Fraction(365))

    def referred(self, period: Period) -> list[str]:
        """Rule: a referral code counts once a period, for a first valid order."""
        first = [orders[0] for orders in self.describer.valid_orders.values()]
        brought: dict[str, str] = {}
        for order in sorted(first, key=lambda order: order.when):
            day = self.zone.day(order.ordered_at)
            if order.row.referral_code and period.start <= day <= period.end:
                brought.setdefault(order.row.referral_code, order.customer)
        return list(brought.values())


def year_before(day: date) -> date:
    """Return the same day a year before; 28 February for the 29th."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)
