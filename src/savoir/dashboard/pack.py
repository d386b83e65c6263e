"""The data of a page: additive components and their cuts, as small as they go."""

from dataclasses import dataclass

import duckdb
import numpy as np

from savoir.dashboard.columns import Writer
from savoir.dashboard.tables import (
    CUTS,
    LEFT_OUT,
    SHOWN_COMPONENTS,
    Marts,
    Only,
    is_only,
    quoted,
)
from savoir.printing import read_rows


@dataclass
class Pack:
    """What a page decodes: `meta` as JSON says where each column is in `data`."""

    meta: dict
    data: bytes


def read_pack(published: str, only: Only | None = None) -> Pack:
    """Read the published database into a pack, of one scope's rows or of all."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted([published])} as marts (read_only)")
        connection.execute("use marts")
        return _read(connection, only)


def _read(connection: duckdb.DuckDBPyConnection, only: Only | None) -> Pack:
    kpis = read_rows(connection, "select * from kpis.dim_kpi order by kpi_id")
    squares = {kpi["squares_component"]: kpi["numerator_component"] for kpi in kpis}
    marts, writer = Marts(connection, only, squares), Writer()
    values = marts.number_values()
    meta = {
        "firstDay": marts.first_day,
        "daysSince": marts.days_since,
        "periods": read_rows(connection, PERIODS.format(periods=marts.periods)),
        "values": {cut: values.get(cut, []) for cut in (*CUTS, *values)},
        "labels": _labels(connection),
        "kpis": kpis,
        "targets": read_rows(connection, TARGETS),
        "alerts": read_rows(connection, _alerts(only)),
        "tables": _tables(marts, kpis, writer),
        "lists": _lists(connection, only),
        "interventions": _interventions(connection, only, values),
        "peers": _peers(connection, only),
        # what knows no scope is of everybody
        "coverage": read_rows(connection, COVERAGE) if only is None else [],
        "health": _health(marts) if only is None else [],
        "effects": read_rows(connection, EFFECTS) if only is None else [],
        "uplift": read_rows(connection, UPLIFT) if only is None else [],
        "pnl": read_rows(connection, PNL) if only is None else [],
        "forecast": read_rows(connection, FORECAST) if only is None else [],
        "whatIf": read_rows(connection, WHAT_IF) if only is None else [],
        "percentiles": _percentiles(marts, writer) if only is None else None,
    }
    return Pack(meta, writer.joined())


def _tables(marts: Marts, kpis: list[dict], writer: Writer) -> list[dict]:
    """Write each mart with the components that a KPI or a view needs, each once."""
    wanted = SHOWN_COMPONENTS | {
        kpi[name]
        for kpi in kpis
        for name in kpi
        if name.endswith("_component") and kpi["kpi_id"] not in LEFT_OUT
    }
    tables = []
    for name in marts.facts:
        components = [column for column in marts.columns[name] if column in wanted]
        wanted = wanted.difference(components)
        tables.append(marts.write(name, components, writer))
    return tables


PERIODS = """
select
    period_grain as grain,
    period_start_date as start,
    period_end_date as end,
    previous_period_start_date as previous,
    last_landed_date as last
from ({periods})
"""

TARGETS = """
select
    kpi_id, cut, cut_value, period_grain, valid_from, valid_to, basis,
    green_operator, green_value::double as green_value,
    red_operator, red_value::double as red_value,
    too_low_value::double as too_low_value
from reference.kpi_targets
"""

COVERAGE = """
select
    coverage_id, label_en, label_fr,
    numerator::double as numerator, denominator::double as denominator, share
from kpis.rpt_kpi_coverage
order by coverage_id
"""

INTERVENTIONS = """
select intervention_id, label_en, label_fr, changed_date, cut, cut_value
from reference.interventions
order by changed_date, intervention_id
"""

EFFECTS = """
select * exclude (changed_date, cut, cut_value, trend_points)
from kpis.rpt_interventions
order by intervention_id, kpi_id
"""

UPLIFT = """
select
    attribution, cut, cut_value, issues, repurchase_share, baseline_share,
    uplift_points, uplift_low, uplift_high
from kpis.rpt_uplift
where cut in ('overall', 'reason')
order by cut = 'overall' desc, issues desc, cut_value
"""

PNL = """
select
    month_start_date, attribution, is_headline, cut, cut_value,
    support_cost_amount::double as cost,
    retained_margin_amount::double as margin,
    retained_margin_low_amount::double as margin_low,
    support_net_gain_amount::double as net,
    support_net_gain_low_amount::double as net_low
from kpis.rpt_support_pnl
where cut in ('overall', 'channel', 'reason', 'product', 'site', 'partner')
order by all
"""

FORECAST = """
select
    channel, date_day, forecast.expected_contacts, contacts_low, contacts_high,
    max(agents_erlang_c) as most_agents, sum(paid_hours) as paid_hours
from kpis.rpt_volume_forecast as forecast
left join kpis.rpt_staffing_need using (channel, date_day)
group by all
order by all
"""

WHAT_IF = """
select
    lever, change_value, outcome, source, lever_value, outcome_value, effect,
    gain_amount::double as gain, cost_amount::double as cost
