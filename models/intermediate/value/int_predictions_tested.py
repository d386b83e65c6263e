"""What would have been predicted of customers, and what came."""

import pandas as pd

from savoir.analysis import churn, value
from savoir.analysis.sample import first_customers, of_customers


def model(dbt, session):
    """Return one row per model and customer of the hold-out."""
    history = dbt.ref("int_customers_summarised")
    customers = first_customers(history)
    tested = value.hold_out(
        of_customers(history, customers).df(),
        of_customers(dbt.ref("int_customers_projected"), customers).df(),
    )
    observed = dbt.ref("int_customers_observed")
    lost = churn.hold_out(of_customers(observed, first_customers(observed)).df())
    tested = pd.concat([tested, lost.assign(model_id="customer_churn")])
    return session.from_df(tested).select("""
        model_id::varchar as model_id, customer_id::varchar as customer_id,
        predicted, baseline_predicted, actual
    """)
