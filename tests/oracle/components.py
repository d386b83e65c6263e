"""Components summed per period and cut: the keys of `kpis.kpi_components`."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from tests.oracle.clock import DAY, Zone
from tests.oracle.cuts import Cuts

GRAINS = ("day", "week", "month", "quarter", "year", "all")

Place = tuple[str, date, str, str]
Key = tuple[str, *Place]


@dataclass(frozen=True)
class Period:
    """A stretch of local days; one that still runs ends when the calendar says."""

    grain: str
    start: date
    end: date


@dataclass(frozen=True)
class Calendar:
    """The local days between the first event landed and the horizon."""

    zone: Zone
    first_at: datetime
    as_of: datetime

    @cached_property
    def first(self) -> date:
        return self.zone.day(self.first_at)

    @cached_property
    def last(self) -> date:
        return self.zone.day(max(self.first_at, self.as_of))

    def has_elapsed(self, since: datetime, days: int) -> bool:
        """Rule: only events whose window has fully elapsed at the data horizon."""
        return since + timedelta(days=days) <= self.as_of

    def period(self, grain: str, day: date) -> Period:
        """Return the period of a grain that a day lies in."""
        if grain == "day":
            return Period(grain, day, day)
        if grain == "week":
            monday = day - timedelta(days=day.weekday())
            return Period(grain, monday, monday + timedelta(days=6))
        if grain == "all":
            return Period(grain, self.first, self.last)
        months = {"month": 1, "quarter": 3, "year": 12}[grain]
        start = day.replace(month=(day.month - 1) // months * months + 1, day=1)
        return Period(grain, start, next_month(start, months) - DAY)

    def periods(self, day: date) -> list[Period]:
        """Return every period a day lies in; none outside the calendar."""
        if not self.first <= day <= self.last:
            return []
        return [self.period(grain, day) for grain in GRAINS]

    def all_periods(self, *grains: str) -> list[Period]:
        """Return the periods of some grains that have a day in the calendar."""
        days = (self.last - self.first).days + 1
        return list(
            dict.fromkeys(
                self.period(grain, self.first + timedelta(days=number))
                for grain in grains
                for number in range(days)
            )
        )


@dataclass
class Tally:
    """Adds components up, place by place."""

    calendar: Calendar
    places: dict[Place, dict[str, Decimal | int]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def add(self, day: date | None, cuts: Cuts, **components: Decimal | int) -> None:
        """Add components of a day to every period that contains it."""
        for period in self.calendar.periods(day) if day else ():
            self.add_to_period(period, cuts, **components)

    def add_to_period(
        self, period: Period, cuts: Cuts, **components: Decimal | int
    ) -> None:
        """Add components to one period: overall, and under each cut's value."""
        values = [(name, value) for name, value in components.items() if value]
        if not values:
            return
        for cut, cut_value in (("overall", "all"), *cuts.items()):
            sums = self.places[period.grain, period.start, cut, cut_value or "unknown"]
            for name, value in values:
                sums[name] = sums.get(name, 0) + value

    @property
    def components(self) -> dict[Key, Decimal | int]:
        """What is not zero: no row says the same as a zero."""
        return {
            (name, *place): value
            for place, sums in self.places.items()
            for name, value in sums.items()
            if value
        }


def next_month(day: date, months: int) -> date:
    """Return the first day of the month so many months later."""
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)
