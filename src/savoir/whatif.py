"""What if: levers of the service moved, and what it would cost and bring in a month."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from savoir.printing import (
    MISSING,
    Texts,
    format_interval,
    format_month,
    format_number,
    format_value,
    read_rows,
    texts_in,
)

TEXTS: Texts = {
    "en": {
        "title": "What if, per month (today: the mean of {first} to {last})",
        "lever": "Change",
        "now": "Today",
        "cost": "Cost",
        "margin": "Margin after contact",
        "service_level": "Service level",
        "roi": "ROI, observed",
        "together": "Together",
        "fcr": "FCR {} points",
        "handle_time": "Handle time {} s",
        "agents": "Agents at the phone {}",
        "automation": "Settled by bots {} points",
        "estimated": "estimated",
        "published": "published",
        "computed": "computed",
        "queue": "queue",
        "points": " points",
        "legend": "estimated: issues of the year against others like them, an "
        "association; computed: if paid hours follow; queue: Erlang A on the forecast; "
        "published: a point of FCR is 1 % of cost (SQM). Effects are added.",
    },
    "fr": {
        "title": "Et si, par mois (aujourd'hui : moyenne de {first} à {last})",
        "lever": "Changement",
        "now": "Aujourd'hui",
        "cost": "Coût",
        "margin": "Marge après contact",
        "service_level": "Taux de décroché",
        "roi": "ROI observé",
        "together": "Ensemble",
        "fcr": "FCR {} points",
        "handle_time": "Traitement {} s",
        "agents": "Agents au téléphone {}",
        "automation": "Réglé par robots {} points",
        "estimated": "estimé",
        "published": "publié",
        "computed": "calculé",
        "queue": "file",
        "points": " points",
        "legend": "estimé : dossiers de l'année face à leurs semblables, une "
        "association ; calculé : si les heures payées suivent ; file : Erlang A sur la "
        "prévision ; "
        "publié : un point de FCR vaut 1 % du coût (SQM). Les effets s'additionnent.",
    },
}

USUAL = {"fcr": 1.0, "handle_time": -10.0, "agents": 1.0, "automation": 1.0}
AMOUNTS = ("cost", "margin")
OUTCOMES = (*AMOUNTS, "service_level", "roi")
MIN_WIDTH = 120


class WhatIfError(Exception):
    """There is nothing to work out, or a change beyond what was worked out."""


@dataclass(frozen=True)
class Effect:
    """What is added to an outcome, with its 95 % interval where it is an estimate."""

    value: float
    low: float | None = None
    high: float | None = None
    source: str | None = None


@dataclass(frozen=True)
class Month:
    """The service in a month as it is: amounts, and percent of calls in time."""

    cost: float
    margin: float | None
    gain: float
    service_level: float | None

    def roi(self, cost: float = 0, margin: float = 0) -> float | None:
        """Return ROI in percent, after changes of cost and of margin."""
        spent = self.cost + cost
        return 100 * (self.gain + margin - spent) / spent if spent > 0 else None


def effect_of(rows: list[dict], lever: str, change: float) -> dict[str, Effect]:
    """Return a lever's effects by outcome, on straight lines between what is known.

    Raises `WhatIfError` for a change beyond them.
    """
    found: dict[str, list[dict]] = {}
    for row in rows:
        if row["lever"] == lever:
            found.setdefault(row["outcome"], []).append(row)
    return {
        outcome: _between(sorted(of, key=lambda row: row["change_value"]), change)
        for outcome, of in found.items()
    }


def _between(rows: list[dict], change: float) -> Effect:
    least, most = rows[0]["change_value"], rows[-1]["change_value"]
    if not least <= change <= most:
        lever = rows[0]["lever"].replace("_", "-")
        raise WhatIfError(f"--{lever} {change:g} is not from {least:g} to {most:g}")
    after = next(row for row in rows if row["change_value"] >= change)
    before = [row for row in rows if row["change_value"] <= change][-1]
    step = after["change_value"] - before["change_value"]
    share = (change - before["change_value"]) / step if step else 0

    def at(name: str) -> float | None:
        if before[name] is None or after[name] is None:
            return None
        return before[name] + share * (after[name] - before[name])

    return Effect(at("effect"), at("effect_low"), at("effect_high"), before["source"])


def together(effects: list[Effect]) -> Effect:
    """Add effects up; their intervals as those of independent estimates."""
    value = sum(effect.value for effect in effects)
    wide = [effect for effect in effects if effect.low is not None]
    if not wide:
        return Effect(value)
    low = value - sqrt(sum((effect.value - effect.low) ** 2 for effect in wide))
    high = value + sqrt(sum((effect.high - effect.value) ** 2 for effect in wide))
    return Effect(value, low, high)


def with_roi(month: Month, effects: dict[str, Effect]) -> dict[str, Effect]:
    """Add what cost and margin do to ROI, from the worst of both to the best."""
    none = Effect(0.0)
    cost, margin = (effects.get(outcome, none) for outcome in AMOUNTS)
    now, then = month.roi(), month.roi(cost.value, margin.value)
    if now is None or then is None or not effects.keys() & set(AMOUNTS):
        return effects
    ends = [None, None]
    if cost.low is not None or margin.low is not None:
        worst = month.roi(_end(cost, "high"), _end(margin, "low"))
        best = month.roi(_end(cost, "low"), _end(margin, "high"))
        ends = [None if end is None else end - now for end in (worst, best)]
    return effects | {"roi": Effect(then - now, *ends)}


def _end(effect: Effect, end: str) -> float:
    found = getattr(effect, end)
    return effect.value if found is None else found


def print_what_if(
    database: Path,
    console: Console,
    *,
    changes: Mapping[str, float | None],
    language: str = "en",
) -> None:
    """Print what each change does and, of several, what they do together.

    Without changes, what a usual one of each lever does. Raises `WhatIfError` where the
    warehouse has no such figures, or none for so large a change.
    """
    texts = texts_in(TEXTS, language)
    with duckdb.connect(database, read_only=True) as connection:
        rows = read_rows(connection, "from kpis.rpt_what_if")
    if not rows:
        raise WhatIfError("without a cost ledger there is nothing to work out")
    month = _month(rows)
    moved = {lever: change for lever, change in changes.items() if change is not None}
    by_lever = {
        lever: effect_of(rows, lever, change)
        for lever, change in (moved or USUAL).items()
    }
    table = Table(
        title=_title(rows, language),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column(texts["lever"])
    for outcome in OUTCOMES:
        table.add_column(texts[outcome], justify="right")
    table.add_row(Text(texts["now"]), *_today(month, language), end_section=True)
    for lever, effects in by_lever.items():
        change = format_number((moved or USUAL)[lever], "+z,.4g", language)
        cells = _cells(with_roi(month, effects), language)
        table.add_row(Text(texts[lever].format(change)), *cells)
    if len(moved) > 1:
        summed = {
            outcome: together([e[outcome] for e in by_lever.values() if outcome in e])
            for outcome in OUTCOMES
            if any(outcome in effects for effects in by_lever.values())
        }
        table.add_section()
        cells = _cells(with_roi(month, _within(month, summed)), language)
        table.add_row(Text(texts["together"], style="bold"), *cells)
    width = console.width
    console.width = max(width, MIN_WIDTH)
    console.print(table)
    console.width = width
    console.print(texts["legend"], style="dim")


def _within(month: Month, effects: dict[str, Effect]) -> dict[str, Effect]:
    """Keep a service level of several changes between 0 and 100 %."""
    if "service_level" not in effects:
        return effects
    now = month.service_level
    kept = min(max(effects["service_level"].value, -now), 100 - now)
    return effects | {"service_level": Effect(kept)}


def _month(rows: list[dict]) -> Month:
    stands = {row["outcome"]: row["outcome_value"] for row in rows}
    return Month(
        float(rows[0]["cost_amount"]),
        stands.get("margin"),
        float(rows[0]["gain_amount"]),
        stands.get("service_level"),
    )


def _title(rows: list[dict], language: str) -> str:
    first, last = (
        format_month(rows[0][f"{end}_month_start_date"], language)
        for end in ("first", "last")
    )
    return TEXTS[language]["title"].format(first=first, last=last)


def _today(month: Month, language: str) -> list[Text]:
    values = (month.cost, month.margin, month.service_level, month.roi())
    units = ("EUR", "EUR", "percent", "percent")
    return [
        Text(format_value(value, unit, language), style="bold")
        for value, unit in zip(values, units, strict=True)
    ]


def _cells(effects: dict[str, Effect], language: str) -> list[Text]:
    return [_cell(effects.get(outcome), outcome, language) for outcome in OUTCOMES]


def _cell(effect: Effect | None, outcome: str, language: str) -> Text:
    """Return the effect, below it its interval, and where it comes from."""
    if effect is None:
        return Text(MISSING)
    texts = TEXTS[language]
    amount = outcome in AMOUNTS
    suffix = " €" if amount else texts["points"]
    form = "+z,.2f" if amount else "+z,.1f"
    cell = Text(format_number(effect.value, form, language) + suffix)
    if effect.low is not None:
        unit = "EUR" if amount else "points"
        cell.append(
            "\n" + format_interval(effect.low, effect.high, unit, language), style="dim"
        )
    if effect.source:
        cell.append(f"\n{texts[effect.source]}", style="dim")
    return cell
