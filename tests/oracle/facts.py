"""What core facts say row by row, where no component of a KPI would show it."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.oracle.clock import BusinessClock
from tests.oracle.contacts import Call
from tests.oracle.costs import Cost
from tests.oracle.cuts import Cuts
from tests.oracle.issues import Issue, chain
from tests.oracle.orders import Order, by_customer, is_credited
from tests.oracle.parameters import FCR_WINDOWS, REPURCHASE_WINDOWS
from tests.oracle.perception import by_reference
from tests.oracle.service import Service
from tests.oracle.telephony import Telephony

Row = dict[str, object]
Table = dict[str, Row]

# the cuts whose column has another name
COLUMNS = {
    "reason": "contact_reason",
    "product": "product_category",
    "agent": "agent_id",
    "local_hour": "opened_hour",
    "weekday": "opened_weekday",
}


@dataclass(frozen=True)
class Facts:
    """The rows of the facts, by the keys that the warehouse gives them."""

    service: Service
    telephony: Telephony
    issues: list[Issue]
    calls: list[Call]
    orders: list[Order]
    followed: dict[str, Issue]
    costs: dict[str, Cost]

    def tables(self) -> dict[str, Table]:
        """Return every fact that the oracle knows, by its name."""
        return {
            "fct_contacts": dict(self.contacts()),
            "fct_issues": dict(self.of_issues()),
            "fct_calls": dict(self.of_calls()),
            "fct_orders": dict(self.of_orders()),
            "fct_contact_costs": dict(self.of_costs()),
        }

    def contacts(self) -> Iterator[tuple[str, Row]]:
        zone, reference = self.service.zone, self.service.reference
        clock = BusinessClock(reference, self.service.parameters.default_site)
        issue_of = {c.key: issue.key for issue in self.issues for c in issue.contacts}
        variants = {
            days: {issue.key: issue for issue in chain(self.service.contacts, days)}
            for days in FCR_WINDOWS
        }
        for contact in self.service.contacts:
            cuts = self.service.describer.of_contact(contact)
            row = columns(cuts) | {
                "issue_id": issue_of.get(contact.key),
                "exclusion_reason": contact.exclusion_reason,
                "is_countable": contact.is_countable,
                "is_identified": contact.customer is not None,
                "is_first_of_issue": issue_of.get(contact.key) == contact.key,
                "is_resolved": contact.is_resolved,
                "is_resolution_assumed": contact.is_resolution_assumed,
                "is_written": contact.is_written(reference),
                "is_handled": contact.is_handled,
                "is_unattended": contact.is_unattended,
                "is_missed_chat": contact.is_missed_chat,
                "is_reopened": contact.reopens > 0,
                "is_transferred": contact.transfers > 0,
                "is_escalated": contact.escalations > 0,
                "is_bot_handled": contact.is_bot_handled,
                "is_bot_settled": contact.is_bot_settled,
                "is_automation_eligible": self.service.is_automation_eligible(contact),
                "is_automated": self.service.is_automated(contact),
                "is_handle_time_assumed": contact.is_handle_time_assumed(),
                "human_replies": contact.human_replies,
                "reopens": contact.reopens,
                "transfers": contact.transfers,
                "escalations": contact.escalations,
                "call_legs": contact.call_legs,
                "handle_seconds": contact.handle_seconds(reference),
                "call_handle_seconds": contact.call_seconds,
                "first_response_seconds": contact.first_response_seconds,
                "first_response_business_seconds": clock.between(
                    cuts["site"], contact.response_started_at, contact.first_response_at
                ),
                "resolution_seconds": contact.resolution_seconds,
                "resolution_business_seconds": clock.between(
                    cuts["site"], contact.opened_at, contact.resolved_at
                ),
                "pending_seconds": contact.resolved_at and contact.pending_seconds,
                "compensation_amount": contact.compensation,
                "opened_date": zone.day(contact.opened_at),
                "opened_at": contact.opened_at,
                "response_started_at": contact.response_started_at,
                "first_response_at": contact.first_response_at,
                "first_solved_at": contact.first_solved_at,
                "resolved_at": contact.resolved_at,
                "ended_at": contact.ended_at,
            }
            for days, issues in variants.items():
                row |= self.window(issues.get(contact.key), days)
            yield contact.key, row

    def window(self, issue: Issue | None, days: int) -> Row:
        """Say how a contact stands that opens an issue, if it does."""
        as_of = self.service.tally.calendar.as_of
        mature = issue is not None and issue.is_mature(days, as_of)
        return {
            f"is_fcr_eligible_{days}d": mature,
            f"is_resolved_first_time_{days}d": mature
            and issue.is_settled_by_first_contact,
        }

    def of_issues(self) -> Iterator[tuple[str, Row]]:
        zone, parameters = self.service.zone, self.service.parameters
        calendar = self.service.tally.calendar
        for issue in self.issues:
            after = [o for o in self.orders if self.issue_of(o) == issue.key]
            credited = [o for o in after if is_credited(o, issue, parameters)]
            margins = [o.margin for o in credited if o.margin is not None]
            costs = [self.costs[contact.key] for contact in issue.contacts]
            repurchases = self.service.repurchases(issue, after)
            row = columns(self.service.describer.of_contact(issue.first)) | {
                "is_resolved": issue.is_resolved,
                "is_costed": all(cost.is_known for cost in costs),
                "is_fcr_eligible": issue.is_mature(
                    parameters.fcr_window_days, calendar.as_of
                ),
                "is_repurchase_eligible": repurchases["issues_repurchase_eligible"],
                "is_repurchased": repurchases["issues_repurchased"],
                "contacts": len(issue.contacts),
                "credited_orders": len(credited),
                "issue_cost_amount": sum(cost.total for cost in costs),
                "credited_margin_amount": sum(margins) if margins else None,
                "opened_date": zone.day(issue.opened_at),
                "ended_date": zone.day(issue.ended_at),
                "opened_at": issue.opened_at,
                "ended_at": issue.ended_at,
            }
            for days in REPURCHASE_WINDOWS:
                name = f"repurchase_eligible_{days}d"
                row[f"is_{name}"] = repurchases[f"issues_{name}"]
                name = f"repurchased_{days}d"
                row[f"is_{name}"] = repurchases[f"issues_{name}"]
            yield issue.key, row

    def issue_of(self, order: Order) -> str | None:
        issue = self.followed.get(order.key)
        return issue and issue.key

    def of_calls(self) -> Iterator[tuple[str, Row]]:
        named = by_reference(self.service.contacts)
        for call in self.calls:
            contact = named.get(call.row.call_id)
            cuts = columns(self.telephony.cuts_of_call(call, contact))
            hours = {
                "started_hour": cuts.pop("opened_hour"),
                "started_weekday": cuts.pop("opened_weekday"),
            }
            is_abandoned = call.row.outcome == "abandoned"
            short = self.service.parameters.short_abandon_seconds
            inbound = call.row.direction == "inbound"
            yield (
                call.key,
                cuts
                | hours
                | {
                    "contact_id": contact.key,
                    "outcome": call.row.outcome,
                    "is_offered": inbound and contact.is_countable,
                    "is_answered": call.is_answered,
                    "is_abandoned": is_abandoned,
                    "is_short_abandon": is_abandoned
                    and call.wait_seconds is not None
                    and call.wait_seconds <= short,
                    "is_within_service_level": call.wait_seconds is not None
                    and call.wait_seconds
                    <= self.service.parameters.service_level_seconds,
                    "is_linked": contact.key != call.key,
                    "is_resolved": call.is_resolved,
                    "is_resolution_assumed": call.is_resolution_assumed,
                    "wait_seconds": call.wait_seconds,
                    "started_at": call.row.started_at,
                    "answered_at": call.answered_at,
                    "ended_at": call.ended_at,
                },
            )

    def of_orders(self) -> Iterator[tuple[str, Row]]:
        first = {own[0].key for own in by_customer(self.orders).values()}
        zone, describer = self.service.zone, self.service.describer
        for order in self.orders:
            issue = self.followed.get(order.key)
            credited = issue and is_credited(order, issue, self.service.parameters)
            day = zone.day(order.ordered_at)
            yield (
                order.key,
                {
                    "followed_issue_id": self.issue_of(order),
                    "credited_issue_id": self.issue_of(order) if credited else None,
                    "value_band": describer.value_band(order.customer, day),
                    "product_category": order.row.product_category,
                    "region": order.row.region,
                    "is_valid_order": order.is_valid,
                    "is_upsell": order.is_upsell,
                    "is_margin_known": order.margin is not None,
                    "is_first_order": order.key in first,
                    "net_amount": order.net,
                    "refunded_amount": order.refunded,
                    "margin_amount": order.margin,
                    "ordered_date": day,
                    "ordered_at": order.ordered_at,
                },
            )

    def of_costs(self) -> Iterator[tuple[str, Row]]:
        for key, cost in self.costs.items():
            yield (
                key,
                {
                    "is_costed": cost.is_known,
                    "agent_cost_amount": cost.agent_time,
                    "overhead_cost_amount": cost.overhead,
                    "compensation_amount": cost.compensation,
                    "contact_cost_amount": cost.total,
                    "month_start_date": cost.month,
                },
            )


def columns(cuts: Cuts) -> Row:
    """Return cuts by the names that facts give them."""
    return {COLUMNS.get(cut, cut): value for cut, value in cuts.items()}
