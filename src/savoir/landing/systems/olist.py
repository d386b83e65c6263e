"""Olist-style tables of a marketplace: orders, items, customers, products."""

from savoir.landing import delimited
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

ORDERS = """
order_id*                  id
customer_id*               id
order_status*
order_purchase_timestamp*  timestamp
"""

ORDER_ITEMS = """
order_id*       id
order_item_id*  integer
product_id      id
price*          decimal
freight_value   decimal
"""

CUSTOMERS = """
customer_id*         id
customer_unique_id*  id
customer_state
"""

PRODUCTS = """
product_id*  id
product_category_name
"""


def read(system: System, source: Source) -> list[Found]:
    """Read one table, told by its name: `olist_orders_dataset.csv` or `orders.csv`."""
    name = source.path.name.lower().removeprefix("olist_")
    found = next((e for e in system.entities if name.startswith(e.name)), None)
    if not found or source.path.suffix.lower() != ".csv":
        raise Unreadable(f"the file name matches nothing; expected {system.expects}")
    return delimited.read(found, source)


SYSTEM = System(
    "olist",
    (
        entity("orders", ORDERS, key="order_id"),
        entity("order_items", ORDER_ITEMS, key="order_id order_item_id"),
        entity("customers", CUSTOMERS, key="customer_id"),
        entity("products", PRODUCTS, key="product_id"),
    ),
    "(olist_)orders*.csv, order_items*.csv, customers*.csv or products*.csv",
    read,
)
