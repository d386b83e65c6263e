"""The data of a page: additive components and their cuts, as small as they go."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import duckdb
import numpy as np

from savoir.printing import read_rows

# Every mart that a component of a KPI is summed from; a component that stands in two
# is read from the first.
FACTS = (
    "kpi_contacts_daily",
    "kpi_response_and_resolution_daily",
    "kpi_telephony_daily",
    "kpi_issues_opened_daily",
    "kpi_issues_ended_daily",
    "kpi_perception_daily",
    "kpi_nps_by_period",
    "kpi_agents_daily",
    "kpi_quality_daily",
    "kpi_proactive_daily",
    "kpi_backlog_by_period",
    "kpi_costs_daily",
    "kpi_orders_daily",
    "kpi_customers_by_period",
    "kpi_support_pnl_daily",
    "answers_by_score",
)

# What a page can be filtered by, and the column that says it.
CUTS = {
    "channel": "channel",
    "reason": "contact_reason",
    "segment": "segment",
    "site": "site",
    "partner": "partner",
    "team": "team",
    "agent": "agent",
    "tier": "tier",
    "product": "product",
}

# A page of more rows than this opens slowly: the first of these cuts is left out, then
# the next. The pages of single sites, teams and agents are smaller and have them.
MOST_ROWS = 250_000
LEAVES_OUT = ("agent", "product", "segment")

# What single marts are cut by beside: hours of the day, value bands do not filter.
EXTRA_CUTS = {
    "kpi_contacts_daily": ("local_hour",),
    "kpi_telephony_daily": ("local_hour",),
    "kpi_perception_daily": ("dimension",),
    "answers_by_score": ("answer",),
}

# Counted answers by the score given, which no KPI is made of and which show its shape.
ANSWERS = """(
    select
        answered_date as date_day,
        channel,
        coalesce(contact_reason, 'unknown') as contact_reason,
        coalesce(segment, 'unknown') as segment,
        coalesce(site, 'unknown') as site,
        coalesce(partner, 'unknown') as partner,
        coalesce(team, 'unknown') as team,
        coalesce(agent_id, 'unknown') as agent,
        coalesce(tier, 'unknown') as tier,
        coalesce(product_category, 'unknown') as product,
        concat_ws(
            '|', question_type, scale_min::integer, scale_max::integer, score::double
        ) as answer,
        1::bigint as answers_counted
    from core.fct_survey_responses
    where is_counted and question_type in ('csat', 'ces')
)"""

# Components that no KPI is made of and a view shows.
SHOWN_COMPONENTS = {
    "nps_promoters",
    "nps_passives",
    "nps_detractors",
    "repurchase_margin_amount",
    "upsell_margin_amount",
    "avoided_cost_amount",
    "ledger_cost_amount",
    "goodwill_amount",
    "support_gain_amount",
    "answers_counted",
}

# Variants that no view shows: durations to the second take more room than all the rest.
LEFT_OUT = {
    "aht_per_leg",
    "first_response_business_time",
    "resolution_business_time",
    "resolution_net_time",
}

# Sums of other components: not written where the sum holds in every row.
SUMS = {
    "support_gain_amount": {
        "repurchase_margin_amount": 1,
        "upsell_margin_amount": 1,
        "avoided_cost_amount": 1,
    },
    "support_cost_amount": {"ledger_cost_amount": 1, "goodwill_amount": 1},
    "support_net_gain_amount": {"support_gain_amount": 1, "support_cost_amount": -1},
    "nps_net_promoters": {"nps_promoters": 1, "nps_detractors": -1},
    "nps_decided": {"nps_promoters": 1, "nps_detractors": 1},
    "nps_answers": {"nps_promoters": 1, "nps_passives": 1, "nps_detractors": 1},
}

# Cuts that go together are written as one: who handled it, what it was about.
GROUPS = (
    ("agent", "team", "tier", "site", "partner", "channel"),
    ("reason", "product", "segment"),
)

MISSING_VALUE = "unknown"


@dataclass(frozen=True)
class Only:
    """The rows of one value of a cut: `Only("team", "Support N1")`."""

    cut: str
    value: str


@dataclass
class Pack:
    """What a page decodes: `meta` as JSON says where each column is in `data`."""

    meta: dict
    data: bytes


@dataclass
class _Writer:
    """Columns one behind the other, each in the fewest bytes that hold it."""

    parts: list[bytes] = field(default_factory=list)
    places: dict[bytes, int] = field(default_factory=dict)
    size: int = 0

    def add(self, values: np.ndarray, decimals: int = 0) -> dict:
        """Write a column; return where it is and how it is read.

        Whole numbers are written as what they are above the smallest, byte planes
        apart, which is what deflate packs best; others as they are. What is there
        already is not written again.
        """
        base, kind = 0, values.dtype.type if values.dtype.kind == "f" else np.float64
        if values.dtype.kind in "iu" and len(values):
            base = int(values.min())
            span = int(values.max()) - base
            for narrower in (np.uint32, np.uint16, np.uint8):
                if span <= np.iinfo(narrower).max:
                    kind = narrower
        if kind in (np.float32, np.float64):
            base = 0
        array = (values - base).astype(kind)
        planes = array.view(np.uint8).reshape(len(array), -1).T if len(array) else array
        part = np.ascontiguousarray(planes).tobytes()
        if part not in self.places:
            self.places[part] = self.size
            self.parts.append(part)
            self.size += len(part)
        more = {"base": base, "decimals": decimals, "float": array.dtype.kind == "f"}
        where = {"at": self.places[part], "width": array.itemsize}
        return where | {name: value for name, value in more.items() if value}

    def joined(self) -> bytes:
        return b"".join(self.parts)


def read_pack(published: str, only: Only | None = None) -> Pack:
    """Read the published database into a pack, of one scope's rows or of all."""
    with duckdb.connect() as connection:
        path = published.replace("'", "''")
        connection.execute(f"attach '{path}' as marts (read_only)")
        connection.execute("use marts")
        return _read(connection, only)


