"""The scorecard in a terminal: every KPI against its target, in English or French."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

TEXTS: Mapping[str, Mapping[str, str]] = {
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
        "to": "to",
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
        "to": "à",
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

# Number format and what follows the number, by `dim_kpi.unit` in lower case.
# Values of other units are bare numbers.
UNITS = {
    "percent": (",.1f", " %"),
    "points": ("+,.1f", ""),
    "eur": (",.2f", " €"),
    "scale_1_7": (",.2f", ""),
    "count": (",.0f", ""),
    "seconds": (",.0f", " s"),
}
OTHER_UNIT = (",.2f", "")

MISSING = "—"

# In less, as in most logs, the table would cut figures short; a long line loses none.
MIN_WIDTH = 120

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
order by dim_kpi.family, label
"""

COVERAGE = """
select label_{language} as label, numerator, denominator, share
from kpis.rpt_kpi_coverage
order by coverage_id
"""


def print_scorecard(database: Path, console: Console, *, language: str = "en") -> None:
    """Print each KPI's latest closed month and all periods, then the coverage.

    `share` of the coverage is a fraction of 1; KPI values are in their own units.
    Raises `ValueError` for a language other than en and fr.
    """
    if language not in TEXTS:
        raise ValueError(
            f"no such language: {language} ({' or '.join(TEXTS)} expected)"
        )
    texts = TEXTS[language]
    with duckdb.connect(database, read_only=True) as connection:
        scores = _rows(connection, SCORES.format(language=language))
        coverage = _rows(connection, COVERAGE.format(language=language))
    width = console.width
    console.width = max(width, MIN_WIDTH)
    console.print(_table(scores, language))
    console.width = width
    if any(row["is_final"] is False for row in scores):
        console.print(texts["provisional"], style="dim")
    console.print(f"\n[bold]{texts['coverage']}[/bold]")
    for row in coverage:
        console.print(Text("  " + _coverage(row, language)))


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict]:
    result = connection.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _table(scores: list[dict], language: str) -> Table:
    texts = TEXTS[language]
    table = Table(title=texts["title"], title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column(texts["kpi"])
    table.add_column(texts["month"], no_wrap=True)
    for name in ("value", "interval", "target"):
        table.add_column(texts[name], justify="right", no_wrap=True)
    table.add_column(texts["status"])
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


def format_value(value: float | None, unit: str, language: str) -> str:
    """Return a value with its unit: `76.8 %`, `+30.2`, in French `4,35 €`."""
    if value is None:
        return MISSING
    form, suffix = UNITS.get(unit.lower(), OTHER_UNIT)
    return _number(value, form, language) + suffix


def _number(value: float, form: str, language: str) -> str:
    text = format(value, form)
    if language == "fr":
        # A narrow no-break space between thousands, then a decimal comma.
        text = text.replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")
    return text


def _month(row: dict, language: str) -> str:
    month = row["period_start_date"]
    if month is None or (row["kpi_value"] is None and not row["is_final"]):
        return MISSING
    text = month.strftime("%m/%Y" if language == "fr" else "%Y-%m")
    return text if row["is_final"] else text + "*"


def _interval(row: dict, language: str) -> str:
    low, high = row["interval_low"], row["interval_high"]
    if low is None or high is None:
        return MISSING
    form, _ = UNITS.get(row["unit"].lower(), OTHER_UNIT)
    return (
        f"{_number(low, form, language)} {TEXTS[language]['to']} "
        f"{format_value(high, row['unit'], language)}"
    )


def _coverage(row: dict, language: str) -> str:
    share = MISSING
    if row["share"] is not None:
        share = _number(row["share"], ".1%", language).replace("%", " %")
    counts = (
        f"{format_value(row['numerator'], 'count', language)} "
        f"{TEXTS[language]['of']} {format_value(row['denominator'], 'count', language)}"
    )
    return f"{row['label']}{TEXTS[language]['colon']}{share} ({counts})"
