"""As many rows as an estimate needs, the same ones in every build."""

from duckdb import DuckDBPyRelation

MANY = 20_000  # customers: more would not narrow an interval worth mentioning


def first_customers(rows: DuckDBPyRelation, many: int = MANY) -> DuckDBPyRelation:
    """Return so many of the customers in rows, first by a hash: a sample."""
    customers = rows.project("customer_id").distinct()
    return customers.order("md5(customer_id)").limit(many).set_alias("customers")


def of_customers(
    rows: DuckDBPyRelation, customers: DuckDBPyRelation
) -> DuckDBPyRelation:
    """Return the rows of some customers."""
    return rows.join(customers, "customer_id", how="semi")
