"""What goes with good outcomes: effects, and how much each driver matters."""

from savoir.analysis.drivers import drivers
from savoir.analysis.sample import first_customers, of_customers

MANY = 100_000  # customers: the interval of an effect is then less than a point wide


def model(dbt, session):
    """Return one row per outcome, driver and level."""
    factored = dbt.ref("int_outcomes_factored")
    rows = drivers(of_customers(factored, first_customers(factored, MANY)).df())
    return session.sql(
        """
        select
            outcome::varchar as outcome,
            driver::varchar as driver,
            level::varchar as level,
            place::bigint as place,
            from_value::double as from_value,
            to_value::double as to_value,
            effect::double as effect,
            effect_low::double as effect_low,
            effect_high::double as effect_high,
            importance::double as importance,
            importance_low::double as importance_low,
            importance_high::double as importance_high,
            observations::bigint as observations,
            holdout_observations::bigint as holdout_observations,
            holdout_auc::double as holdout_auc
        from rows
        """
    )
