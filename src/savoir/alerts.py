"""What to look at now: the standing alerts in a terminal, and which of them are new."""

import json
import os
import tempfile
from collections.abc import Set
from pathlib import Path

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from savoir.printing import (
    MISSING,
    Texts,
    format_date,
    format_interval,
    format_month,
    format_number,
    format_value,
    read_rows,
    texts_in,
)

TEXTS: Texts = {
    "en": {
        "title": "Alerts",
        "none": "No alerts.",
        "alert": "Alert",
        "what": "What",
        "where": "Where and when",
        "value": "Value",
        "certainty": "How sure",
        "red": "red",
        "amber": "amber",
        "new": "NEW",
        "threshold": "threshold crossed",
        "move": "moved more than its interval",
        "drift": "definition drifting",
        "pair": "pair moving against itself",
        "too_low": "too low to be true",
        "and": " and ",
        "colon": ": ",
        "overall": "overall",
        "week": "week of",
        "month": "month",
        "since": "since",
        "before": "before",
        "limit": "threshold",
        "times": "\N{MULTIPLICATION SIGN} its interval",
        "exact": "no interval",
        "alone": "only here",
        "one_other": "1 other line",
        "others": "other lines",
        "rows": "Rows behind the red alerts",
        "channel": "Channel",
        "reason": "Reason",
        "journey_stage": "Stage",
        "product": "Product",
        "team": "Team",
        "tier": "Tier",
        "site": "Site",
        "partner": "Partner",
        "agent": "Agent",
        "region": "Region",
        "segment": "Segment",
        "value_band": "Value",
        "tenure_band": "Tenure",
        "frequency_band": "Frequency",
        "survey": "Survey",
        "dimension": "Dimension",
        "campaign": "Campaign",
    },
    "fr": {
        "title": "Alertes",
        "none": "Aucune alerte.",
        "alert": "Alerte",
        "what": "Quoi",
        "where": "Où et quand",
        "value": "Valeur",
        "certainty": "Certitude",
        "red": "rouge",
        "amber": "orange",
        "new": "NOUVEAU",
        "threshold": "seuil franchi",
        "move": "a bougé plus que son intervalle",
        "drift": "définition qui dérive",
        "pair": "paire qui se contredit",
        "too_low": "trop bas pour être vrai",
        "and": " et ",
        "colon": " : ",
        "overall": "ensemble",
        "week": "semaine du",
        "month": "mois",
        "since": "depuis le",
        "before": "avant",
        "limit": "seuil",
        "times": "\N{MULTIPLICATION SIGN} son intervalle",
        "exact": "sans intervalle",
        "alone": "ici seulement",
        "one_other": "1 autre ligne",
        "others": "autres lignes",
        "rows": "Lignes derrière les alertes rouges",
        "channel": "Canal",
        "reason": "Motif",
        "journey_stage": "Étape",
        "product": "Produit",
        "team": "Équipe",
        "tier": "Niveau",
        "site": "Site",
        "partner": "Partenaire",
        "agent": "Agent",
        "region": "Région",
        "segment": "Segment",
        "value_band": "Valeur",
        "tenure_band": "Ancienneté",
        "frequency_band": "Fréquence",
        "survey": "Enquête",
        "dimension": "Dimension",
        "campaign": "Campagne",
    },
}

STYLES = {"red": "bold red", "amber": "yellow"}

ALERTS = """
select
    alerts.*,
    kpis.label_{language} as label,
    kpis.unit,
    paying.label_{language} as paying_label,
    coalesce(
        channels.label_{language}, reasons.label_{language}, alerts.cut_value
    ) as cut_label
from kpis.rpt_kpi_alerts as alerts
inner join kpis.dim_kpi as kpis on alerts.kpi_id = kpis.kpi_id
left join kpis.dim_kpi as paying on alerts.paying_kpi_id = paying.kpi_id
left join core.dim_channels as channels
    on alerts.cut = 'channel' and alerts.cut_value = channels.channel
left join core.dim_contact_reasons as reasons
    on alerts.cut = 'reason' and alerts.cut_value = reasons.contact_reason
order by alerts.severity = 'red' desc, alerts.evidence desc nulls last, alerts.alert_id
"""


class SeenFileBroken(Exception):
    """The file of the alerts seen before is not a list of alert ids."""


def show_alerts(
    database: Path, seen_file: Path, console: Console, *, language: str = "en"
) -> bool:
    """Print the standing alerts, remember them, return whether a red one is new.

    `seen_file` holds the ids of the alerts that stood at the last run; one that went
    away is forgotten, and so is new when it returns. Raises `SeenFileBroken`, and
    `ValueError` for a language other than en and fr.
    """
    texts = texts_in(TEXTS, language)
    seen = _read_seen(seen_file)
    with duckdb.connect(database, read_only=True) as connection:
        alerts = read_rows(connection, ALERTS.format(language=language))
    if alerts:
        console.print(_table(alerts, seen, language))
        _print_queries(alerts, console, language)
    else:
        console.print(texts["none"])
    _remember(seen_file, {row["alert_id"] for row in alerts})
    return any(
        row["severity"] == "red" and row["alert_id"] not in seen for row in alerts
    )


