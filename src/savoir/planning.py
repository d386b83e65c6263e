"""The forecast and the agents it asks for, in a terminal or on a Markdown page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table

from savoir.printing import (
    MISSING,
    Texts,
    format_date,
    format_number,
    format_value,
    read_rows,
    texts_in,
)

TEXTS: Texts = {
    "en": {
        "expected": "Contacts expected in the weeks from",
        "quality": "How far off the forecast was on days it did not know "
        "(in brackets: the same weekday of the week before)",
        "channel": "Channel",
        "agents": "Most agents at once",
        "paid_hours": "Hours to pay",
        "method": "Method",
        "days": "Days",
        "wape": "Days off by",
        "weekly_wape": "Weeks off by",
        "mase": "MASE",
        "interval_coverage": "In the interval",
        "better": "Better?",
        "yes": "yes",
        "no": "no",
        "seasonal_naive": "last week",
        "ets": "smoothing",
        "regression": "regression",
    },
    "fr": {
        "expected": "Demandes attendues par semaine à partir du",
        "quality": "Écart de la prévision les jours qu'elle ne connaissait pas "
        "(entre parenthèses : le même jour de la semaine d'avant)",
        "channel": "Canal",
        "agents": "Agents au plus fort",
        "paid_hours": "Heures à payer",
        "method": "Méthode",
        "days": "Jours",
        "wape": "Écart par jour",
        "weekly_wape": "Écart par semaine",
        "mase": "MASE",
        "interval_coverage": "Dans l'intervalle",
        "better": "Meilleur ?",
        "yes": "oui",
        "no": "non",
        "seasonal_naive": "semaine d'avant",
        "ets": "lissage",
        "regression": "régression",
    },
}

EXPECTED = """
with weeks as (
    select
        channel,
        date_day - ((date_day - min(date_day) over ()) % 7)::int as week_start_date,
        expected_contacts
    from kpis.rpt_volume_forecast
),

agents as (
    select
        channel,
        max(coalesce(agents_erlang_a, agents_erlang_c)) as agents,
        sum(paid_hours) as paid_hours
    from kpis.rpt_staffing_need
    group by all
)

select
    weeks.channel,
    channels.label_{language} as label,
    weeks.week_start_date,
    sum(weeks.expected_contacts) as expected_contacts,
    any_value(agents.agents) as agents,
    any_value(agents.paid_hours) as paid_hours
from weeks
left join agents using (channel)
left join reference.channels as channels using (channel)
group by all
order by weeks.channel, weeks.week_start_date
"""

QUALITY = """
select
    quality.*,
    channels.label_{language} as label
from kpis.rpt_forecast_quality as quality
left join reference.channels as channels using (channel)
where quality.is_chosen
order by channel, metric
"""

METRICS = ("wape", "weekly_wape", "mase", "interval_coverage")
MARK = re.compile(r"(<!-- figures .*?-->\n).*?(<!-- end of figures -->)", re.DOTALL)


@dataclass(frozen=True)
class Said:
    """A table as text: what it is about, its heads, its rows."""

    title: str
    heads: list[str]
    rows: list[list[str]]


def print_forecast(database: Path, console: Console, language: str = "en") -> None:
    """Print what to expect by channel and week, and how good such forecasts were."""
    for said in tables(database, language):
        table = Table(
            title=said.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
        )
        for place, head in enumerate(said.heads):
            table.add_column(head, justify="right" if place else "left")
        for row in said.rows:
            table.add_row(*row)
        console.print(table)


def write_page(database: Path, page: Path) -> None:
    """Write the tables, in English, between the marks of a Markdown page.

    Raises `ValueError` for a page without marks.
    """
    text = page.read_text(encoding="utf-8")
    if not MARK.search(text):
        raise ValueError("no marks to write figures between")
    found = "\n".join(_markdown(said) for said in tables(database, "en"))
    written = MARK.sub(lambda marks: f"{marks[1]}\n{found}\n{marks[2]}", text)
    page.write_text(written, encoding="utf-8")


def tables(database: Path, language: str) -> Iterator[Said]:
    """Yield the forecast by channel and week, then its quality by channel."""
    texts_in(TEXTS, language)
    with duckdb.connect(database, read_only=True) as connection:
        expected = read_rows(connection, EXPECTED.format(language=language))
        quality = read_rows(connection, QUALITY.format(language=language))
    yield _expected(expected, language)
    yield _quality(quality, language)


def _expected(rows: list[dict], language: str) -> Said:
    texts = TEXTS[language]
    weeks = sorted({row["week_start_date"] for row in rows})
    lines = []
    for channel in dict.fromkeys(row["channel"] for row in rows):
        of_channel = [row for row in rows if row["channel"] == channel]
        counts = {
            row["week_start_date"]: row["expected_contacts"] for row in of_channel
        }
        first = of_channel[0]
        lines.append(
            [
                first["label"] or channel,
                *(format_value(counts.get(week), "count", language) for week in weeks),
                format_value(first["agents"], "count", language),
                format_value(first["paid_hours"], "count", language),
            ]
        )
    starts = [format_date(week, language) for week in weeks]
    heads = [texts["channel"], *starts, texts["agents"], texts["paid_hours"]]
    return Said(texts["expected"], heads, lines)


def _quality(rows: list[dict], language: str) -> Said:
    texts = TEXTS[language]
    lines = []
    for channel in dict.fromkeys(row["channel"] for row in rows):
        of = {row["metric"]: row for row in rows if row["channel"] == channel}
        cells = [_metric(of[metric], language) for metric in METRICS]
        better = all(of[metric]["is_better_than_baseline"] for metric in METRICS[:3])
        first = of["wape"]
        days = format_value(first["days"], "count", language)
        lines.append(
            [
                first["label"] or channel,
                texts[first["method"]],
                days,
                *cells,
                texts["yes" if better else "no"],
            ]
        )
    heads = [texts[h] for h in ("channel", "method", "days", *METRICS, "better")]
    return Said(texts["quality"], heads, lines)


def _metric(row: dict, language: str) -> str:
    """Return a value, and the baseline's in brackets."""
    form, suffix = ("z,.2f", "") if row["metric"] == "mase" else ("z,.0f", " %")
    found = [
        MISSING if value is None else format_number(value, form, language)
        for value in (row["metric_value"], row["baseline_value"])
    ]
    return f"{found[0]} ({found[1]}){suffix}"


def _markdown(said: Said) -> str:
    rows = [said.heads, ["---", *["---:"] * (len(said.heads) - 1)], *said.rows]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"**{said.title}**", "", *lines, ""])
