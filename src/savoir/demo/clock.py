"""Opening hours of the sites, walked day by day: the slow way to be sure."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from savoir.demo.world import (
    HOLIDAYS,
    PARIS,
    PHONE_PARTNER_FROM,
    SITES,
    Contact,
)

CASABLANCA = ZoneInfo("Africa/Casablanca")
ALL_DAY = (0, 24)


def business_seconds(site: str, start: int, end: int) -> int:
    """Seconds between two instants at which one of our sites was open."""
    zone = CASABLANCA if site == "Tanger" else PARIS
    return open_seconds(start, end, zone, partial(opening_hours, site))


def open_seconds(
    start: int,
    end: int,
    zone: ZoneInfo,
    hours_of: Callable[[date], tuple[int, int] | None],
) -> int:
    """Seconds between two instants at which a site was open, one local day after the
    other: a day of 23 or 25 hours counts as long as it was."""
    day = datetime.fromtimestamp(start, zone).date()
    last = datetime.fromtimestamp(end, zone).date()
    total = 0
    while day <= last:
        if hours := hours_of(day):
            opens, closes = (_instant(day, hour, zone) for hour in hours)
            total += max(0, min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return total


def opening_hours(site: str, day: date) -> tuple[int, int] | None:
    """Local hours from and to which a site is open on a day; None if it is not."""
    if site == "Tanger":
        return ALL_DAY
    if day.weekday() == 6 or day in HOLIDAYS:
        return None
    return (8, 20) if site == "Nantes" and day >= PHONE_PARTNER_FROM else (9, 18)


def _instant(day: date, hour: int, zone: ZoneInfo) -> int:
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return int(datetime.combine(day, time(hour), zone).timestamp())


def business_seconds_of(contact: Contact, start: int, end: int) -> int:
    """Seconds on the clock of the contact's site."""
    return business_seconds(SITES[contact.team], start, end)
