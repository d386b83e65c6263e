"""Orders and margin expected of each customer, as of the end of every month."""

from savoir.analysis.value import project


def model(dbt, session):
    """Return one row per date and customer."""
    history = dbt.ref("int_customers_summarised").df()
    projected = project(history, float(dbt.config.meta_get("discount_annual")))
    return session.from_df(projected).select("""
        * replace (as_of_date::date as as_of_date, customer_id::varchar as customer_id)
    """)
