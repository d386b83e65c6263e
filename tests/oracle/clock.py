"""Time: instants are naive UTC, days are local, the business clock runs per site."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.oracle.reference import Reference

DAY = timedelta(days=1)


def seconds(start: datetime, end: datetime) -> int:
    """Rule: durations are differences of epoch seconds, no counts of boundaries."""
    return int((end - start).total_seconds())


@dataclass(frozen=True)
class Zone:
    """A place's wall clock."""

    name: str

    def local(self, instant: datetime) -> datetime:
        """Return the wall clock at an instant."""
        return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(self.name))

    def day(self, instant: datetime) -> date:
        """Rule: reporting dates are local."""
        return self.local(instant).date()

    def instant(self, day: date, after_midnight: timedelta = timedelta()) -> datetime:
        """Return when the wall clock shows a time of a day; 24:00 is the next 0:00."""
        wall = datetime.combine(day, time()) + after_midnight
        local = wall.replace(tzinfo=ZoneInfo(self.name))
        return local.astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class BusinessClock:
    """Rule: weekly hours and holidays per site, valid from-to, in its time zone."""

    reference: Reference
    default_site: str

    def between(
        self, site: str | None, start: datetime, end: datetime | None
    ) -> int | None:
        """Return the open seconds up to an end; None if there is none."""
        return None if end is None else self.elapsed(site, start, end)

    def elapsed(self, site: str | None, start: datetime, end: datetime) -> int:
        """Return the open seconds between two instants; negative if swapped."""
        if end < start:
            return -self.elapsed(site, end, start)
        known = site if site in self.reference.timezones else self.default_site
        zone = Zone(self.reference.timezones[known])
        total, day = 0, zone.day(start)
        while day <= zone.day(end):
            for opens, closes in self.reference.opening_hours(known, day):
                opened = max(start, zone.instant(day, opens))
                closed = min(end, zone.instant(day, closes))
                total += max(0, seconds(opened, closed))
            day += DAY
        return total
