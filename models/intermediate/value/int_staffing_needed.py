"""How many agents the forecast asks for, half-hour by half-hour."""

from savoir.analysis.staffing import profile, staffing


def model(dbt, session):
    """Return one row per channel, day and half-hour in which somebody is expected."""
    forecasts = dbt.ref("int_volumes_forecast").filter("is_chosen and contacts is null")
    columns = "channel, date_day, expected_contacts"
    expected = forecasts.project(columns).order(columns).df()
    [(last_day,)] = forecasts.aggregate("max(origin_date)").fetchall()
    counted = dbt.ref("int_contacts_counted").project(
        "channel, date_day, half_hour, contacts"
    )
    rows = staffing(
        expected,
        profile(counted.order("all").df(), last_day or "1970-01-01"),
        dbt.ref("int_queues_measured").df(),
    )
    return session.sql(
        """
        select
            channel::varchar as channel,
            date_day::date as date_day,
            half_hour::varchar as half_hour,
            expected_contacts::double as expected_contacts,
            handle_time::double as handle_time,
            patience::double as patience,
            load_erlangs::double as load_erlangs,
            agents_erlang_c::bigint as agents_erlang_c,
            agents_erlang_a::bigint as agents_erlang_a,
            service_level_erlang_c::double as service_level_erlang_c,
            service_level_erlang_a::double as service_level_erlang_a
        from rows
        """
    )
