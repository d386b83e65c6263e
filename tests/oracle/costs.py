"""The cost of contacts: the ledger, shared out to the cent."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from tests.oracle.clock import Zone
from tests.oracle.contacts import Contact
from tests.oracle.reference import Reference
from tests.oracle.world import CostRow, World


@dataclass
class Cost:
    """What a contact cost, so far as the ledger says."""

    month: date
    is_known: bool
    compensation: Decimal
    agent_time: Decimal = Decimal(0)
    overhead: Decimal = Decimal(0)

    @property
    def ledger(self) -> Decimal:
        return self.agent_time + self.overhead

    @property
    def total(self) -> Decimal:
        """Rule: agent time + compensation + overhead share."""
        return self.ledger + self.compensation


def allocate(
    world: World, contacts: list[Contact], reference: Reference, zone: Zone
) -> dict[str, Cost]:
    """Return the cost of every countable contact.

    Rule: salaries and outsourcing by handled second, all else evenly; a team's lines
    over the team's contacts of that month, over everyone's if it has none. Excluded
    contacts bear nothing. Allocated = ledger, to the cent, per month.
    """
    ledger_months = {row.period_month for row in world.costs}
    opened_in = defaultdict(list)
    costs = {}
    for contact in sorted(contacts, key=lambda contact: contact.key):
        if contact.is_countable:
            month = zone.day(contact.opened_at).replace(day=1)
            opened_in[month].append(contact)
            known = month in ledger_months
            costs[contact.key] = Cost(month, known, contact.compensation)
    for month, own in opened_in.items():
        for (team, kind), amount in pools(world.costs, month, own, reference).items():
            bearers = [c for c in own if team is None or c.last_team == team]
            weights = [1] * len(bearers)
            if kind == "agent_time":
                handled = [contact.handle_seconds(reference) for contact in bearers]
                weights = handled if any(handled) else weights
            for contact, share in zip(bearers, shares(amount, weights), strict=True):
                cost = costs[contact.key]
                setattr(cost, kind, getattr(cost, kind) + share)
    return costs


def pools(
    rows: list[CostRow], month: date, contacts: list[Contact], reference: Reference
) -> dict[tuple[str | None, str], Decimal]:
    """Return what a month's ledger charges to each team, and to everyone (None)."""
    staffed = {contact.last_team for contact in contacts}
    amounts: dict[tuple[str | None, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.period_month == month:
            team = row.team if row.team in staffed else None
            people = row.category in ("salaries", "outsourcing")
            kind = "agent_time" if people else "overhead"
            amounts[team, kind] += reference.amount(row.amount, row.currency, month)
    return amounts


def shares(amount: Decimal, weights: list[int]) -> list[Decimal]:
    """Share an amount in whole cents that add up: differences of running shares.

    Half a cent depends on the arithmetic, so this is the engine's: binary.
    """
    running, so_far = [Decimal(0)], 0
    for weight in weights:
        so_far += weight
        cents = Decimal(100 * (float(amount) * so_far / sum(weights)))
        running.append(cents.quantize(Decimal(1), ROUND_HALF_UP) / 100)
    return [after - before for before, after in pairwise(running)]


def idle(
    world: World, contacts: list[Contact], reference: Reference, zone: Zone
) -> list[tuple[CostRow, Decimal]]:
    """Return the lines of ledger months without contacts: unallocated and visible."""
    staffed = {
        zone.day(contact.opened_at).replace(day=1)
        for contact in contacts
        if contact.is_countable
    }
    return [
        (row, reference.amount(row.amount, row.currency, row.period_month))
        for row in world.costs
        if row.period_month not in staffed
    ]
