"""What would have been predicted of customers, and what came."""

import pandas as pd

from savoir.analysis import churn, value


def model(dbt, session):
    """Return one row per model and customer of the hold-out."""
    history = dbt.ref("int_customers_summarised").df()
    projected = dbt.ref("int_customers_projected").df()
    lost = churn.hold_out(dbt.ref("int_customers_observed").df())
    tested = pd.concat(
        [value.hold_out(history, projected), lost.assign(model_id="customer_churn")]
    )
    return session.from_df(tested).select("""
        model_id::varchar as model_id, customer_id::varchar as customer_id,
        predicted, baseline_predicted, actual
    """)
