"""Magento: orders of its REST API, times in UTC, amounts as numbers."""

from pathlib import Path

from savoir.demo.files import Written, euros, utc
from savoir.demo.vendors.pages import write_pages
from savoir.demo.vendors.shops import common
from savoir.demo.world import Order, Product, World

STATUSES = {
    "paid": "complete",
    "unpaid": "pending",
    "cancelled": "canceled",
    "refunded": "closed",
}
# Magento's regions of France are its departments
DEPARTMENTS = {
    "69": "Rhône",
    "75": "Paris",
    "44": "Loire-Atlantique",
    "01": "Ain",
    "59": "Nord",
    "31": "Haute-Garonne",
    "06": "Alpes-Maritimes",
    "35": "Ille-et-Vilaine",
}


def order_id(number: int) -> str:
    """Increment id of an order."""
    return f"{number:09d}"


def write_magento(world: World, folder: Path) -> list[Written]:
    """Write the orders of each year as the search answers them."""
    numbers = common.customer_numbers(world)
    return [
        write_pages(
            folder / f"orders_{year}.ndjson",
            [_order(order, numbers[id(order.person)]) for order in orders],
            "items",
        )
        for year, orders in common.exported(world)
    ]


def _number(cents: int) -> float:
    return float(euros(cents))


def _time(at: int) -> str:
    return utc(at).replace("T", " ").removesuffix("Z")


def _order(order: Order, customer: int) -> dict:
    person, gift = order.person, order.tag == "replacement"
    amounts = {
        "discount_amount": -common.net(order.discount),
        "grand_total": order.total,
        "shipping_amount": common.net(order.shipping),
        "subtotal": common.net(order.subtotal + order.discount),
        "tax_amount": order.taxes,
        "total_refunded": order.refunded,
    }
    return {
        "entity_id": int(order.name),
        "increment_id": order.name,
        "state": STATUSES[common.outcome(order)].replace("pending", "new"),
        "status": STATUSES[common.outcome(order)],
        "created_at": _time(order.at),
        "updated_at": _time(common.updated_at(order)),
        "base_currency_code": "EUR",
        "order_currency_code": "EUR",
        **{f"base_{name}": _number(cents) for name, cents in amounts.items()},
        **{name: _number(cents) for name, cents in amounts.items()},
        "coupon_code": common.coupon(order),
        "customer_email": person.email,
        "customer_id": customer,
        "customer_is_guest": 0,
        "store_name": "Main Website\nMain Website Store\nVue par défaut",
        "billing_address": {
            "address_type": "billing",
            "city": person.city.name,
            "country_id": "FR",
            "email": person.email,
            "firstname": person.first,
            "lastname": person.last,
            "postcode": person.city.zip_code,
            "region": DEPARTMENTS[person.city.zip_code[:2]],
            "region_code": person.city.zip_code[:2],
            "telephone": common.national(person.phone),
        },
        "items": [_item(product, quantity, gift) for product, quantity in order.lines],
    }


def _item(product: Product, quantity: int, gift: bool) -> dict:
    price = 0 if gift else product.price
    return {
        "name": product.title,
        "price": _number(common.net(price)),
        "price_incl_tax": _number(price),
        "product_type": "simple",
        "qty_ordered": quantity,
        "sku": product.sku,
    }
