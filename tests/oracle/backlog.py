"""Contacts open at local midnight."""

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
        for period in calendar.all_periods(*GRAINS):
            for contact in contacts:
                if self.is_open(contact, min(period.end, calendar.last)):
                    cuts = only(self.describer.of_contact(contact), BACKLOG_CUTS)
                    self.tally.add_to_period(period, cuts, backlog_contacts=1)

    def is_open(self, contact: Contact, day: date) -> bool:
        """Tell whether a contact is open when a local day ends.

        A history is read as a state: solved or closed is out, anything after it is in
        again. Without one, a contact leaves when it was resolved, or left unattended.
        """
        if not contact.is_countable or self.zone.day(contact.opened_at) > day:
            return False
        statuses = [
            event
            for event in contact.history.statuses
            # what an agent did before the customer wrote moved nobody's contact
            if event.occurred_at >= contact.opened_at
        ]
        if any(event.event_type in DONE for event in statuses):
            past = [e for e in statuses if self.zone.day(e.occurred_at) <= day]
            return not past or past[-1].event_type not in DONE
        is_over = contact.is_resolved or contact.is_unattended
        return not is_over or self.zone.day(contact.ended_at) > day
