"""What a contact adds: issues beside customers' time without contact."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from tests.oracle.components import Tally
from tests.oracle.cuts import Describer
from tests.oracle.issues import Issue
from tests.oracle.orders import Order
from tests.oracle.parameters import Parameters

Stratum = tuple[date, int, int, int, int, bool]
BOUNDS = ((7, 14, 30, 60, 120, 240), (2, 3, 5), (90, 365), (1, 4, 8))
HEX = "0123456789abcdef"


@dataclass(frozen=True)
class Window:
    """Some days of a customer, after an issue or after none."""

    customer: str
    issue: Issue | None
    known_at: datetime
    starts_at: datetime
    stratum: Stratum
    has_ordered: bool
    margin: Decimal | None  # unknown of whoever left
    left_on: int | None  # the day of a contact before any order
    last_day: int


Outcome = Callable[[Window], float]


def ordered(window: Window) -> float:
    return float(window.has_ordered)


def earned(window: Window) -> float:
    return float(window.margin)


@dataclass(eq=False)
class Matching:
    """Rule: repurchase rate - rate of matched customers without contact."""

    describer: Describer
    parameters: Parameters
    tally: Tally
    orders: list[Order]
    issues: list[Issue]

    def count(self) -> None:
        """Count the issues that can be compared, on the day they ended."""
        effect = design_effect(self.baselines, ordered)
        for baseline in self.baselines:
            variance = rounded(baseline.variance(ordered) * effect, 12)
            unsure = 10000 * len(baseline.contacted) * variance
            for window in baseline.contacted:
                share = rounded(baseline.mean(ordered), 9)
                points = 100 * (window.has_ordered - share)
                self.tally.add(
                    self.describer.zone.day(window.issue.ended_at),
                    self.describer.of_contact(window.issue.first),
                    issues_matched=1,
                    uplift_points=rounded(points, 2),
                    uplift_squared=rounded(points * points + unsure, 4),
                )

    @cached_property
    def baselines(self) -> list["Baseline"]:
        strata = defaultdict(list)
        for window in self.windows():
            strata[window.stratum].append(window)
        found = (Baseline.of(windows) for windows in strata.values())
        return [baseline for baseline in found if baseline is not None]

    @property
    def length(self) -> timedelta:
        return timedelta(days=self.parameters.repurchase_days)

    def windows(self) -> Iterator[Window]:
        """Yield every window that has passed and began with no contact before it."""
        issues_of = defaultdict(list)
        for issue in sorted(self.issues, key=lambda i: (i.opened_at, i.key)):
            issues_of[issue.customer].append(issue)
        placed = defaultdict(list)
        for order in self.orders:
            if order.customer:
                placed[order.customer].append(order)
        for customer, valid in self.describer.valid_orders.items():
            own = issues_of[customer]
            starts = [(i, i.opened_at, i.ended_at) for i in own]
            starts += [(None, at, at) for at in self.own_days(customer)]
            for issue, known_at, starts_at in starts:
                if issue is None:
                    earlier = [i for i in own if i.opened_at <= known_at]
                else:
                    earlier = own[: own.index(issue)]
                later = [i.opened_at for i in own if i.opened_at > known_at]
                if (
                    valid[0].ordered_at < known_at
                    and starts_at + self.length <= self.tally.calendar.as_of
                    and not any(i.ended_at + self.length >= known_at for i in earlier)
                ):
                    yield self.window(
                        customer, issue, known_at, starts_at, placed[customer], later
                    )

    def own_days(self, customer: str) -> Iterator[datetime]:
        """Yield noon of every n-th day, on days that differ by customer."""
        days = self.parameters.repurchase_days
        digits = [HEX.index(digit) + 1 for digit in customer[:2]]
        own = (16 * digits[0] + digits[1]) % days
        first, last = self.tally.calendar.first, self.tally.calendar.last
        for number in range((last - first).days + 1):
            if (number + 1) % days == own:
                yield datetime.combine(first + timedelta(number), time(12))

    def window(
        self,
        customer: str,
        issue: Issue | None,
        known_at: datetime,
        starts_at: datetime,
        placed: list[Order],
        later: list[datetime],
    ) -> Window:
        """Describe a window by what was known before, and say how it ended."""
        orders = [
            order
            for order in self.describer.valid_orders[customer]
            if starts_at < order.ordered_at <= starts_at + self.length
        ]
        end = min((o.ordered_at for o in orders), default=starts_at + self.length)
        left = None
        if issue is None and later and min(later) < end:
            left = (min(later) - starts_at).days
        last_day = self.parameters.repurchase_days + 1
        if orders:
            last_day = (end - starts_at).days
        margin = sum((o.margin or 0 for o in orders if not o.is_upsell), Decimal(0))
        return Window(
            customer,
            issue,
            known_at,
            starts_at,
            self.stratum(customer, known_at, starts_at, placed),
            bool(orders) and left is None,
            margin if left is None else None,
            left,
            last_day if left is None else left,
        )

    def stratum(
        self,
        customer: str,
        known_at: datetime,
        starts_at: datetime,
        placed: list[Order],
    ) -> Stratum:
        valid = [o.ordered_at for o in self.describer.valid_orders[customer]]
        before = [at for at in valid if at < known_at]
        zone = self.describer.zone
        band = self.describer.value_band(customer, zone.day(known_at))
        young = timedelta(days=self.parameters.order_in_flight_days)
        known = (
            (known_at - before[-1]).days,
            len(before),
            (known_at - before[0]).days,
            int(band.split()[1]) if band else 0,
        )
        return (
            zone.day(starts_at).replace(day=1),
            *(
                sum(value >= bound for bound in bounds)
                for value, bounds in zip(known, BOUNDS, strict=True)
            ),
            any(o.ordered_at < known_at <= o.ordered_at + young for o in placed),
        )


@dataclass(frozen=True)
class Baseline:
    """What the customers of a stratum do who are not in contact."""

    contacted: list[Window]
    weights: list[tuple[Window, float]]

    @classmethod
    def of(cls, windows: list[Window]) -> "Baseline | None":
        """Return None where nobody, or one, can be compared with."""
        contacted = [w for w in windows if w.issue]
        quiet = [w for w in windows if not w.issue]
        followed = [w for w in quiet if w.left_on is None]
        left = {w.left_on for w in quiet if w.left_on is not None}
        staying = {day: staying_share(quiet, day) for day in left}
        if not contacted or len(followed) < 2 or 0 in staying.values():
            return None
        weights = []
        for window in followed:
            weight = 1.0
            for day in left:
                if day < window.last_day:
                    weight /= staying[day]
            weights.append((window, weight))
        return cls(contacted, weights)

    @property
    def total(self) -> float:
        return sum(weight for _, weight in self.weights)

    def mean(self, outcome: Outcome) -> float:
        return sum(weight * outcome(w) for w, weight in self.weights) / self.total

    def pulls(self, outcome: Outcome) -> list[tuple[Window, float]]:
        """How far each window moves the mean."""
        mean, total = self.mean(outcome), self.total
        return [(w, g * (outcome(w) - mean) / total) for w, g in self.weights]

    @property
    def correction(self) -> float:
        return len(self.weights) / (len(self.weights) - 1)

    def variance(self, outcome: Outcome) -> float:
        return self.correction * sum(pull**2 for _, pull in self.pulls(outcome))


def staying_share(quiet: list[Window], day: int) -> float:
    """Share of those still there who do not ask on a day; orders come first."""
    asking = sum(w.left_on == day for w in quiet)
    staying = sum(w.last_day > day for w in quiet)
    return staying / (staying + asking)


def design_effect(baselines: list[Baseline], outcome: Outcome) -> float:
    """Return how much more the windows of one customer vary together than apart."""
    together: dict[str, float] = defaultdict(float)
    apart = 0.0
    for baseline in baselines:
        times = len(baseline.contacted)
        apart += times**2 * baseline.variance(outcome)
        for window, pull in baseline.pulls(outcome):
            together[window.customer] += times * baseline.correction**0.5 * pull
    joint = sum(pull**2 for pull in together.values())
    return max(joint / apart, 1.0) if apart else 1.0


def rounded(value: float | Decimal, digits: int) -> Decimal:
    """Round half away from zero."""
    step = Decimal(1).scaleb(-digits)
    return Decimal(value).quantize(step, ROUND_HALF_UP)