def _read(connection: duckdb.DuckDBPyConnection, only: Only | None) -> Pack:
    columns = _columns(connection)
    facts = [name for name in FACTS if only is None or CUTS[only.cut] in columns[name]]
    kpis = read_rows(connection, "select * from kpis.dim_kpi order by kpi_id")
    squares = {kpi["squares_component"]: kpi["numerator_component"] for kpi in kpis}
    used = {
        kpi[name]
        for kpi in kpis
        for name in kpi
        if name.endswith("_component") and kpi["kpi_id"] not in LEFT_OUT
    }
    periods = read_rows(connection, PERIODS)
    first = connection.sql("select min(date_day) from core.dim_date").fetchall()[0][0]
    kept = _kept_cuts(connection, only)
    values = _dictionaries(connection, facts, columns, kept, only)
    writer, tables, taken = _Writer(), [], set()
    for name in facts:
        components = [
            column
            for column in columns[name]
            if column in (used | SHOWN_COMPONENTS) - taken
        ]
        taken.update(components)
        tables.append(
            _table(
                connection,
                writer,
                name,
                components,
                columns,
                kept,
                squares,
                first,
                only,
            )
        )
    meta = {
        "firstDay": first,
        "periods": periods,
        "values": {cut: values.get(cut, []) for cut in (*CUTS, *values)},
        "labels": _labels(connection),
        "kpis": kpis,
        "targets": read_rows(connection, TARGETS),
        "alerts": read_rows(connection, _alerts(only)),
        "coverage": read_rows(connection, COVERAGE) if only is None else [],
        "health": _health(connection) if only is None else [],
        "tables": tables,
        "lists": _lists(connection, only),
        "percentiles": _percentiles(connection, writer) if only is None else None,
        "peers": _peers(connection, only),
    }
    return Pack(meta, writer.joined())


PERIODS = """
select
    period_grain as grain,
    period_start_date as start,
    period_end_date as end,
    previous_period_start_date as previous,
    last_landed_date as last
from core.dim_periods
order by period_grain, period_start_date
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


def _alerts(only: Only | None) -> str:
    where = (
        "true" if only is None else f"cut = '{only.cut}' and {_is(only, 'cut_value')}"
    )
    return f"""
        select * exclude (rows_query)
        from kpis.rpt_kpi_alerts
        where {where}
        order by severity = 'red' desc, evidence desc nulls last, alert_id
    """


def _is(only: Only, column: str) -> str:
    return f"{column} = {_quoted([only.value])}"


def _quoted(texts: Iterable[str]) -> str:
    """Texts as SQL writes them, one after the other."""
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Return the columns of each KPI mart with their types."""
    rows = connection.sql("""
        select table_name, column_name, data_type
        from information_schema.columns
        where table_catalog = 'marts' and table_schema = 'kpis'
        order by table_name, ordinal_position
    """).fetchall()
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        columns.setdefault(table, {})[column] = kind
    described = connection.sql(f"describe select * from {ANSWERS}").fetchall()
    return columns | {"answers_by_score": {row[0]: row[1] for row in described}}


