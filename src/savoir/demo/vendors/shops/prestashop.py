"""PrestaShop: orders, customers and addresses of its web service, values as texts."""

from pathlib import Path

from savoir.demo.files import Written, euros, local
from savoir.demo.vendors.pages import write_pages
from savoir.demo.vendors.shops import common
from savoir.demo.world import START, Order, World

ADDRESS = 40_000  # the customers' ids and this: those of their addresses
STATES = {"paid": 5, "unpaid": 10, "cancelled": 6, "refunded": 7}


def order_id(number: int) -> str:
    """Id of an order."""
    return str(2_000 + number)


def write_prestashop(world: World, folder: Path) -> list[Written]:
    """Write the orders of each year, the customers and their addresses."""
    numbers = common.customer_numbers(world)
    written = [
        write_pages(
            folder / f"orders_{year}.ndjson",
            [_order(order, numbers[id(order.person)]) for order in orders],
            "orders",
        )
        for year, orders in common.exported(world)
    ]
    buyers = [person for person in world.people if person.orders]
    customers = [
        {
            "id": numbers[id(person)],
            "id_default_group": "3",
            "firstname": person.first,
            "lastname": person.last,
            "email": person.email or "",
            "active": "1",
            "date_add": local(START),
            "date_upd": local(START),
        }
        for person in buyers
    ]
    addresses = [
        {
            "id": numbers[id(person)] + ADDRESS,
            "id_customer": str(numbers[id(person)]),
            "id_country": "8",
            "id_state": "0",
            "firstname": person.first,
            "lastname": person.last,
            "city": person.city.name,
            "postcode": person.city.zip_code,
            "phone": "",
            "phone_mobile": common.national(person.phone),
            "date_add": local(START),
            "date_upd": local(START),
        }
        for person in buyers
    ]
    return [
        *written,
        write_pages(folder / "customers.ndjson", customers, "customers"),
        write_pages(folder / "addresses.ndjson", addresses, "addresses"),
    ]


def _amount(cents: int) -> str:
    return f"{euros(cents)}0000"


def _order(order: Order, customer: int) -> dict:
    gift = order.tag == "replacement"
    return {
        "id": int(order.name),
        "reference": f"LUM{int(order.name):06d}",
        "id_customer": str(customer),
        "id_address_delivery": str(customer + ADDRESS),
        "id_address_invoice": str(customer + ADDRESS),
        "id_currency": "1",
        "id_lang": "1",
        "id_cart": order.name,
        "current_state": str(STATES[common.outcome(order)]),
        "module": "ps_wirepayment",
        "payment": "Virement bancaire",
        "valid": "1",
        "date_add": local(order.at),
        "date_upd": local(common.updated_at(order)),
        "total_discounts_tax_incl": _amount(order.discount),
        "total_discounts_tax_excl": _amount(common.net(order.discount)),
        "total_paid": _amount(order.total),
        "total_paid_tax_incl": _amount(order.total),
        "total_paid_tax_excl": _amount(order.total - order.taxes),
        "total_paid_real": _amount(order.total),
        "total_shipping": _amount(order.shipping),
        "total_shipping_tax_incl": _amount(order.shipping),
        "total_shipping_tax_excl": _amount(common.net(order.shipping)),
        "carrier_tax_rate": "20.000",
        "associations": {
            "order_rows": [
                {
                    "id": str(number),
                    "product_name": product.title,
                    "product_reference": product.sku,
                    "product_quantity": str(quantity),
                    "unit_price_tax_incl": _amount(0 if gift else product.price),
                }
                for number, (product, quantity) in enumerate(order.lines, start=1)
            ]
        },
    }