from kpis.rpt_what_if
order by lever, outcome, change_value
"""


def _alerts(only: Only | None) -> str:
    where = (
        "true"
        if only is None
        else f"cut = '{only.cut}' and {is_only(only, 'cut_value')}"
    )
    return f"""
        select * exclude (rows_query)
        from kpis.rpt_kpi_alerts
        where {where}
        order by severity = 'red' desc, evidence desc nulls last, alert_id
    """


def _health(marts: Marts) -> list[dict]:
    if "rpt_build_health" not in marts.columns:
        return []
    query = "select * from kpis.rpt_build_health order by all"
    return read_rows(marts.connection, query)


# What is shown line by line; the newest, for a page is no archive.
LISTED = 500

LOW_SCORES = f"""
    select
        contact_id, answered_date as date_day, question_type, score::double as score,
        scale_max::double as scale_max, channel, contact_reason as reason, segment,
        site, partner, team, agent_id as agent, tier, product_category as product
    from core.fct_survey_responses
    where is_counted and question_type = 'csat' and not is_satisfied
        and contact_id is not null and {{where}}
    order by answered_at desc, answer_id
    limit {LISTED}
"""

DEAREST = f"""
    select
        week_start_date as date_day, contact_id, channel, contact_reason as reason,
        team, review_value as cost, weight as contacts
    from kpis.rpt_weekly_review
    where section = 'dearest_issue' and {{where}}
    order by week_start_date desc, place
    limit {LISTED}
"""

AT_RISK = f"""
    select
        risk_source, contact_id, since_at::date as date_day,
        expected_margin_12m_amount::double as expected_margin,
        value_at_risk_amount::double as at_risk,
        coalesce(channel, 'unknown') as channel,
        coalesce(contact_reason, 'unknown') as reason,
        coalesce(team, 'unknown') as team
    from kpis.rpt_value_at_risk
    where value_at_risk_amount > 0 and {{where}}
    order by risk_rank
    limit {LISTED}
"""


def _lists(
    connection: duckdb.DuckDBPyConnection, only: Only | None
) -> dict[str, list[dict]]:
    """Return what is shown line by line, of one scope where it can be told."""
    fact_column = {"agent": "agent_id", "product": "product_category"}
    where = "true"
    if only is not None:
        where = is_only(only, fact_column.get(only.cut, CUTS[only.cut]))
    lists = {"lowScores": read_rows(connection, LOW_SCORES.format(where=where))}
    if only is None or only.cut in ("channel", "reason", "team"):
        where = "true" if only is None else is_only(only, CUTS[only.cut])
        lists["dearest"] = read_rows(connection, DEAREST.format(where=where))
        lists["atRisk"] = read_rows(connection, AT_RISK.format(where=where))
    return lists


def _interventions(
    connection: duckdb.DuckDBPyConnection,
    only: Only | None,
    values: dict[str, list[str]],
) -> list[dict]:
    """Return the dated changes, in one scope's page those that touched its rows."""
    return [
        row
        for row in read_rows(connection, INTERVENTIONS)
        if only is None or row["cut_value"] in values.get(row["cut"], [])
    ]


# Fewer colleagues than this, and a median would speak of somebody.
PEERS = 5


def _peers(connection: duckdb.DuckDBPyConnection, only: Only | None) -> list[dict]:
    """Return the medians of an agent's colleagues: no name, no value of any of them."""
    if only is None or only.cut != "agent":
        return []
    return read_rows(
        connection,
        f"""
        select
            kpi_id, period_grain, period_start_date::varchar as period_start_date,
            median(kpi_value) as median
        from kpis.rpt_kpi_scorecard
        where cut = 'agent'
            and cut_value != 'unknown' and not {is_only(only, "cut_value")}
            and status != 'insufficient_data'
            and period_grain in ('month', 'quarter', 'year', 'all')
        group by all
        having count(*) >= {PEERS}
        order by all
        """,
    )


def _percentiles(marts: Marts, writer: Writer) -> dict:
    """Write medians and 90th percentiles: they add up over nothing, so as they are."""
    connection = marts.connection
    names = ("duration_id", "cut", "cut_value")
    values = {}
    for name in names:
        found = connection.sql(
            f"select distinct {name} from kpis.rpt_kpi_percentiles order by 1"
        ).fetchall()
        values[name] = [row[0] for row in found]
    places = ", ".join(
        f"(list_position([{quoted(values[name])}], {name}) - 1)::integer as {name}"
        for name in names
    )
    read = connection.execute(f"""
        select
            place::integer as time, {places},
            sample_size, round(median_duration * 10)::bigint as median,
            round(p90_duration * 10)::bigint as p90
        from {marts.placed("rpt_kpi_percentiles")}
        order by all
    """).fetchnumpy()
    filled = {column: np.ma.getdata(found) for column, found in read.items()}
    decimals = {"median": 1, "p90": 1}
    return {
        "rows": len(filled["time"]),
        "values": values,
        "columns": {
            name: writer.add(found, decimals.get(name, 0))
            for name, found in filled.items()
        },
    }


def _labels(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, list[str]]]:
    """Return the labels that stand in the warehouse: cut, value, [English, French]."""
    sources = {
        "channel": "select channel, label_en, label_fr from core.dim_channels",
        "reason": "select contact_reason, label_en, label_fr "
        "from core.dim_contact_reasons",
    }
    return {
        cut: {row[0]: list(row[1:]) for row in connection.sql(query).fetchall()}
        for cut, query in sources.items()
    }
