"""Shopify's own CSV exports: orders (a row per line item) and products."""

from savoir.landing import delimited
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

# Shopify puts an apostrophe before numbers so that spreadsheets keep them as text.
UNQUOTED = "regexp_replace({value}, '^''', '')"

ORDERS = """
name*              id
email
financial_status   in  authorized expired paid partially_paid partially_refunded \
pending refunded voided
paid_at            timestamp
cancelled_at       timestamp
fulfillment_status
currency           currency
subtotal           decimal
shipping           decimal
taxes              decimal
total              decimal
discount_code
discount_amount    decimal
created_at         timestamp
lineitem_quantity  integer
lineitem_name
lineitem_price     decimal
lineitem_sku
lineitem_discount  decimal
billing_phone
shipping_phone
phone
billing_country
shipping_country
shipping_province
shipping_province_name
shipping_zip
refunded_amount    decimal
payment_method
id                 number
tags
source
employee
"""

PRODUCTS = """
handle
title
type
variant_sku*   id
variant_price  decimal
cost_per_item  decimal
"""


def read(system: System, source: Source) -> list[Found]:
    """Read one orders or products export."""
    found = system.entity_of_file(source.file)
    if not found or source.path.suffix.lower() != ".csv":
        raise Unreadable(f"the file name matches nothing; expected {system.expects}")
    return delimited.read(found, source)


SYSTEM = System(
    "shopify",
    (
        entity(
            "orders",
            ORDERS,
            # An order is several rows; staging takes those of the last file.
            key="",
            clean=dict.fromkeys(
                ("id", "phone", "billing_phone", "shipping_phone", "shipping_zip"),
                UNQUOTED,
            ),
        ),
        entity("products", PRODUCTS, key="variant_sku"),
    ),
    "orders*.csv or products*.csv",
    read,
)
