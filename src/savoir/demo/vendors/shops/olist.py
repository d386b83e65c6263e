"""A marketplace's tables in the shape of Olist's: whoever ordered has no address."""

from pathlib import Path

from savoir.demo.files import Written, euros, local
from savoir.demo.vendors.pages import write_table
from savoir.demo.vendors.shops import common
from savoir.demo.vendors.telephony.common import hexadecimal
from savoir.demo.world import AS_OF, HOUR, PRODUCTS, Order, World

STATUSES = {
    "paid": "delivered",
    "unpaid": "created",
    "cancelled": "canceled",
    "refunded": "delivered",
}


def order_id(number: int) -> str:
    """Id of an order, rising as the others' do."""
    return f"{number:08x}" + hexadecimal("olist order", number)[8:]


def write_olist(world: World, folder: Path) -> list[Written]:
    """Write the tables of orders, their items, customers and products."""
    numbers = common.customer_numbers(world)
    tables = {
        "orders": [_order(order) for order in world.orders],
        "order_items": [row for order in world.orders for row in _items(order)],
        "customers": [
            _customer(order, numbers[id(order.person)]) for order in world.orders
        ],
        "products": [
            {
                "product_id": hexadecimal("olist product", product.sku),
                "product_category_name": product.type,
                "product_photos_qty": "1",
                "product_weight_g": "900",
            }
            for product in PRODUCTS
        ],
    }
    return [
        write_table(folder / f"olist_{name}_dataset.csv", rows)
        for name, rows in tables.items()
    ]


def _order(order: Order) -> dict[str, str]:
    is_sent = common.outcome(order) in ("paid", "refunded")
    sent = order.at + 30 * HOUR
    return {
        "order_id": order.name,
        "customer_id": hexadecimal("olist customer of", order.name),
        "order_status": STATUSES[common.outcome(order)],
        "order_purchase_timestamp": local(order.at),
        "order_approved_at": local(order.at + 60) if is_sent else "",
        "order_delivered_carrier_date": local(min(sent, AS_OF)) if is_sent else "",
        "order_delivered_customer_date": "",
        "order_estimated_delivery_date": local(order.at + 120 * HOUR),
    }


def _items(order: Order) -> list[dict[str, str]]:
    """One row per piece; a price is what the customer pays for it."""
    pieces = [product for product, quantity in order.lines for _ in range(quantity)]
    return [
        {
            "order_id": order.name,
            "order_item_id": str(number),
            "product_id": hexadecimal("olist product", product.sku),
            "seller_id": hexadecimal("olist seller", "Maison Lumen"),
            "shipping_limit_date": local(order.at + 48 * HOUR),
            "price": euros(0 if order.tag == "replacement" else product.price),
            "freight_value": euros(order.shipping if number == 1 else 0),
        }
        for number, product in enumerate(pieces, start=1)
    ]


def _customer(order: Order, number: int) -> dict[str, str]:
    """An order's own customer id, and the one that lasts."""
    return {
        "customer_id": hexadecimal("olist customer of", order.name),
        "customer_unique_id": hexadecimal("olist customer", number),
        "customer_zip_code_prefix": order.person.city.zip_code,
        "customer_city": order.person.city.name.lower(),
        "customer_state": order.person.city.region_code,
    }
