"""WooCommerce: orders of its REST API, version 3."""

from pathlib import Path

from savoir.demo.files import Written, euros, local, utc
from savoir.demo.vendors.pages import write_pages
from savoir.demo.vendors.shops import common
from savoir.demo.world import Order, Product, World

STATUSES = {
    "paid": "completed",
    "unpaid": "pending",
    "cancelled": "cancelled",
    "refunded": "refunded",
}


def order_id(number: int) -> str:
    """Id of an order, which is a post among the shop's others."""
    return str(100_000 + number)


def write_woocommerce(world: World, folder: Path) -> list[Written]:
    """Write the orders of each year as the list shows them."""
    numbers = common.customer_numbers(world)
    return [
        write_pages(
            folder / f"orders_{year}.ndjson",
            [_order(order, numbers[id(order.person)]) for order in orders],
        )
        for year, orders in common.exported(world)
    ]


def _order(order: Order, customer: int) -> dict:
    total, shipping = order.total, common.net(order.shipping)
    shipping_tax = order.shipping - shipping
    gift = order.tag == "replacement"
    code = common.coupon(order)
    # a customer who came once ordered as a guest
    is_guest = len(order.person.orders) == 1
    return {
        "id": int(order.name),
        "parent_id": 0,
        "number": order.name,
        "created_via": "admin" if gift else "checkout",
        "version": "9.8.5",
        "status": STATUSES[common.outcome(order)],
        "currency": "EUR",
        **_time("date_created", order.at),
        **_time("date_modified", common.updated_at(order)),
        "discount_total": euros(common.net(order.discount)),
        "discount_tax": euros(order.discount - common.net(order.discount)),
        "shipping_total": euros(shipping),
        "shipping_tax": euros(shipping_tax),
        "cart_tax": euros(order.taxes - shipping_tax),
        "total": euros(total),
        "total_tax": euros(order.taxes),
        "prices_include_tax": True,
        "customer_id": 0 if is_guest else customer,
        "customer_note": "",
        "billing": _address(order)
        | {
            "email": order.person.email or "",
            "phone": common.national(order.person.phone),
        },
        "shipping": _address(order) | {"phone": ""},
        "payment_method": "stripe",
        "line_items": [
            _line(number, product, quantity, gift)
            for number, (product, quantity) in enumerate(order.lines, start=1)
        ],
        "coupon_lines": [{"id": 1, "code": code.lower()}] if code else [],
        "refunds": [{"id": 1, "reason": "", "total": euros(-order.refunded)}]
        if order.refunded
        else [],
    }


def _time(name: str, at: int) -> dict[str, str]:
    """The shop's own time, and UTC; neither says which it is."""
    gmt = utc(at).removesuffix("Z")
    return {name: local(at).replace(" ", "T"), f"{name}_gmt": gmt}


def _address(order: Order) -> dict[str, str]:
    """An address; WooCommerce asks for no state in France."""
    person = order.person
    return {
        "first_name": person.first,
        "last_name": person.last,
        "company": "",
        "address_1": "1 rue de la Lampe",
        "city": person.city.name,
        "state": "",
        "postcode": person.city.zip_code,
        "country": "FR",
    }


def _line(number: int, product: Product, quantity: int, gift: bool) -> dict:
    price = 0 if gift else product.price
    amount = price * quantity
    return {
        "id": number,
        "name": product.title,
        "product_id": sum(map(ord, product.sku)),
        "quantity": quantity,
        "sku": product.sku,
        "price": float(euros(common.net(price))),
        "subtotal": euros(common.net(amount)),
        "subtotal_tax": euros(amount - common.net(amount)),
    }
