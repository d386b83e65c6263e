"""WooCommerce orders: API JSON, and the CSV of the usual export plug-ins."""

from decimal import Decimal, InvalidOperation
from typing import Any

from savoir.landing import answers, delimited
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

ORDERS = """
order_id*       id
order_number    id
order_date*     local
modified_at     timestamp
status*
order_total*    decimal
tax_total       decimal
shipping_total  decimal
refunded_total  decimal
order_currency  currency
customer_id
customer_user
customer_email
billing_email
billing_phone
billing_state
billing_country
shipping_state
shipping_country
coupon_codes
created_via
"""

# `amount:5.00|reason:…;amount:…` in one field, whatever the number of refunds.
REFUNDED = """
case when {value} like '%amount:%' then list_sum(list_transform(
    regexp_extract_all({value}, 'amount:-?([0-9.]+)', 1),
    lambda amount: try_cast(amount as decimal(18, 2))
))::varchar else ltrim({value}, '-') end
"""
COUPONS = """
case when {value} like '%code:%' then array_to_string(
    regexp_extract_all({value}, 'code:([^|;]+)', 1), ','
) else {value} end
"""

HEADINGS = {
    "refund_items": "refunded_total",
    "coupon_items": "coupon_codes",
    # what Advanced Order Export calls them
    "order_status": "status",
    "order_total_amount": "order_total",
    "order_total_tax_amount": "tax_total",
    "order_shipping_amount": "shipping_total",
    "order_refund_amount": "refunded_total",
    "coupon_code": "coupon_codes",
    "currency": "order_currency",
    "email_billing": "billing_email",
    "phone_billing": "billing_phone",
    "state_code_billing": "billing_state",
    "country_code_billing": "billing_country",
    "state_code_shipping": "shipping_state",
    "country_code_shipping": "shipping_country",
    "customer_user_id": "customer_user",
}

PATHS = {
    "order_id": "id",
    "order_number": "number",
    "order_total": "total",
    "tax_total": "total_tax",
    "order_currency": "currency",
    "billing_email": "billing.email",
    "billing_phone": "billing.phone",
    "billing_state": "billing.state",
    "billing_country": "billing.country",
    "shipping_state": "shipping.state",
    "shipping_country": "shipping.country",
}


KEYS = {"orders": "orders"}
MARKS = {"orders": {"billing", "line_items", "total"}}


def opened(name: str, record: dict[str, Any]) -> answers.Opened:
    """Give an order with its dates in UTC, its refunds summed, its coupons listed."""
    codes = [coupon.get("code") or "" for coupon in record.get("coupon_lines") or []]
    own = {
        "order_date": utc(record, "date_created"),
        "modified_at": utc(record, "date_modified"),
        "refunded_total": refunded(record.get("refunds") or []),
        "coupon_codes": ",".join(codes) or None,
    }
    yield name, record | own | answers.dug(record, PATHS)


def utc(record: dict, name: str) -> str | None:
    """Return a time of an order, marked as UTC where it is."""
    gmt = record.get(f"{name}_gmt")
    return f"{gmt}Z" if gmt and not gmt.endswith("Z") else gmt or record.get(name)


def refunded(refunds: list[dict]) -> str | None:
    """Return the sum of refunds, which the API writes below zero; None without any."""
    if not refunds:
        return None
    try:
        return str(sum(Decimal(str(refund.get("total"))) for refund in refunds))
    except InvalidOperation:
        return "unreadable refunds"


def read(system: System, source: Source) -> list[Found]:
    """Read one export or one file of answers."""
    if source.path.suffix.lower() == ".csv":
        return delimited.read(system.entity("orders"), source)
    return answers.read(system, source, KEYS, opened, marks=MARKS)


SYSTEM = System(
    "woocommerce",
    (
        entity(
            "orders",
            ORDERS,
            key="order_id",
            newest="modified_at",
            clean={"refunded_total": REFUNDED, "coupon_codes": COUPONS},
            headings=HEADINGS,
        ),
    ),
    "*.csv with a row per order, or JSON with orders",
    read,
)
