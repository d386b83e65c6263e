"""PrestaShop orders, customers and addresses: web service JSON, or tables as CSV."""

from savoir.landing import answers, delimited
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

ORDERS = """
id*                      number
reference
id_customer              number
id_address_invoice       number
current_state*           number
date_add*                timestamp
date_upd                 timestamp
total_paid_tax_excl*     decimal
total_shipping_tax_excl  decimal
"""

CUSTOMERS = """
id*       number
email
date_upd  timestamp
"""

ADDRESSES = """
id*           number
phone
phone_mobile
date_upd      timestamp
"""

KEYS = {
    "orders": "orders",
    "order": "orders",
    "customers": "customers",
    "customer": "customers",
    "addresses": "addresses",
    "address": "addresses",
}
MARKS = {
    "orders": {"current_state", "total_paid_tax_excl"},
    "customers": {"email", "id_default_group"},
    "addresses": {"id_customer", "phone_mobile"},
}
TABLES = {"order": "orders", "customer": "customers", "address": "addresses"}


def read(system: System, source: Source) -> list[Found]:
    """Read one table or one file of answers; a table is told by its file's name."""
    if source.path.suffix.lower() != ".csv":
        return answers.read(system, source, KEYS, marks=MARKS)
    name = source.path.name.lower().removeprefix("ps_")
    for table, entity_name in TABLES.items():
        if name.startswith(table):
            return delimited.read(system.entity(entity_name), source)
    raise Unreadable(f"the file name matches nothing; expected {system.expects}")


SYSTEM = System(
    "prestashop",
    (
        entity("orders", ORDERS, newest="date_upd", headings={"id_order": "id"}),
        entity(
            "customers", CUSTOMERS, newest="date_upd", headings={"id_customer": "id"}
        ),
        entity(
            "addresses", ADDRESSES, newest="date_upd", headings={"id_address": "id"}
        ),
    ),
    "JSON of the web service, or (ps_)order*.csv, (ps_)customer*.csv and "
    "(ps_)address*.csv",
    read,
)
