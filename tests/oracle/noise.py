"""A scorecard full of what alerts: real lines are too few and too calm for that."""

from tests.oracle.warehouse import Warehouse

# noise in which a pair moves against itself, beside all else that alerts
SALTS = (7, 24)
CUTS = (
    ("overall", "all"),
    ("channel", "phone"),
    # quoted, for SQL
    ("channel", "o''brien"),
    ("reason", "phone"),
    ("reason", "unknown"),
    ("weekday", "1"),
)


def add_noise(warehouse: Warehouse, salt: int) -> None:
    """Give every week's and month's line other values, and some cuts lines like it.

    Values, intervals, thresholds and samples are small numbers, so that what is equal,
    zero or missing comes up often; another salt draws others.
    """
    cuts = ", ".join(f"({salt}, '{cut}', '{value}')" for cut, value in CUTS)
    warehouse.connection.execute(
        f"""
        create or replace table savoir.kpis.rpt_kpi_scorecard as
        with drawn as (
            select scorecard.* replace (cuts.cut as cut, cuts.cut_value as cut_value),
                hash(
                    cuts.salt, kpi_id, period_grain, period_start_date,
                    cuts.cut, cuts.cut_value
                ) as dice
            from savoir.kpis.rpt_kpi_scorecard as scorecard
            cross join (values {cuts}) as cuts (salt, cut, cut_value)
            where scorecard.cut = 'overall'
        )
        select * exclude (dice) replace (
            (dice % 10)::double as kpi_value,
            case when dice // 10 % 9 > 0 then dice % 10 - (dice // 10 % 4)::double end
                as interval_low,
            case when dice // 10 % 9 > 0 then dice % 10 + (dice // 100 % 4)::double end
                as interval_high,
            case dice // 1000 % 3 when 0 then 'red' when 1 then 'green' else 'amber' end
                as status,
            dice % 10 + (dice // 10000 % 7)::double - 3 as red_value,
            (dice // 100000 % 8)::bigint as sample_size,
            dice // 1000000 % 4 = 0 as is_too_low
        )
        from drawn
        """
    )
