"""What every shop's export tells of an order."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from savoir.demo.world import AS_OF, DAY, Order, World, paris

REFUNDED_AFTER = 40 * DAY  # a refund that the first export does not know yet


def name_orders(world: World, id_of: Callable[[int], str]) -> None:
    """Give the orders a shop's ids, of their numbers from 1."""
    for number, order in enumerate(world.orders, start=1):
        order.name = id_of(number)


def exported(world: World) -> Iterator[tuple[str, list[Order]]]:
    """The year of each export and its orders as they were then.

    The second holds those of the first that changed, or that overlap it.
    """
    first = [order for order in world.orders if paris(order.at).year == 2025]
    second = [order for order in world.orders if paris(order.at).year == 2026]
    again = [order for order in first if order.exported_twice]
    yield "2025", [_before_refund(order) for order in first]
    yield "2026", again + second


def _before_refund(order: Order) -> Order:
    return replace(order, status="paid", refunded=0) if order.late_refund else order


def updated_at(order: Order) -> int:
    """When it last changed: placed, cancelled or refunded."""
    at = order.cancelled_at or order.at + 60
    if order.refunded:
        at = max(at, order.at + REFUNDED_AFTER)
    return min(at, AS_OF)


def outcome(order: Order) -> str:
    """What became of it: paid, unpaid, cancelled or refunded."""
    if order.cancelled_at is not None or order.status == "voided":
        return "cancelled"
    names = {"pending": "unpaid", "refunded": "refunded"}
    return names.get(order.status, "paid")


def net(cents: int) -> int:
    """An amount without its VAT (20 %)."""
    return cents * 5 // 6


def coupon(order: Order) -> str | None:
    """The code the customer typed."""
    return order.referral or ("BIENVENUE" if order.discount else None)


def customer_numbers(world: World) -> dict[int, int]:
    """The number of each customer with orders, by their object's id."""
    return {id(person): 5001 + n for n, person in enumerate(world.people)}


def national(phone: str | None) -> str:
    """06 39 98 12 34; empty where there is none."""
    if phone is None:
        return ""
    digits = "0" + phone.removeprefix("+33")
    return " ".join(digits[i : i + 2] for i in range(0, 10, 2))
