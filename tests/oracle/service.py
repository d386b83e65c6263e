"""Contacts, responses and resolutions, issues and their repeats and repurchases."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from tests.oracle.clock import BusinessClock, Zone
from tests.oracle.components import Tally
from tests.oracle.contacts import Contact
from tests.oracle.costs import Cost
from tests.oracle.cuts import Cuts, Describer
from tests.oracle.issues import Issue, chain, in_sequence
from tests.oracle.orders import Order, is_credited
from tests.oracle.parameters import FCR_WINDOWS, REPURCHASE_WINDOWS, Parameters
from tests.oracle.reference import Reference


@dataclass(frozen=True)
class Service:
    """What happened to contacts and issues."""

    contacts: list[Contact]
    describer: Describer
    reference: Reference
    parameters: Parameters
    zone: Zone
    tally: Tally

    @cached_property
    def in_sequence(self) -> dict[str, list[Contact]]:
        return in_sequence(self.contacts)

    def count(self) -> None:
        """Count every contact, on the day of each of its events."""
        clock = BusinessClock(self.reference, self.parameters.default_site)
        for contact in self.contacts:
            cuts = self.describer.of_contact(contact)
            self.count_opened(contact, cuts)
            if contact.is_countable:
                self.count_response(contact, cuts, clock)
                self.count_resolution(contact, cuts, clock)
                self.count_handling(contact, cuts)

    def count_opened(self, contact: Contact, cuts: Cuts) -> None:
        """Rule: counted + excluded = landed."""
        countable = contact.is_countable
        handled = countable and contact.is_handled
        first_tier = countable and cuts["tier"] == "1"
        resolved = countable and contact.is_resolved
        eligible = self.is_automation_eligible(contact)
        self.tally.add(
            self.zone.day(contact.opened_at),
            cuts,
            contacts_landed=1,
            contacts=countable,
            contacts_excluded=not countable,
            contacts_identified=countable and contact.customer is not None,
            contacts_resolved=resolved,
            contacts_assumed_resolved=resolved and contact.is_resolution_assumed,
            contacts_handled=handled,
            contacts_transferred=handled and contact.transfers > 0,
            contacts_tier_1=first_tier,
            contacts_escalated=first_tier and contact.escalations > 0,
            contacts_automation_eligible=eligible,
            contacts_automated=self.is_automated(contact),
        )

    def is_automation_eligible(self, contact: Contact) -> bool:
        """Rule: mature contacts a bot took; of a stranger nobody can say."""
        return (
            contact.is_countable
            and contact.is_bot_handled
            and contact.customer is not None
            and self.tally.calendar.has_elapsed(
                contact.ended_at, self.parameters.fcr_window_days
            )
        )

    def is_automated(self, contact: Contact) -> bool:
        """Rule: resolved with no human reply and no repeat in the window."""
        if not self.is_automation_eligible(contact) or not contact.is_bot_settled:
            return False
        own = self.in_sequence[contact.customer]
        window = timedelta(days=self.parameters.fcr_window_days)
        after = own[own.index(contact) + 1 :]
        return not after or after[0].opened_at > contact.ended_at + window

    def count_response(
        self, contact: Contact, cuts: Cuts, clock: BusinessClock
    ) -> None:
        """Rule: first response counts e-mail, web, chat and social contacts."""
        if not contact.is_written(self.reference):
            return
        day = self.zone.day(contact.opened_at)
        target = self.reference.channels[contact.channel][
            "first_response_target_seconds"
        ]
        took = contact.first_response_seconds
        if target:
            limit = timedelta(seconds=int(target))
            overdue = contact.response_started_at + limit <= self.tally.calendar.as_of
            due = took is not None or (overdue and not contact.is_bot_settled)
            self.tally.add(
                day,
                cuts,
                contacts_first_response_due=due,
                contacts_first_response_in_target=took is not None
                and took <= int(target),
            )
        if took is not None:
            open_seconds = clock.elapsed(
                cuts["site"], contact.response_started_at, contact.first_response_at
            )
            self.tally.add(
                day,
                cuts,
                contacts_answered=1,
                first_response_seconds=took,
                first_response_squared=took**2,
                first_response_business_seconds=open_seconds,
                first_response_business_squared=open_seconds**2,
            )

    def count_resolution(
        self, contact: Contact, cuts: Cuts, clock: BusinessClock
    ) -> None:
        """Rule: resolved / overdue by the opening, the time by the resolution."""
        took = contact.resolution_seconds
        limit = timedelta(hours=self.parameters.resolution_target_hours)
        overdue = contact.opened_at + limit <= self.tally.calendar.as_of
        due = not contact.is_unattended and (contact.is_resolved or overdue)
        in_target = took is not None and took <= limit.total_seconds()
        self.tally.add(
            self.zone.day(contact.opened_at),
            cuts,
            contacts_resolution_due=due,
            contacts_resolution_in_target=due and in_target,
        )
        if took is not None:
            open_seconds = clock.elapsed(
                cuts["site"], contact.opened_at, contact.resolved_at
            )
            net = took - contact.pending_seconds
            in_writing = (
                contact.is_written(self.reference) and not contact.is_bot_settled
            )
            once = contact.human_replies == 1 and contact.reopens == 0
            self.tally.add(
                self.zone.day(contact.resolved_at),
                cuts,
                contacts_with_resolution_time=1,
                resolution_seconds=took,
                resolution_squared=took**2,
                resolution_business_seconds=open_seconds,
                resolution_business_squared=open_seconds**2,
                resolution_net_seconds=net,
                resolution_net_squared=net**2,
                contacts_solved_in_writing=in_writing,
                contacts_one_touch=in_writing and once,
            )

    def count_handling(self, contact: Contact, cuts: Cuts) -> None:
        """Rule: handle time is measured or absent; reopening by the first solution."""
        if contact.first_solved_at and not contact.is_resolution_assumed:
            self.tally.add(
                self.zone.day(contact.first_solved_at),
                cuts,
                contacts_ever_solved=1,
                contacts_reopened=contact.reopens > 0,
            )
        if contact.is_handled and contact.measured_seconds:
            self.tally.add(
                self.zone.day(contact.ended_at),
                cuts,
                contacts_timed=1,
                handle_seconds=contact.measured_seconds,
                handle_squared=contact.measured_seconds**2,
                call_legs=contact.call_legs,
                leg_seconds=contact.call_seconds,
            )

    def count_opened_issues(self, issues: list[Issue]) -> None:
        """Rule: issues resolved by their first contact / mature issues."""
        for issue in issues:
            self.count_issue(issue, self.parameters.fcr_window_days, "", issues=1)
        for days in FCR_WINDOWS:
            for issue in chain(self.contacts, days):
                self.count_issue(issue, days, f"_{days}d")

    def count_issue(self, issue: Issue, days: int, suffix: str, **more: int) -> None:
        mature = issue.is_mature(days, self.tally.calendar.as_of)
        components = more | {
            f"issues_fcr_eligible{suffix}": mature,
            f"issues_resolved_first_time{suffix}": mature
            and issue.is_settled_by_first_contact,
        }
        day = self.zone.day(issue.opened_at)
        self.tally.add(day, self.describer.of_contact(issue.first), **components)

    def count_ended_issues(
        self,
        issues: list[Issue],
        orders: list[Order],
        followed: dict[str, Issue],
        costs: dict[str, Cost],
    ) -> None:
        """Count repurchases and the cost of resolutions on the day an issue ended."""
        orders_after = defaultdict(list)
        for order in orders:
            if order.key in followed:
                orders_after[followed[order.key].key].append(order)
        for issue in issues:
            after = orders_after[issue.key]
            cuts = self.describer.of_contact(issue.first)
            day = self.zone.day(issue.ended_at)
            self.tally.add(day, cuts, **self.repurchases(issue, after))
            parts = [costs[contact.key] for contact in issue.contacts]
            if issue.is_resolved and all(part.is_known for part in parts):
                cost = sum(part.total for part in parts)
                self.tally.add(
                    day,
                    cuts,
                    issues_resolved=1,
                    resolution_cost_amount=cost,
                    resolution_cost_squared=cost**2,
                )

    def repurchases(self, issue: Issue, after: list[Order]) -> dict[str, bool]:
        """Rule: of mature issues of customers with an earlier order."""
        before = self.describer.valid_orders.get(issue.customer, [])
        had_ordered = bool(before) and before[0].ordered_at < issue.opened_at

        def eligible(days: int) -> bool:
            as_of = self.tally.calendar.has_elapsed
            return had_ordered and as_of(issue.ended_at, days)

        def bought(days: int) -> bool:
            window = timedelta(days=days)
            return any(o.ordered_at <= issue.ended_at + window for o in after)

        days = self.parameters.repurchase_days
        credited = any(is_credited(order, issue, self.parameters) for order in after)
        components = {
            "issues_repurchase_eligible": eligible(days),
            "issues_repurchased": eligible(days) and credited,
        }
        for days in REPURCHASE_WINDOWS:
            components[f"issues_repurchase_eligible_{days}d"] = eligible(days)
            components[f"issues_repurchased_{days}d"] = eligible(days) and bought(days)
        return components