def _read_seen(seen_file: Path) -> set[str]:
    if not seen_file.exists():
        return set()
    try:
        ids = json.loads(seen_file.read_text(encoding="utf-8"))
    except ValueError as error:  # neither JSON nor even text
        raise SeenFileBroken(f"{seen_file} is not JSON: {error}") from error
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise SeenFileBroken(f"{seen_file} is not a list of alert ids")
    return set(ids)


def _remember(seen_file: Path, ids: Set[str]) -> None:
    text = json.dumps(sorted(ids), ensure_ascii=False, indent=2) + "\n"
    with tempfile.TemporaryDirectory(dir=seen_file.parent, prefix=".new-") as scratch:
        complete = Path(scratch) / seen_file.name
        complete.write_text(text, encoding="utf-8")
        os.replace(complete, seen_file)


def _table(alerts: list[dict], seen: Set[str], language: str) -> Table:
    texts = TEXTS[language]
    table = Table(
        title=texts["title"],
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    # folded, never cut: a figure or a name that lost its end misleads
    table.add_column(texts["alert"], no_wrap=True)
    for name in ("what", "where", "value", "certainty"):
        table.add_column(texts[name], overflow="fold")
    for row in alerts:
        table.add_row(*_cells(row, seen, language), end_section=True)
    return table


def _cells(row: dict, seen: Set[str], language: str) -> list[Text]:
    texts = TEXTS[language]
    severity = Text(texts[row["severity"]], style=STYLES[row["severity"]])
    if row["alert_id"] not in seen:
        severity.append(f"\n{texts['new']}", style="bold")
    return [
        severity,
        Text.assemble((_label(row, language), "bold"), f"\n{texts[row['kind']]}"),
        Text(
            f"{_place(row, language)}\n{_period(row, language)}\n"
            f"{texts['since']} {format_date(row['since_date'], language)}"
        ),
        _value(row, language),
        Text(f"{_evidence(row, language)}\n{_others(row, language)}"),
    ]


def _label(row: dict, language: str) -> str:
    if row["paying_label"] is None:
        return row["label"]
    return row["label"] + TEXTS[language]["and"] + row["paying_label"]


def _place(row: dict, language: str) -> str:
    texts = TEXTS[language]
    if row["cut"] == "overall":
        return texts["overall"]
    return texts.get(row["cut"], row["cut"]) + texts["colon"] + row["cut_label"]


def _period(row: dict, language: str) -> str:
    start, words = row["period_start_date"], TEXTS[language]
    if row["period_grain"] == "month":
        return f"{words['month']} {format_month(start, language)}"
    return f"{words['week']} {format_date(start, language)}"


def _value(row: dict, language: str) -> Text:
    texts, unit = TEXTS[language], row["unit"]
    cell = Text(format_value(row["kpi_value"], unit, language), style="bold")
    if row["interval_low"] is not None:
        interval = format_interval(
            row["interval_low"], row["interval_high"], unit, language
        )
        cell.append(f"\n{interval}", style="not bold")
    before = format_value(row["previous_value"], unit, language)
    cell.append(f"\n{texts['before']} {before}", style="not bold")
    if row["red_value"] is not None:
        limit = format_value(row["red_value"], unit, language)
        cell.append(f"\n{texts['limit']} {limit}", style="not bold")
    return cell


def _evidence(row: dict, language: str) -> str:
    if row["evidence"] is None:
        return MISSING
    # an account is exact: its evidence is a convention, not a measure
    if row["interval_low"] is None:
        return TEXTS[language]["exact"]
    times = format_number(row["evidence"], ".1f", language)
    return f"{times} {TEXTS[language]['times']}"


def _others(row: dict, language: str) -> str:
    texts, others = TEXTS[language], row["other_lines"]
    if others == 0:
        return texts["alone"]
    if others == 1:
        return texts["one_other"]
    return f"{format_value(others, 'count', language)} {texts['others']}"


def _print_queries(alerts: list[dict], console: Console, language: str) -> None:
    red = [row for row in alerts if row["severity"] == "red"]
    if not red:
        return
    console.print(Text(TEXTS[language]["rows"], style="bold"))
    for row in red:
        what = f"{_label(row, language)}, {TEXTS[language][row['kind']]}"
        where = f"{_place(row, language)}, {_period(row, language)}"
        # one line each, however long: a query is pasted, not read
        console.print(Text(f"\n-- {what}, {where}", style="dim"), soft_wrap=True)
        console.print(Text(f"{row['rows_query']};"), soft_wrap=True)
