"""Medians and 90th percentiles of durations, from their own contacts and calls."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.oracle.components import Calendar, Key
from tests.oracle.cuts import Cuts
from tests.oracle.orders import percentile

CUTS = ("channel", "reason", "team", "tier", "site")


@dataclass
class Percentiles:
    """Collects durations by period and cut."""

    calendar: Calendar
    samples: dict[Key, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, duration: str, day: date, cuts: Cuts, seconds: int | None) -> None:
        """Add one duration of a day, if it is known."""
        if seconds is None:
            return
        places = {"overall": "all"} | {cut: cuts[cut] or "unknown" for cut in CUTS}
        for period in self.calendar.periods(day):
            for cut, value in places.items() if period.grain != "day" else ():
                key = (duration, period.grain, period.start, cut, value)
                self.samples[key].append(seconds)

    @property
    def values(self) -> dict[Key, tuple[int, Fraction, Fraction]]:
        """Return sample size, median and 90th percentile."""
        return {
            key: (
                len(sample),
                percentile(sample, Fraction(1, 2)),
                percentile(sample, Fraction(9, 10)),
            )
            for key, sample in self.samples.items()
        }
