"""Orders and margin expected of each customer, as of the end of every month."""

import pyarrow as pa

from savoir.analysis.value import PROJECTED, project


def model(dbt, session):
    """Return one row per date and customer."""
    history = dbt.ref("int_customers_summarised")
    discount_annual = float(dbt.config.meta_get("discount_annual"))
    # dbt writes on another connection: what is projected is written as it comes
    return pa.RecordBatchReader.from_batches(
        PROJECTED, project(history, discount_annual)
    )
