"""How likely each active customer is to be lost, as of the horizon."""

from savoir.analysis.churn import score


def model(dbt, session):
    """Return one row per customer active at the horizon."""
    return session.from_df(score(dbt.ref("int_customers_observed").df())).select(
        "customer_id::varchar as customer_id, churn_probability"
    )
