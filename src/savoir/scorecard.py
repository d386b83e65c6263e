"""The scorecard in a terminal: every KPI against its target, in English or French."""

from pathlib import Path

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from savoir.printing import (
    BETWEEN,
    MISSING,
    Texts,
    format_interval,
    format_month,
    format_value,
    read_rows,
    texts_in,
)

TEXTS: Texts = {
    "en": {
        "title": "Scorecard",
        "kpi": "KPI",
        "month": "Month",
        "value": "Value",
        "interval": "95 % interval",
        "target": "Target",
        "status": "Status",
        "sample": "Sample",
        "previous": "Previous",
        "all": "All periods",
        "of": "of",
        "colon": ": ",
        "coverage": "Coverage",
        "provisional": "* provisional: the month may still change",
        "green": "green",
        "amber": "amber",
        "red": "red",
        "insufficient_data": "too few",
        "no_target": "no target",
    },
    "fr": {
        "title": "Tableau de bord",
        "kpi": "Indicateur",
        "month": "Mois",
        "value": "Valeur",
        "interval": "Intervalle 95 %",
        "target": "Objectif",
        "status": "État",
        "sample": "Effectif",
        "previous": "Avant",
        "all": "Ensemble",
        "of": "sur",
        "colon": " : ",
        "coverage": "Couverture",
        "provisional": "* provisoire : le mois peut encore changer",
        "green": "vert",
        "amber": "orange",
        "red": "rouge",
        "insufficient_data": "trop peu",
        "no_target": "sans objectif",
    },
}

STYLES = {"green": "green", "amber": "yellow", "red": "bold red"}

# In less, as in most logs, the table would cut figures short; a long line loses none.
MIN_WIDTH = 120

# The letters of "objectif": a status may take two lines, no word of it is cut.
LONGEST_STATUS_WORD = 8

# One month per KPI: the latest closed one, else the latest with a value.
SCORES = """
with months as (
    select
        *,
        is_mature and not is_provisional as is_final
    from kpis.rpt_kpi_scorecard
    where period_grain = 'month' and cut = 'overall'
    qualify row_number() over (
        partition by kpi_id
        order by
            is_final desc,
            is_final or kpi_value is not null desc,
            period_start_date desc
    ) = 1
),

all_periods as (
    select kpi_id, kpi_value
    from kpis.rpt_kpi_scorecard
    where period_grain = 'all' and cut = 'overall'
)

select
    dim_kpi.family,
    dim_kpi.label_{language} as label,
    dim_kpi.unit,
    dim_kpi.direction,
    months.period_start_date,
    months.is_final,
    months.kpi_value,
    months.interval_low,
    months.interval_high,
    months.target_value,
    months.status,
    months.sample_size,
    months.previous_value,
    all_periods.kpi_value as all_value
from kpis.dim_kpi
left join months using (kpi_id)
left join all_periods using (kpi_id)
where dim_kpi.role = 'kpi'
order by dim_kpi.family, label
"""

# A share is a fraction of 1, the value of a guard is in percent already.
COVERAGE = """
with shares as (
    select
        1 as place,
        coverage_id as line_id,
        label_{language} as label,
        numerator,
        denominator,
        100 * share as percent
    from kpis.rpt_kpi_coverage
),

guards as (
    select
        2 as place,
        dim_kpi.kpi_id as line_id,
        dim_kpi.label_{language} as label,
        scorecard.numerator,
        scorecard.denominator,
        scorecard.kpi_value as percent
    from kpis.dim_kpi
    left join kpis.rpt_kpi_scorecard as scorecard
        on
            dim_kpi.kpi_id = scorecard.kpi_id
            and scorecard.period_grain = 'all'
            and scorecard.cut = 'overall'
    where dim_kpi.role = 'guard'
)

select label, numerator, denominator, percent
from (from shares union all from guards)
order by place, line_id
"""


def print_scorecard(database: Path, console: Console, *, language: str = "en") -> None:
    """Print each KPI's latest closed month and all periods, then the coverage.

    Variants of a KPI are left out; guards stand with the coverage. Raises `ValueError`
    for a language other than en and fr.
    """
    texts = texts_in(TEXTS, language)
    with duckdb.connect(database, read_only=True) as connection:
        scores = read_rows(connection, SCORES.format(language=language))
        coverage = read_rows(connection, COVERAGE.format(language=language))
    width = console.width
    console.width = max(width, MIN_WIDTH)
    console.print(_table(scores, language))
    console.width = width
    if any(row["is_final"] is False for row in scores):
        console.print(texts["provisional"], style="dim")
    console.print(f"\n[bold]{texts['coverage']}[/bold]")
    for row in coverage:
        console.print(Text("  " + _coverage(row, language)))


def _table(scores: list[dict], language: str) -> Table:
    texts = TEXTS[language]
    table = Table(
        title=texts["title"],
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column(texts["kpi"], overflow="fold")
    table.add_column(texts["month"], no_wrap=True)
    for name in ("value", "interval", "target"):
        table.add_column(texts[name], justify="right", no_wrap=True)
    table.add_column(texts["status"], min_width=LONGEST_STATUS_WORD)
    for name in ("sample", "previous", "all"):
        table.add_column(texts[name], justify="right", no_wrap=True)
    for row, following in zip(scores, [*scores[1:], None], strict=True):
        table.add_row(
            *_cells(row, language),
            end_section=following is not None and following["family"] != row["family"],
        )
    return table


def _cells(row: dict, language: str) -> list[Text]:
    def value(name: str) -> str:
        return format_value(row[name], row["unit"], language)

    target = value("target_value")
    arrow = {"up": "↑ ", "down": "↓ "}.get(row["direction"], "")
    status = row["status"]
    return [
        Text(row["label"]),
        Text(_month(row, language)),
        Text(value("kpi_value"), style="bold"),
        Text(_interval(row, language)),
        Text(target if target == MISSING else arrow + target),
        Text(
            TEXTS[language].get(status, status) if status else MISSING,
            style=STYLES.get(status, "dim"),
        ),
        Text(format_value(row["sample_size"], "count", language)),
        Text(value("previous_value")),
        Text(value("all_value")),
    ]


def _month(row: dict, language: str) -> str:
    month = row["period_start_date"]
    if month is None or (row["kpi_value"] is None and not row["is_final"]):
        return MISSING
    text = format_month(month, language)
    return text if row["is_final"] else text + "*"


def _interval(row: dict, language: str) -> str:
    text = format_interval(
        row["interval_low"], row["interval_high"], row["unit"], language
    )
    if row["unit"] != "seconds":
        return text
    # two durations side by side would leave no room for the names
    between = f" {BETWEEN[language]} "
    return text.replace(between, between.rstrip() + "\n")


def _coverage(row: dict, language: str) -> str:
    share = format_value(row["percent"], "percent", language)
    counts = (
        f"{format_value(row['numerator'], 'count', language)} "
        f"{TEXTS[language]['of']} {format_value(row['denominator'], 'count', language)}"
    )
    return f"{row['label']}{TEXTS[language]['colon']}{share} ({counts})"