def _source(name: str) -> str:
    return ANSWERS if name == "answers_by_score" else f"kpis.{name}"


def _health(connection: duckdb.DuckDBPyConnection) -> list[dict]:
    if "rpt_build_health" not in _columns(connection):
        return []
    return read_rows(connection, "select * from kpis.rpt_build_health order by all")


def _kept_cuts(
    connection: duckdb.DuckDBPyConnection, only: Only | None
) -> dict[str, str]:
    """Return the cuts a page has room for."""
    kept = dict(CUTS)
    for cut in LEAVES_OUT:
        selected = ", ".join(kept.values())
        rows = connection.sql(
            "select count(*) from (select distinct date_day, local_hour, "
            f"{selected} from kpis.kpi_contacts_daily where {_where(only)})"
        ).fetchall()[0][0]
        if rows <= MOST_ROWS:
            break
        if only is None or only.cut != cut:
            del kept[cut]
    return kept


def _cuts_of(
    name: str, columns: dict[str, dict[str, str]], kept: dict[str, str]
) -> dict[str, str]:
    cuts = kept | {cut: cut for cut in EXTRA_CUTS.get(name, ())}
    return {cut: column for cut, column in cuts.items() if column in columns[name]}


def _dictionaries(
    connection: duckdb.DuckDBPyConnection,
    facts: Iterable[str],
    columns: dict[str, dict[str, str]],
    kept: dict[str, str],
    only: Only | None,
) -> dict[str, list[str]]:
    """Number the values of each cut, as a type of the connection; return them."""
    values = {}
    extra = {cut: cut for cuts in EXTRA_CUTS.values() for cut in cuts}
    for cut, column in (kept | extra).items():
        parts = [
            f"select {column} as value from {_source(name)} where {_where(only)}"
            for name in facts
            if cut in _cuts_of(name, columns, kept)
        ]
        query = " union ".join(parts) or "select 'unknown' as value"
        found = connection.sql(
            f"select distinct value from ({query}) order by 1"
        ).fetchall()
        values[cut] = [row[0] for row in found] or [MISSING_VALUE]
        connection.execute(
            f"create type memory.{cut}_values as enum ({_quoted(values[cut])})"
        )
    return values


def _where(only: Only | None) -> str:
    return "true" if only is None else _is(only, CUTS[only.cut])


def _table(
    connection: duckdb.DuckDBPyConnection,
    writer: _Writer,
    name: str,
    components: list[str],
    columns: dict[str, dict[str, str]],
    kept: dict[str, str],
    squares: dict[str, str],
    first: date,
    only: Only | None,
) -> dict:
    """Write one mart, summed to what a page filters by, in the order of time."""
    kinds, cuts = columns[name], _cuts_of(name, columns, kept)
    is_daily = "date_day" in kinds
    time = f"date_day - date '{first}'" if is_daily else "place"
    decimals = {component: _decimals(kinds[component]) for component in components}
    sums = [_sum(component, decimals, squares) for component in components]
    codes = [
        f"enum_code({column}::memory.{cut}_values) as {cut}"
        for cut, column in cuts.items()
    ]
    source = _source(name) if is_daily else _placed(name)
    selected = ", ".join([f"({time})::integer as time", *codes, *sums])
    read = connection.execute(f"""
        select {selected}
        from {source}
        where {_where(only)}
        group by all
        order by all
    """).fetchnumpy()
    filled = {column: np.ma.getdata(values) for column, values in read.items()}
    groups = [
        _grouped(filled, [cut for cut in group if cut in cuts]) for group in GROUPS
    ]
    order = np.lexsort([code for code, _ in groups[::-1]] + [filled["time"]])
    filled = {column: values[order] for column, values in filled.items()}
    single = set(cuts) - {cut for group in GROUPS for cut in group}
    return {
        "name": name,
        "rows": len(order),
        "isDaily": is_daily,
        "time": writer.add(filled["time"]),
        "groups": [
            writer.add(code[order]) | {"cuts": values} for code, values in groups
        ],
        "cuts": {cut: writer.add(filled[cut]) for cut in sorted(single)},
        "components": {
            component: _component(
                component, filled, decimals, squares, is_daily, writer
            )
            for component in components
        },
    }


