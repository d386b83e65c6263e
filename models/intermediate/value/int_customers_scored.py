"""How likely each active customer is to be lost, as of the horizon."""

from savoir.analysis.churn import score
from savoir.analysis.sample import first_customers, of_customers


def model(dbt, session):
    """Return one row per customer active at the horizon."""
    observed = dbt.ref("int_customers_observed")
    known = of_customers(observed, first_customers(observed))
    today = observed.filter("is_lost is null").order("customer_id")
    return session.from_df(score(known.df(), today.df())).select(
        "customer_id::varchar as customer_id, churn_probability"
    )
