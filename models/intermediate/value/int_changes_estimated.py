"""What changes of the service would do to cost, margin and service level."""

from savoir.analysis.what_if import what_if


def model(dbt, session):
    """Return one row per lever, change and outcome."""
    needed = dbt.ref("int_staffing_needed").filter("channel = 'phone'").df()
    measured = dbt.ref("int_queues_measured").df()
    queue = needed.sort_values(["date_day", "half_hour"]).merge(
        measured[["channel", "target_seconds", "short_seconds"]], on="channel"
    )
    rows = what_if(
        dbt.ref("int_service_summarised").df(),
        dbt.ref("int_issues_compared").df(),
        queue,
    )
    return session.sql(
        """
        select
            lever::varchar as lever,
            change_value::double as change_value,
            outcome::varchar as outcome,
            source::varchar as source,
            lever_value::double as lever_value,
            outcome_value::double as outcome_value,
            effect::double as effect,
            effect_low::double as effect_low,
            effect_high::double as effect_high,
            observations::bigint as observations
        from rows
        """
    )
