"""Contacts to come by channel and day, and what each method would have said before."""

from savoir.analysis.forecast import forecast

# the day the exports stop on is not over, unless its last second is in them
LAST_DAY = """
    (timezone('{zone}', timezone('UTC', as_of + interval '1 second'))::date
    - 1) as last_day
"""


def model(dbt, session):
    """Return one row per channel, method, origin and day."""
    zone = dbt.config.meta_get("reporting_timezone")
    horizon = dbt.ref("int_data_horizon").project(LAST_DAY.format(zone=zone))
    [(last_day,)] = horizon.fetchall()
    contacts = dbt.ref("int_contacts_counted").filter(f"date_day <= '{last_day}'")
    daily = contacts.aggregate("channel, date_day, sum(contacts)::bigint as contacts")
    holidays = dbt.ref("holidays").project("holiday_date").fetchall()
    rows = forecast(daily.df(), last_day, {day for (day,) in holidays})
    return session.sql(
        """
        select
            channel::varchar as channel,
            method::varchar as method,
            origin_date::date as origin_date,
            date_day::date as date_day,
            contacts::bigint as contacts,
            expected_contacts::double as expected_contacts,
            contacts_low::bigint as contacts_low,
            contacts_high::bigint as contacts_high,
            naive_error::double as naive_error,
            is_chosen::boolean as is_chosen
        from rows
        """
    )
