"""The scorecard, line by line: value, interval, target and status of every KPI."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, cached_property
from math import sqrt
from statistics import NormalDist

from scipy.stats import t as student

from tests.oracle.components import Calendar, Key, Period, next_month
from tests.oracle.kpis import FORMULAE
from tests.oracle.parameters import Parameters
from tests.oracle.reference import Reference, to_cents

Z = NormalDist().inv_cdf(0.975)
Place = tuple[str, date, str, str]
Interval = tuple[float, float] | None


@dataclass(frozen=True)
class Described:
    """What the catalogue says of a KPI beside its formula."""

    interval: str
    squares: str | None
    sample: str
    maturity_days: int
    version: int
    cuts: frozenset[str]
    role: str
    direction: str | None
    fact: str
    fact_date: str
    fact_rows: str


@dataclass(frozen=True)
class Line:
    """A line of the scorecard."""

    numerator: Decimal
    denominator: Decimal
    sample_size: int
    value: float | None
    interval: Interval
    previous: float | None
    green: float | None
    red: float | None
    status: str
    is_too_low: bool
    is_mature: bool
    is_provisional: bool
    version: int


@dataclass(eq=False)
class Scorecard:
    """What the scorecard has to say of summed components."""

    components: dict[Key, Decimal]
    calendar: Calendar
    catalogue: dict[str, Described]
    reference: Reference
    parameters: Parameters

    @cached_property
    def as_of(self) -> date:
        return self.calendar.zone.day(self.calendar.as_of)

    @cached_property
    def values(self) -> dict[tuple[str, *Place], float | None]:
        """The value of every line that is shown."""
        return {line: self.value(*line) for line in self.shown()}

    def shown(self) -> set[tuple[str, *Place]]:
        """Every KPI's overall line of every period, and what else is counted.

        Of days, channels stand for every cut: there are too many lines.
        """
        periods = self.calendar.all_periods(*GRAINS[1:])
        overall = [(p.grain, p.start, "overall", "all") for p in periods]
        counted = {(kpi, *place) for kpi in FORMULAE for place in overall}
        users: dict[str, list[str]] = {}
        for kpi, formula in FORMULAE.items():
            for component in {formula.numerator, formula.denominator}:
                users.setdefault(component, []).append(kpi)
        for (component, *place), value in self.components.items():
            if to_cents(value) and (place[0] != "day" or place[2] == "channel"):
                counted |= {
                    (kpi, *place)
                    for kpi in users.get(component, ())
                    if place[2] in self.catalogue[kpi].cuts
                }
        return counted

    def amount(self, component: str | None, place: Place) -> Decimal:
        return self.components.get((component, *place), Decimal(0))

    def value(self, kpi: str, *place: *Place) -> float | None:
        found = FORMULAE[kpi].value(self.components, place)
        return None if found is None else float(found)

    def lines(self) -> Iterator[tuple[tuple[str, *Place], Line]]:
        """Yield every line by KPI and place."""
        for kpi, *place in self.values:
            yield (kpi, *place), self.line(kpi, tuple(place))

    def line(self, kpi: str, place: Place) -> Line:
        formula, described = FORMULAE[kpi], self.catalogue[kpi]
        numerator = to_cents(self.amount(formula.numerator, place))
        denominator = Decimal(1)
        if formula.denominator:
            denominator = to_cents(self.amount(formula.denominator, place))
        sample = int(self.amount(described.sample, place))
        squares = self.amount(described.squares, place)
        value = self.values[kpi, *place]
        grain, start, cut, cut_value = place
        period = self.calendar.period(grain, start)
        before = previous_start(period)
        mature = period.end + timedelta(days=described.maturity_days) <= self.as_of
        target = self.target(kpi, period, cut, cut_value)
        low = target and target["too_low_value"]
        limits = [self.limit(target, side, kpi, place) for side in ("green", "red")]
        enough = value is not None and sample >= self.parameters.min_sample
        too_low = bool(low) and enough and value < float(low)
        return Line(
            numerator,
            denominator,
            sample,
            value,
            interval(
                described.interval,
                float(numerator),
                float(denominator),
                float(squares),
                formula.scale,
            ),
            before and self.earlier(kpi, (grain, before, cut, cut_value)),
            *limits,
            status(target, value, limits) if enough else "insufficient_data",
            too_low,
            mature,
            period.end > self.as_of or not mature,
            described.version,
        )

    def earlier(self, kpi: str, place: Place) -> float | None:
        """Return the value of a line of another period; None if there is none."""
        grain, start, cut, _ = place
        if cut == "overall" and grain == "day" and start >= self.calendar.first:
            return self.value(kpi, *place)
        return self.values.get((kpi, *place))

    def target(self, kpi: str, period: Period, cut: str, cut_value: str) -> dict | None:
        """Rule: a cut value's own target wins, and one of this grain over any grain's.

        A target holds on the last day of the period, so far as there are data.
        """
        day = min(period.end, self.as_of).isoformat()
        for place in ((cut, cut_value), ("overall", "all")):
            for grain in (period.grain, ""):
                for row in self.targets.get((kpi, *place, grain), ()):
                    if row["valid_from"] <= day <= row["valid_to"]:
                        return row
        return None

    @cached_property
    def targets(self) -> dict[tuple[str, ...], list[dict]]:
        """The targets by KPI, cut, its value and grain; one for any grain has none."""
        found: dict[tuple[str, ...], list[dict]] = {}
        for row in self.reference.rows("kpi_targets"):
            place = (row["kpi_id"], row["cut"], row["cut_value"], row["period_grain"])
            found.setdefault(place, []).append(row)
        return found

    def limit(
        self, target: dict | None, side: str, kpi: str, place: Place
    ) -> float | None:
        """Return a threshold; a change is one on the value of a year ago."""
        if not target or not target[f"{side}_value"]:
            return None
        stated = float(target[f"{side}_value"])
        if target["basis"] == "value":
            return stated
        grain, start, *cut = place
        if grain not in ("month", "quarter", "year"):
            return None
        year_ago = self.earlier(kpi, (grain, next_month(start, -12), *cut))
        return None if year_ago is None else year_ago * (1 + stated / 100)


GRAINS = ("day", "week", "month", "quarter", "year", "all")

MEETS = {
    ">=": lambda value, limit: value >= limit,
    ">": lambda value, limit: value > limit,
    "<=": lambda value, limit: value <= limit,
    "<": lambda value, limit: value < limit,
}


def status(target: dict | None, value: float, limits: list[float | None]) -> str:
    """Rule: green, amber or red by the two thresholds; too low is amber."""
    green, red = limits
    if green is None:
        return "no_target"
    if target["too_low_value"] and value < float(target["too_low_value"]):
        return "amber"
    if MEETS[target["green_operator"]](value, green):
        return "green"
    if red is not None and MEETS[target["red_operator"]](value, red):
        return "red"
    return "amber"


def previous_start(period: Period) -> date | None:
    """Return when the period before this one started; None before all time."""
    months = {"month": 1, "quarter": 3, "year": 12}
    days = {"day": 1, "week": 7}
    if period.grain in months:
        return next_month(period.start, -months[period.grain])
    if period.grain in days:
        return period.start - timedelta(days=days[period.grain])
    return None


def interval(
    method: str, numerator: float, n: float, squares: float, scale: int
) -> Interval:
    """Rule: Wilson for proportions, adjusted Wald for NPS, t-intervals for means."""
    if n <= 0 or method == "none" or (method == "t" and n <= 1):
        return None
    if method == "wilson" and numerator > n:
        return None  # no share of anything
    if method == "wilson":
        share = numerator / n
        centre = (share + Z * Z / 2 / n) / (1 + Z * Z / n)
        spread = max(share * (1 - share), 0) / n + Z * Z / 4 / n**2
        half = Z / (1 + Z * Z / n) * sqrt(spread)
    elif method == "nps":
        # three answers added, three quarters of one to each end
        centre = numerator / (n + 3)
        half = Z * sqrt(((squares + 1.5) / (n + 3) - centre**2) / (n + 3))
    else:
        centre = numerator / n
        variance = max(squares - n * centre**2, 0) / (n - 1)
        half = t_quantile(n - 1) * sqrt(variance / n)
    return scale * (centre - half), scale * (centre + half)


@cache
def t_quantile(degrees: float) -> float:
    return float(student.ppf(0.975, degrees))
