"""The second opinion: every component of every KPI, straight from the exports."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from tests.oracle import costs as ledger
from tests.oracle.account import Account
from tests.oracle.backlog import Backlog
from tests.oracle.clock import BusinessClock, Zone
from tests.oracle.components import Calendar, Key, Tally
from tests.oracle.contacts import Call, Contact, Contacts
from tests.oracle.customers import Customers
from tests.oracle.cuts import Describer
from tests.oracle.facts import Facts, Table
from tests.oracle.identity import Identities
from tests.oracle.issues import chain
from tests.oracle.matching import Matching
from tests.oracle.orders import Order, follow, value_orders
from tests.oracle.parameters import Parameters
from tests.oracle.percentiles import Percentiles
from tests.oracle.perception import Perception, by_reference
from tests.oracle.reference import Reference
from tests.oracle.retained import arms_of, matched_share, proven_share
from tests.oracle.service import Service
from tests.oracle.telephony import Telephony
from tests.oracle.workforce import Workforce, count_messages
from tests.oracle.world import Exports, World


@dataclass(eq=False)
class Opinion:
    """What the oracle says of a world."""

    components: dict[Key, Decimal]
    percentiles: dict[Key, tuple[int, Fraction, Fraction]]
    calendar: Calendar
    reference: Reference
    parameters: Parameters
    facts: dict[str, Table]
    # worked out when the scorecard is first compared
    lines: dict[Key, dict[str, object]] | None = None


def judge(exports: Exports, seeds: Path, parameters: Parameters) -> Opinion:
    """Return every component and percentile of generic exports."""
    return judge_world(World.of(exports), seeds, parameters)


def judge_world(world: World, seeds: Path, parameters: Parameters) -> Opinion:
    """Return every component and percentile of a world, wherever it was read."""
    reference = Reference(seeds, parameters.reporting_currency)
    zone = Zone(parameters.reporting_timezone)
    identities = Identities.of(world, parameters)
    made = Contacts(world, identities, reference, parameters)
    contacts = made.all()
    orders = value_orders(world, contacts, identities, reference)
    describer = Describer(orders, reference, zone)
    calendar = horizon(world, contacts, made.calls, zone)
    tally = Tally(calendar)

    service = Service(contacts, describer, reference, parameters, zone, tally)
    issues = chain(contacts, parameters.fcr_window_days)
    followed = follow(orders, issues, parameters)
    costs = ledger.allocate(world, contacts, reference, zone)
    service.count()
    service.count_opened_issues(issues)
    service.count_ended_issues(issues, orders, followed, costs)
    matching = Matching(describer, parameters, tally, orders, issues)
    matching.count()
    count_costs(contacts, costs, service)
    count_orders(orders, zone, tally)

    telephony = Telephony(describer, parameters, zone, tally)
    named = by_reference(contacts)
    for call in made.calls:
        telephony.count_call(call, named[call.row.call_id])
    for contact in contacts:
        telephony.count_chat(contact)
    perception = Perception(describer, identities, reference, parameters, zone, tally)
    perception.count(world.answers, contacts)
    perception.count_invitations(world.invitations, contacts)
    workforce = Workforce(describer, reference, zone, tally)
    workforce.count_days(world.activity, contacts)
    workforce.count_reviews(world.reviews, contacts)
    count_messages(
        world.messages, contacts, identities, describer, parameters, zone, tally
    )
    Backlog(describer, zone, tally).count(contacts)
    Customers(describer, parameters, zone, tally).count()
    # "ROI is empty where no orders or no contacts landed"
    if orders and contacts:
        arms = arms_of(
            world.assignments, identities, orders, parameters, calendar.as_of
        )
        of_service = [arms[e] for e in reference.experiments_of_service if e in arms]
        account = Account(
            service,
            costs,
            {row.period_month for row in world.costs},
            best(
                matched_share(matching.baselines, parameters.min_sample),
                proven_share(of_service, parameters.min_sample),
            ),
        )
        account.book_orders(orders, followed)
        account.book_contacts(contacts)
        account.book_repeats(issues, calendar.as_of)
        account.book_idle(ledger.idle(world, contacts, reference, zone))
        account.close(tally)
    percentiles = durations(service, telephony, contacts, made.calls)
    facts = Facts(service, telephony, issues, made.calls, orders, followed, costs)
    return Opinion(
        tally.components,
        percentiles,
        calendar,
        reference,
        parameters,
        facts.tables(),
    )


def best(*shares: Decimal | None) -> Decimal | None:
    """Rule: the better of two lower ends, each too high once in forty times."""
    return max((share for share in shares if share is not None), default=None)


def horizon(
    world: World, contacts: list[Contact], calls: list[Call], zone: Zone
) -> Calendar:
    """Rule: `as_of` is by default the latest event landed, never the wall clock."""
    first = [contact.opened_at for contact in contacts]
    last = [contact.ended_at for contact in contacts]
    first += [call.row.started_at for call in calls]
    last += [call.ended_at for call in calls]
    moments = [
        *(event.occurred_at for event in world.events),
        *(answer.responded_at for answer in world.answers),
        *(order.ordered_at for order in world.orders),
    ]
    epoch = datetime(1970, 1, 1)
    return Calendar(
        zone,
        min([*first, *moments], default=epoch),
        max([*first, *last, *moments], default=epoch),
    )


def count_costs(
    contacts: list[Contact], costs: dict[str, ledger.Cost], service: Service
) -> None:
    """Rule: a contact in a month without ledger lines has an unknown cost."""
    for contact in contacts:
        cost = costs.get(contact.key)
        if cost and cost.is_known:
            service.tally.add(
                service.zone.day(contact.opened_at),
                service.describer.of_contact(contact),
                contacts_costed=1,
                agent_time_cost_amount=cost.agent_time,
                overhead_share_amount=cost.overhead,
                compensation_paid_amount=cost.compensation,
                contact_cost_amount=cost.total,
                contact_cost_squared=cost.total**2,
            )


def count_orders(orders: list[Order], zone: Zone, tally: Tally) -> None:
    """Rule: contact rate is per valid order."""
    for order in orders:
        if order.is_valid:
            tally.add(
                zone.day(order.ordered_at),
                {"product": order.row.product_category, "region": order.row.region},
                orders=1,
                order_net_amount=order.net,
                order_margin_amount=order.margin or 0,
            )


def durations(
    service: Service, telephony: Telephony, contacts: list[Contact], calls: list[Call]
) -> dict[Key, tuple[int, Fraction, Fraction]]:
    """Return the percentiles of responses, resolutions and waits."""
    zone, reference = service.zone, service.reference
    clock = BusinessClock(reference, service.parameters.default_site)
    found = Percentiles(service.tally.calendar)
    for contact in contacts:
        if not contact.is_countable:
            continue
        cuts = service.describer.of_contact(contact)
        day, took = zone.day(contact.opened_at), contact.first_response_seconds
        if contact.is_written(reference) and took is not None:
            open_seconds = clock.elapsed(
                cuts["site"], contact.response_started_at, contact.first_response_at
            )
            found.add("first_response", day, cuts, took)
            found.add("first_response_business", day, cuts, open_seconds)
        if contact.resolved_at:
            day, took = zone.day(contact.resolved_at), contact.resolution_seconds
            open_seconds = clock.elapsed(
                cuts["site"], contact.opened_at, contact.resolved_at
            )
            found.add("resolution", day, cuts, took)
            found.add("resolution_business", day, cuts, open_seconds)
            net = took - contact.pending_seconds
            found.add("resolution_net_of_pending", day, cuts, net)
    named = by_reference(contacts)
    for call in calls:
        contact = named[call.row.call_id]
        if call.row.direction == "inbound" and contact.is_countable:
            day = zone.day(call.row.started_at)
            cuts = telephony.cuts_of_call(call, contact)
            if call.is_answered:
                found.add("wait_of_answered", day, cuts, call.wait_seconds)
            elif call.row.outcome == "abandoned":
                found.add("time_to_abandon", day, cuts, call.wait_seconds)
    return found.values