def _grouped(
    filled: dict[str, np.ndarray], cuts: list[str]
) -> tuple[np.ndarray, dict[str, list[int]]]:
    """Return one code for several cuts, and for each of them its value by code."""
    together = np.zeros(len(filled["time"]), np.int64)
    for cut in cuts:
        together = _next(together, filled[cut])
    _, first, code = np.unique(together, return_index=True, return_inverse=True)
    return code, {cut: filled[cut][first].tolist() for cut in cuts}


def _next(together: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Number the pairs of two codes: they stay small, however many cuts there are."""
    _, dense = np.unique(together, return_inverse=True)
    return dense.astype(np.int64) * 65536 + codes


def _component(
    component: str,
    filled: dict[str, np.ndarray],
    decimals: dict[str, int],
    squares: dict[str, str],
    is_daily: bool,
    writer: _Writer,
) -> dict:
    """Write a component, or of which others it is the sum."""
    values = filled[component]
    parts = SUMS.get(component)
    if parts and set(parts) <= set(filled):
        total = sum(
            sign * filled[part].astype(np.int64) for part, sign in parts.items()
        )
        if np.array_equal(total, values):
            return {"sumOf": parts, "decimals": decimals[component]}
    if _is_squared(component):
        # seven digits are enough for an interval; a whole period's squares need more
        where = writer.add(values.astype(np.float32) if is_daily else values)
        return where | {"squareOf": squares[component]}
    return writer.add(values, decimals[component])


def _placed(name: str) -> str:
    """A mart by period, with the place of its period in the list of a page."""
    return f"""(
        select marts.*, periods.place
        from kpis.{name} as marts
        inner join (
            select *, row_number() over (order by period_grain, period_start_date) - 1
                as place
            from core.dim_periods
        ) as periods using (period_grain, period_start_date)
    )"""


def _is_squared(component: str) -> bool:
    return component.endswith("_squared")


def _decimals(kind: str) -> int:
    return int(kind.rstrip(")").split(",")[1]) if kind.startswith("DECIMAL") else 0


def _sum(component: str, decimals: dict[str, int], squares: dict[str, str]) -> str:
    """The sum of a component: in whole units of its last decimal, as money must be.

    Squares are written as what they are above the square of the sum: nothing, for all
    the rows of one observation.
    """
    if _is_squared(component):
        decimals[component] = 0
        total = f"sum({squares[component]})::decimal(19, 4)"
        return f"(sum({component}) - {total} * {total})::double as {component}"
    factor = 10 ** decimals[component]
    return f"(sum({component}) * {factor})::bigint as {component}"


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


def _lists(
    connection: duckdb.DuckDBPyConnection, only: Only | None
) -> dict[str, list[dict]]:
    """Return what is shown line by line, of one scope where it can be told."""
    fact_column = {"agent": "agent_id", "product": "product_category"}
    where = "true"
    if only is not None:
        where = _is(only, fact_column.get(only.cut, CUTS[only.cut]))
    lists = {"lowScores": read_rows(connection, LOW_SCORES.format(where=where))}
    if only is None or only.cut in ("channel", "reason", "team"):
        where = "true" if only is None else _is(only, CUTS[only.cut])
        lists["dearest"] = read_rows(connection, DEAREST.format(where=where))
    return lists


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
        where cut = 'agent' and cut_value != 'unknown' and not {_is(only, "cut_value")}
            and status != 'insufficient_data'
            and period_grain in ('month', 'quarter', 'year', 'all')
        group by all
        having count(*) >= {PEERS}
        order by all
        """,
    )


def _percentiles(connection: duckdb.DuckDBPyConnection, writer: _Writer) -> dict:
    """Write medians and 90th percentiles: they add up over nothing, so as they are."""
    names = ("duration_id", "cut", "cut_value")
    values = {}
    for name in names:
        found = connection.sql(
            f"select distinct {name} from kpis.rpt_kpi_percentiles order by 1"
        ).fetchall()
        values[name] = [row[0] for row in found]
    places = ", ".join(
        f"(list_position([{_quoted(values[name])}], {name}) - 1)::integer as {name}"
        for name in names
    )
    read = connection.execute(f"""
        select
            place::integer as time, {places},
            sample_size, round(median_duration * 10)::bigint as median,
            round(p90_duration * 10)::bigint as p90
        from {_placed("rpt_kpi_percentiles")}
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
