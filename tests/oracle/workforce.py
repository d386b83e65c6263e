"""What agents did, how well, and what was written to customers unasked."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.oracle.clock import DAY, Zone, seconds
from tests.oracle.components import Tally
from tests.oracle.contacts import Contact, agent_key
from tests.oracle.cuts import Describer, without
from tests.oracle.identity import Identities
from tests.oracle.parameters import Parameters
from tests.oracle.perception import CONTACT_CUTS, by_reference
from tests.oracle.reference import Reference
from tests.oracle.world import ActivityRow, MessageRow, ReviewRow

# "logged in, available, on contact or wrapping up, each second once"
LOGGED_IN = ("logged_in", "available", "on_contact", "wrap")

Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Workforce:
    """Productivity, occupancy, adherence and quality."""

    describer: Describer
    reference: Reference
    zone: Zone
    tally: Tally

    def count_days(self, rows: list[ActivityRow], contacts: list[Contact]) -> None:
        """Count every agent's day."""
        intervals = defaultdict(list)
        for row in rows:
            intervals[self.agent(row.agent_id)].append(row)
        handled = Counter(
            (contact.agent, self.zone.day(contact.first_response_at))
            for contact in contacts
            if contact.is_countable
            and contact.is_handled
            and contact.first_response_at is not None
        )
        for agent, own in intervals.items():
            by_day = defaultdict(list)
            for row in own:
                for day in self.days_of(row):
                    by_day[day].append(row)
            for day, of_day in by_day.items():
                self.count_day(agent, day, of_day, handled[agent, day])

    def agent(self, agent_id: str) -> str:
        return agent_key(agent_id, self.reference.agent_aliases)

    def days_of(self, row: ActivityRow) -> list[date]:
        """Return the local days of an interval; some have no 24 hours."""
        first, last = self.zone.day(row.started_at), self.zone.day(row.ended_at)
        return [first + number * DAY for number in range((last - first).days + 1)]

    def count_day(
        self, agent: str, day: date, rows: list[ActivityRow], handled: int
    ) -> None:
        """Rule: contacts count on days with logged hours alone."""
        bounds = self.zone.instant(day), self.zone.instant(day + DAY)
        logged_in = merged(rows, LOGGED_IN, bounds)
        scheduled = merged(rows, ("scheduled",), bounds)
        on_contact = merged(rows, ("on_contact",), bounds)
        wrap = merged(rows, ("wrap",), bounds)
        busy = merged(rows, ("on_contact", "wrap"), bounds)
        self.tally.add(
            day,
            self.describer.of_team(self.reference.team_of_agent(agent, day), day)
            | {"agent": agent},
            agent_days=length(logged_in) > 0,
            logged_in_seconds=length(logged_in),
            on_contact_seconds=length(on_contact),
            wrap_seconds=length(wrap),
            busy_seconds=length(busy),
            scheduled_seconds=length(scheduled),
            adherent_seconds=sum(
                length(clipped(scheduled, interval)) for interval in logged_in
            ),
            contacts_handled_while_logged_in=handled if logged_in else 0,
        )

    def count_reviews(self, rows: list[ReviewRow], contacts: list[Contact]) -> None:
        """Rule: points / possible points of reviewed contacts."""
        named = by_reference(contacts)
        for row in rows:
            contact = named.get(row.contact_id)
            if contact and not contact.is_countable:
                continue
            agent = self.agent(row.agent_id) if row.agent_id else None
            cuts = dict.fromkeys((*CONTACT_CUTS, "team", "tier", "site", "partner"))
            if contact:
                of_contact = self.describer.of_contact(contact)
                cuts = without(of_contact, "local_hour", "weekday")
            self.tally.add(
                self.zone.day(row.reviewed_at),
                cuts | {"agent": agent or (contact and contact.agent)},
                quality_reviews=1,
                quality_points=row.points,
                quality_points_possible=row.possible_points,
            )


def count_messages(
    rows: list[MessageRow],
    contacts: list[Contact],
    identities: Identities,
    describer: Describer,
    parameters: Parameters,
    zone: Zone,
    tally: Tally,
) -> None:
    """Rule: engaged / delivered, with contacts in 7 days of engaged vs not engaged."""
    window = timedelta(days=parameters.proactive_days)
    opened = defaultdict(list)
    for contact in contacts:
        if contact.is_countable and contact.customer:
            opened[contact.customer].append(contact.opened_at)
    for row in rows:
        customer = identities.customer_of(row)
        engaged = row.engaged_at is not None
        followed = any(
            row.sent_at < opened_at <= row.sent_at + window
            for opened_at in opened[customer]
        )
        # what follows is known of customers we know, once its time has passed
        mature = customer is not None and tally.calendar.has_elapsed(
            row.sent_at, parameters.proactive_days
        )
        tally.add(
            zone.day(row.sent_at),
            describer.of_customer(customer, zone.day(row.sent_at))
            | {"campaign": row.campaign},
            messages_delivered=1,
            messages_engaged=engaged,
            messages_engaged_mature=engaged and mature,
            messages_engaged_followed=engaged and mature and followed,
            messages_ignored_mature=not engaged and mature,
            messages_ignored_followed=not engaged and mature and followed,
        )


def merged(
    rows: list[ActivityRow], states: tuple[str, ...], bounds: Interval
) -> list[Interval]:
    """Return when any of the states held, inside bounds, each second once."""
    own = [(row.started_at, row.ended_at) for row in rows if row.state in states]
    result: list[Interval] = []
    for start, end in sorted(clipped(own, bounds)):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def clipped(intervals: list[Interval], bounds: Interval) -> list[Interval]:
    """Return the parts of intervals that lie inside bounds."""
    parts = [(max(s, bounds[0]), min(e, bounds[1])) for s, e in intervals]
    return [(start, end) for start, end in parts if start < end]


def length(intervals: list[Interval]) -> int:
    return sum(seconds(start, end) for start, end in intervals)
