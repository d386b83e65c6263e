"""Magento 2 orders: the admin grid's CSV export, and API JSON."""

from typing import Any

from savoir.landing import answers, delimited
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

ORDERS = """
increment_id*    id
created_at*      local
updated_at       timestamp
status*
grand_total*     decimal
tax_amount       decimal
shipping_amount  decimal
subtotal         decimal
total_refunded   decimal
currency_code    currency
customer_id      id
customer_email
telephone
region
country_id
coupon_code
store_name
"""

HEADINGS = {
    "id": "increment_id",
    "purchase_date": "created_at",
    "purchase_point": "store_name",
    "grand_total_base": "grand_total",
    "tax": "tax_amount",
    "shipping_and_handling": "shipping_amount",
}

PATHS = {
    "grand_total": "base_grand_total",
    "tax_amount": "base_tax_amount",
    "shipping_amount": "base_shipping_amount",
    "subtotal": "base_subtotal",
    "total_refunded": "base_total_refunded",
    "currency_code": "base_currency_code",
    "telephone": "billing_address.telephone",
    "region": "billing_address.region",
    "country_id": "billing_address.country_id",
}

# The grid writes `$1,234.50`; a bare `1,234` stays as it is, and is rejected.
AMOUNT = r"""
case when regexp_full_match({value}, '-?[$€£]?\d{{1,3}}(,\d{{3}})*\.\d+')
    then regexp_replace({value}, '[$€£,]', '', 'g')
    else regexp_replace({value}, '[$€£]', '') end
"""
# ... and `Nov 3, 2026 10:00:00 AM`.
MOMENT = """
coalesce(
    strftime(try_strptime({value}, '%b %d, %Y %I:%M:%S %p'), '%Y-%m-%d %H:%M:%S'),
    {value}
)
"""

KEYS = {"items": "orders", "orders": "orders"}
MARKS = {"orders": {"increment_id", "base_grand_total"}}


def opened(name: str, record: dict[str, Any]) -> answers.Opened:
    """Give an order by the names of its columns."""
    # The API's times are UTC, and don't say so.
    times = {
        column: f"{record[column]}Z"
        for column in ("created_at", "updated_at")
        if record.get(column) and len(record[column]) == 19
    }
    yield name, record | times | answers.dug(record, PATHS)


def read(system: System, source: Source) -> list[Found]:
    """Read one export or one file of answers."""
    if source.path.suffix.lower() == ".csv":
        return delimited.read(system.entity("orders"), source)
    return answers.read(system, source, KEYS, opened, marks=MARKS)


SYSTEM = System(
    "magento",
    (
        entity(
            "orders",
            ORDERS,
            key="increment_id",
            newest="updated_at",
            clean=dict.fromkeys(
                (
                    "grand_total",
                    "tax_amount",
                    "shipping_amount",
                    "subtotal",
                    "total_refunded",
                ),
                AMOUNT,
            )
            | {"created_at": MOMENT},
            headings=HEADINGS,
        ),
    ),
    "*.csv as the orders grid exports it, or JSON with orders (items)",
    read,
)
