"""What figures can be cut by."""

from datetime import date, datetime, timedelta

from tests.oracle.clock import Zone
from tests.oracle.contacts import Contact
from tests.oracle.orders import Order, by_customer, regions, value_bands
from tests.oracle.reference import Reference

Cuts = dict[str, str | None]

BACKLOG_CUTS = (
    "channel",
    "reason",
    "journey_stage",
    "team",
    "tier",
    "site",
    "partner",
)


class Describer:
    """Says what a contact can be cut by, as things stood when it was opened."""

    def __init__(self, orders: list[Order], reference: Reference, zone: Zone) -> None:
        self.reference = reference
        self.zone = zone
        self.orders = orders
        self.valid_orders = by_customer(orders)
        self.regions = regions(orders)
        self.value_bands: dict[date, dict[str, str]] = {}
        self.known: dict[str, Cuts] = {}
        self.products = {o.row.order_id: o.row.product_category for o in orders}

    def of_customer(self, customer: str | None, day: date) -> Cuts:
        """Rule: region as of today, value band as of the start of the day's quarter."""
        return {
            "region": self.regions.get(customer),
            "value_band": self.value_band(customer, day),
        }

    def value_band(self, customer: str | None, day: date) -> str | None:
        quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        if quarter not in self.value_bands:
            bands = value_bands(self.orders, quarter, self.zone)
            self.value_bands[quarter] = bands
        return self.value_bands[quarter].get(customer)

    def of_team(self, team: str | None, day: date) -> Cuts:
        """Rule: the tier, site and partner its team had on the day of the event."""
        row = self.reference.team(team, day)
        return {"team": team} | {
            cut: row.get(cut) or None for cut in ("tier", "site", "partner")
        }

    def of_hour(self, instant: datetime) -> Cuts:
        local = self.zone.local(instant)
        return {"local_hour": f"{local:%H}", "weekday": str(local.isoweekday())}

    def of_contact(self, contact: Contact) -> Cuts:
        """Return every cut of a contact."""
        if contact.key not in self.known:
            self.known[contact.key] = self.describe(contact)
        return self.known[contact.key]

    def describe(self, contact: Contact) -> Cuts:
        day = self.zone.day(contact.opened_at)
        of_team = self.of_team(contact.team, day)
        return (
            of_team
            | {
                "tier": of_team["tier"] or contact.stated_tier,
                "site": of_team["site"] or contact.stated_site,
                "channel": contact.channel,
                "reason": contact.reason,
                "journey_stage": self.reference.journey_stages.get(contact.reason),
                "product": contact.product or self.products.get(contact.order_id),
                "agent": contact.agent,
            }
            | self.of_customer(contact.customer, day)
            | self.of_history(contact)
            | self.of_hour(contact.opened_at)
        )

    def of_history(self, contact: Contact) -> Cuts:
        """Rule: the order history the customer had then."""
        if contact.customer is None:
            return dict.fromkeys(("segment", "tenure_band", "frequency_band"))
        before = [
            order.ordered_at
            for order in self.valid_orders.get(contact.customer, [])
            if order.ordered_at < contact.opened_at
        ]
        year = timedelta(days=365)
        recent = [at for at in before if at + year > contact.opened_at]
        return {
            "segment": named(len(before), ("prospect", "new", "returning")),
            "tenure_band": tenure_band(before, contact.opened_at),
            "frequency_band": named(
                len(recent),
                ("no order", "1 order", *["2 to 3 orders"] * 2, "4 orders or more"),
            ),
        }


def named(count: int, names: tuple[str, ...]) -> str:
    """Return the name of a count; the last stands for all above it."""
    return names[min(count, len(names) - 1)]


def tenure_band(before: list[datetime], at: datetime) -> str:
    """Return how long somebody has been a customer."""
    if not before:
        return "no order yet"
    if at <= before[0] + timedelta(days=90):
        return "up to 90 days"
    if at <= before[0] + timedelta(days=365):
        return "91 to 365 days"
    return "over a year"


def without(cuts: Cuts, *names: str) -> Cuts:
    return {name: value for name, value in cuts.items() if name not in names}


def only(cuts: Cuts, names: tuple[str, ...]) -> Cuts:
    return {name: cuts[name] for name in names}
