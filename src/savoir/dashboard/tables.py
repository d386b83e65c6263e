"""The KPI marts as tables of a pack: summed to the cuts that a page filters by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import duckdb
import numpy as np

from savoir.dashboard.columns import Writer, grouped

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

# A page of more contacts than this, all of them different, opens slowly: single days
# are kept of the newest months only, then the first of these cuts is left out, then the
# next. The pages of single sites, teams and agents are smaller and have them. After
# that a page grows with days and cuts and no longer with contacts.
MOST_ROWS = 100_000
MONTHS_OF_DAYS = 13
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
        coalesce(channel, 'unknown') as channel,
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
    "retained_margin_low_amount",
    "upsell_margin_amount",
    "avoided_cost_amount",
    "repeat_avoided_cost_amount",
    "ledger_cost_amount",
    "goodwill_amount",
    "support_gain_amount",
    "support_gain_low_amount",
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
        "repeat_avoided_cost_amount": 1,
    },
    "support_gain_low_amount": {
        "retained_margin_low_amount": 1,
        "upsell_margin_amount": 1,
        "avoided_cost_amount": 1,
        "repeat_avoided_cost_amount": 1,
    },
    "support_cost_amount": {"ledger_cost_amount": 1, "goodwill_amount": 1},
    "support_cost_judged_amount": {"support_cost_amount": 1},
    "support_net_gain_amount": {"support_gain_amount": 1, "support_cost_amount": -1},
    "support_net_gain_low_amount": {
        "support_gain_low_amount": 1,
        "support_cost_judged_amount": -1,
    },
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


@dataclass(frozen=True)
class Marts:
    """The published marts, attached as `marts`: all rows, or those of one scope."""

    connection: duckdb.DuckDBPyConnection
    only: Only | None
    squares: dict[str, str]  # of which component a component holds the squares

    @cached_property
    def first_day(self) -> date:
        """The day that days are counted from."""
        query = "select min(date_day) from core.dim_date"
        return self.connection.sql(query).fetchall()[0][0]

    @cached_property
    def columns(self) -> dict[str, dict[str, str]]:
        """The columns of each KPI mart with their types."""
        rows = self.connection.sql("""
            select table_name, column_name, data_type
            from information_schema.columns
            where table_catalog = 'marts' and table_schema = 'kpis'
            order by table_name, ordinal_position
        """).fetchall()
        columns: dict[str, dict[str, str]] = {}
        for table, column, kind in rows:
            columns.setdefault(table, {})[column] = kind
        answers = self.connection.sql(f"describe select * from {ANSWERS}").fetchall()
        return columns | {"answers_by_score": {row[0]: row[1] for row in answers}}

    @property
    def facts(self) -> list[str]:
        """The marts whose rows can be told to be of the scope."""
        return [
            name
            for name in FACTS
            if self.only is None or CUTS[self.only.cut] in self.columns[name]
        ]

    @property
    def where(self) -> str:
        """The condition on the rows of a mart."""
        return "true" if self.only is None else is_only(self.only, CUTS[self.only.cut])

    @cached_property
    def days_since(self) -> date:
        """The first day of those that stand singly; older ones stand by month."""
        if self._different_contacts(CUTS, self.first_day) <= MOST_ROWS:
            return self.first_day
        return self.connection.sql(f"""
            select greatest(
                date_trunc('month', max(last_landed_date))
                - interval {MONTHS_OF_DAYS - 1} month,
                date '{self.first_day}'
            )::date
            from core.dim_periods
        """).fetchall()[0][0]

    @cached_property
    def kept(self) -> dict[str, str]:
        """The cuts that a page has room for, each with its column."""
        kept = dict(CUTS)
        for cut in LEAVES_OUT:
            if self._different_contacts(kept, self.days_since) <= MOST_ROWS:
                break
            if self.only is None or self.only.cut != cut:
                del kept[cut]
        return kept

    def _different_contacts(self, cuts: dict[str, str], days_since: date) -> int:
        """Return how many rows contacts take that differ by these cuts and days."""
        day = self._day("", days_since)
        return self.connection.sql(
            f"select count(*) from (select distinct {day}, {', '.join(cuts.values())} "
            f"from kpis.kpi_contacts_daily where {self.where})"
        ).fetchall()[0][0]

    def _day(self, name: str, days_since: date) -> str:
        """The day that a row of a mart is written at: its own, or one of its month.

        Sums of months stay what they are. Where hours are told, weekdays are too: an
        old day stands at the first of its weekday in the month.
        """
        first = (
            f"greatest(date_trunc('month', date_day), date '{self.first_day}')::date"
        )
        step = f"((date_day - {first}) % 7)::integer" if EXTRA_CUTS.get(name) else "0"
        return f"if(date_day < date '{days_since}', {first} + {step}, date_day)"

    @property
    def periods(self) -> str:
        """The periods that a page can answer for, as a query in the order of places."""
        return f"""
            select *
            from core.dim_periods
            where period_grain not in ('day', 'week')
                or period_start_date >= date '{self.days_since}'
            order by period_grain, period_start_date
        """

    def placed(self, name: str) -> str:
        """Return a mart by period, with the places of the page's periods."""
        return f"""(
            select marts.*, periods.place
            from kpis.{name} as marts
            inner join (
                select *, row_number() over (
                    order by period_grain, period_start_date
                ) - 1 as place
                from ({self.periods})
            ) as periods using (period_grain, period_start_date)
        )"""

    def cuts_of(self, name: str) -> dict[str, str]:
        """Return the cuts that a mart knows, each with its column."""
        cuts = self.kept | {cut: cut for cut in EXTRA_CUTS.get(name, ())}
        known = self.columns[name]
        return {cut: column for cut, column in cuts.items() if column in known}

    def number_values(self) -> dict[str, list[str]]:
        """Number the values of each cut, as a type of the connection; return them."""
        values = {}
        extra = {cut: cut for cuts in EXTRA_CUTS.values() for cut in cuts}
        for cut, column in (self.kept | extra).items():
            parts = [
                f"select {column} as value from {_source(name)} where {self.where}"
                for name in self.facts
                if cut in self.cuts_of(name)
            ]
            query = " union ".join(parts) or f"select '{MISSING_VALUE}' as value"
            found = self.connection.sql(
                f"select distinct value from ({query}) order by 1"
            ).fetchall()
            values[cut] = [row[0] for row in found] or [MISSING_VALUE]
            self.connection.execute(
                f"create type memory.{cut}_values as enum ({quoted(values[cut])})"
            )
        return values

    def write(self, name: str, components: list[str], writer: Writer) -> dict:
        """Write one mart in the order of time; return where its columns are."""
        cuts = self.cuts_of(name)
        is_daily = "date_day" in self.columns[name]
        decimals = {one: _decimals(self.columns[name][one]) for one in components}
        filled = self._read(name, components, decimals)
        groups = [
            grouped(filled, [cut for cut in group if cut in cuts]) for group in GROUPS
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
                one: self._component(one, filled, decimals[one], is_daily, writer)
                for one in components
            },
        }

    def _read(
        self, name: str, components: list[str], decimals: dict[str, int]
    ) -> dict[str, np.ndarray]:
        """Read a mart: time, codes of the cuts and sums, by name."""
        is_daily = "date_day" in self.columns[name]
        day = self._day(name, self.days_since)
        time = f"{day} - date '{self.first_day}'" if is_daily else "place"
        codes = [
            f"enum_code({column}::memory.{cut}_values) as {cut}"
            for cut, column in self.cuts_of(name).items()
        ]
        sums = [self._sum(component, decimals[component]) for component in components]
        selected = ", ".join([f"({time})::integer as time", *codes, *sums])
        read = self.connection.execute(f"""
            select {selected}
            from {_source(name) if is_daily else self.placed(name)}
            where {self.where}
            group by all
            order by all
        """).fetchnumpy()
        return {column: np.ma.getdata(values) for column, values in read.items()}

    def _sum(self, component: str, decimals: int) -> str:
        """The sum of a component: in whole units of its last decimal, as money must be.

        Squares are written as what they are above the square of the sum: nothing, for
        all the rows of one observation.
        """
        if _is_squared(component):
            total = f"sum({self.squares[component]})::decimal(19, 4)"
            return f"(sum({component}) - {total} * {total})::double as {component}"
        return f"(sum({component}) * {10**decimals})::bigint as {component}"

    def _component(
        self,
        component: str,
        filled: dict[str, np.ndarray],
        decimals: int,
        is_daily: bool,
        writer: Writer,
    ) -> dict:
        """Write a component, or of which others it is the sum."""
        values = filled[component]
        parts = SUMS.get(component)
        if parts and set(parts) <= set(filled):
            signed = [
                sign * filled[part].astype(np.int64) for part, sign in parts.items()
            ]
            if np.array_equal(sum(signed), values):
                return {"sumOf": parts, "decimals": decimals}
        if _is_squared(component):
            # four digits of a day do for an interval, those of a whole period need more
            where = writer.add(_shortened(values) if is_daily else values)
            return where | {"squareOf": self.squares[component]}
        return writer.add(values, decimals)


def is_only(only: Only, column: str) -> str:
    """Return the condition that a column has the value of a scope."""
    return f"{column} = {quoted([only.value])}"


def quoted(texts: Iterable[str]) -> str:
    """Return texts as SQL writes them, one after the other."""
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)


def _source(name: str) -> str:
    return ANSWERS if name == "answers_by_score" else f"kpis.{name}"


def _is_squared(component: str) -> bool:
    return component.endswith("_squared")


def _decimals(kind: str) -> int:
    return int(kind.rstrip(")").split(",")[1]) if kind.startswith("DECIMAL") else 0


def _shortened(values: np.ndarray) -> np.ndarray:
    """Round numbers to 13 binary digits: the others would be most of what they take."""
    bits = values.astype(np.float32).view(np.uint32)
    return ((bits + 0x400) & 0xFFFFF800).astype(np.uint32).view(np.float32)
