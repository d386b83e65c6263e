"""How good predictions were on customers who had no part in them."""

from savoir.analysis.quality import judge


def model(dbt, session):
    """Return one row per model and metric."""
    judged = judge(dbt.ref("int_predictions_tested").df())
    return session.from_df(judged).select(
        "* replace (model_id::varchar as model_id, metric::varchar as metric)"
    )
