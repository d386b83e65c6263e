"""PrestaShop orders and customers: web service JSON, or tables as CSV."""

from savoir.landing import answers, delimited
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

ORDERS = """
id*                      number
reference
id_customer              number
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

KEYS = {
    "orders": "orders",
    "order": "orders",
    "customers": "customers",
    "customer": "customers",
}
MARKS = {
    "orders": {"current_state", "total_paid_tax_excl"},
    "customers": {"email", "id_default_group"},
}


def read(system: System, source: Source) -> list[Found]:
    """Read one table or one file of answers; a table is told by its file's name."""
    if source.path.suffix.lower() != ".csv":
        return answers.read(system, source, KEYS, marks=MARKS)
    name = source.path.name.lower().removeprefix("ps_")
    for entity_name in ("orders", "customers"):
        if name.startswith(entity_name.removesuffix("s")):
            return delimited.read(system.entity(entity_name), source)
    raise Unreadable(f"the file name matches nothing; expected {system.expects}")


SYSTEM = System(
    "prestashop",
    (
        entity("orders", ORDERS, newest="date_upd", headings={"id_order": "id"}),
        entity(
            "customers", CUSTOMERS, newest="date_upd", headings={"id_customer": "id"}
        ),
    ),
    "JSON of the web service, or (ps_)order*.csv and (ps_)customer*.csv",
    read,
)
