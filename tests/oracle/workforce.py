"""What agents did, how well, and what was written to customers unasked."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.oracle.clock import DAY, Zone, seconds
from tests.oracle.components import Tally
from tests.oracle.contacts import Contact, agent_key
from tests.oracle.cuts import Describer, without
from tests.oracle.identity import Identities
from tests.oracle.parameters import Parameters
from tests.oracle.perception import CONTACT_CUTS, find
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
        for agent, own in intervals.items():
            for day in self.days_of(own):
                handled = sum(
                    contact.agent == agent
                    and contact.is_countable
                    and contact.is_handled
                    and contact.first_response_at is not None
                    and self.zone.day(contact.first_response_at) == day
                    for contact in contacts
                )
                self.count_day(agent, day, own, handled)

    def agent(self, agent_id: str) -> str:
        return self.reference.agent_aliases.get(agent_id) or agent_key(agent_id)

    def days_of(self, rows: list[ActivityRow]) -> set[date]:
        return {
            self.zone.day(row.started_at + number * DAY)
            for row in rows
            for number in range((row.ended_at - row.started_at).days + 2)
        }

    def count_day(
        self, agent: str, day: date, rows: list[ActivityRow], handled: int
    ) -> None:
        """Rule: contacts count on days with logged hours alone."""
        bounds = self.zone.instant(day), self.zone.instant(day + DAY)
        logged_in = merged(rows, LOGGED_IN, bounds)
        scheduled = merged(rows, ("scheduled",), bounds)
        on_contact = length(merged(rows, ("on_contact",), bounds))
        wrap = length(merged(rows, ("wrap",), bounds))
        self.tally.add(
            day,
            self.describer.of_team(self.reference.team_of_agent(agent, day), day)
            | {"agent": agent},
            agent_days=length(logged_in) > 0,
            logged_in_seconds=length(logged_in),
            on_contact_seconds=on_contact,
            wrap_seconds=wrap,
            busy_seconds=on_contact + wrap,
            scheduled_seconds=length(scheduled),
            adherent_seconds=sum(
                length(clipped(scheduled, interval)) for interval in logged_in
            ),
            contacts_handled_while_logged_in=handled if logged_in else 0,
        )

    def count_reviews(self, rows: list[ReviewRow], contacts: list[Contact]) -> None:
        """Rule: points / possible points of reviewed contacts."""
        for row in rows:
            contact = find(contacts, row.contact_id)
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
    for row in rows:
        customer = identities.customer_of(row)
        engaged = row.engaged_at is not None
        followed = any(
            contact.is_countable
            and contact.customer == customer
            and row.sent_at < contact.opened_at <= row.sent_at + window
            for contact in contacts
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
