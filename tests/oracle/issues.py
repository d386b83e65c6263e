"""Issues: one customer's contacts about one problem."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.oracle.contacts import Contact


@dataclass(frozen=True)
class Issue:
    """Contacts of one customer in the order they were opened."""

    contacts: list[Contact]

    @property
    def first(self) -> Contact:
        """Whatever an issue is attributed by."""
        return self.contacts[0]

    @property
    def key(self) -> str:
        return self.first.key

    @property
    def customer(self) -> str:
        return self.first.customer

    @property
    def opened_at(self) -> datetime:
        return self.first.opened_at

    @property
    def ended_at(self) -> datetime:
        return max(contact.ended_at for contact in self.contacts)

    @property
    def is_resolved(self) -> bool:
        """An issue is resolved when its last contact is."""
        return self.contacts[-1].is_resolved

    def is_mature(self, days: int, as_of: datetime) -> bool:
        """Rule: only events whose window has fully elapsed at the horizon."""
        return self.first.ended_at + timedelta(days=days) <= as_of

    @property
    def is_settled_by_first_contact(self) -> bool:
        """Rule: resolved by the first contact, no further contact on ANY channel."""
        return self.first.is_settled_at_once and len(self.contacts) == 1


def in_sequence(contacts: list[Contact]) -> dict[str, list[Contact]]:
    """Return the countable contacts of each identified customer, by opening."""
    found = defaultdict(list)
    for contact in sorted(contacts, key=lambda c: (c.opened_at, c.key)):
        if contact.is_countable and contact.customer:
            found[contact.customer].append(contact)
    return found


def chain(contacts: list[Contact], window_days: int) -> list[Issue]:
    """Chain each customer's contacts into issues.

    Rule: countable contacts of one identified customer chained while the gap from the
    last contact's end to the next start is <= `fcr_window_days`.
    """
    issues = []
    for own in in_sequence(contacts).values():
        issue: list[Contact] = []
        ended_at = None
        for contact in own:
            window = timedelta(days=window_days)
            if ended_at and contact.opened_at > ended_at + window:
                issues.append(Issue(issue))
                issue = []
            issue.append(contact)
            ended_at = max(ended_at or contact.ended_at, contact.ended_at)
        issues.append(Issue(issue))
    return issues
