"""Contacts open at local midnight."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tests.oracle.clock import Zone
from tests.oracle.components import GRAINS, Tally
from tests.oracle.contacts import Contact
from tests.oracle.cuts import BACKLOG_CUTS, Describer, only
from tests.oracle.histories import DONE


@dataclass(frozen=True)
class Backlog:
    """What stands open at the end of a period."""

    describer: Describer
    zone: Zone
    tally: Tally

    def count(self, contacts: list[Contact]) -> None:
        """Rule: backlog is what stands open at the period's end."""
        calendar = self.tally.calendar
        periods = calendar.all_periods(*GRAINS)
        for contact in contacts:
            cuts = only(self.describer.of_contact(contact), BACKLOG_CUTS)
            is_open = self.open_on(contact)
            for period in periods:
                if is_open(min(period.end, calendar.last)):
                    self.tally.add_to_period(period, cuts, backlog_contacts=1)

    def open_on(self, contact: Contact) -> Callable[[date], bool]:
        """Return what tells whether a contact is open when a local day ends.

        A history is read as a state: solved or closed is out, anything after it is in
        again. Without one, a contact leaves when it was resolved, or left unattended.
        """
        if not contact.is_countable:
            return lambda day: False
        opened = self.zone.day(contact.opened_at)
        statuses = [
            (self.zone.day(event.occurred_at), event.event_type in DONE)
            for event in contact.history.statuses
            # what an agent did before the customer wrote moved nobody's contact
            if event.occurred_at >= contact.opened_at
        ]
        if not any(is_done for _, is_done in statuses):
            is_over = contact.is_resolved or contact.is_unattended
            ended = self.zone.day(contact.ended_at) if is_over else date.max
            return lambda day: opened <= day < ended

        def is_open(day: date) -> bool:
            past = [is_done for on, is_done in statuses if on <= day]
            return opened <= day and not (past and past[-1])

        return is_open
