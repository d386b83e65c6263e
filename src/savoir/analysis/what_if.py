"""What a change of the service would do to its cost, its margin and its callers.

Amounts are of one month. Four levers: points of FCR, seconds of handle time, agents
more at the phone, points of contacts settled by bots.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from savoir.analysis.erlang import ErlangA
from savoir.analysis.forecast import HORIZON
from savoir.analysis.staffing import SLOT_SECONDS

CHANGES = {  # of each lever, in its unit
    "fcr": range(-5, 6),  # points
    "handle_time": range(-60, 70, 10),  # seconds
    "agents": range(4),  # who is not there cannot be saved
    "automation": range(-5, 6),  # points of all contacts
}
PUBLISHED_FCR_COST = -0.01  # of operating cost per point of FCR (SQM Group)
FEWEST = 30  # issues on either side of a comparison
Z = 1.959964  # 95 %
ENDLESS = 1e6  # seconds of patience where nobody ever hung up
DAYS_A_MONTH = 365.25 / 12
SHORTEST_SECONDS = 10.0  # no call is made shorter than this
FEWEST_AGENTS = 0.05  # nor a queue played with fewer
BETAS = (-20.0, 20.0)  # between nobody and idleness
DECIMALS = 6

COLUMNS = [
    "lever", "change_value", "outcome", "source", "lever_value", "outcome_value",
    "effect", "effect_low", "effect_high", "observations",
]  # fmt: skip


def what_if(
    service: pd.DataFrame, compared: pd.DataFrame, queue: pd.DataFrame
) -> pd.DataFrame:
    """Return a row per lever, change and outcome: `effect` with its 95 % interval.

    `service` has one row, or none where there is no ledger, of the columns of
    `int_service_summarised`; `compared` those of `int_issues_compared`; `queue` the
    half-hours of the phone's forecast with `expected_contacts`, `handle_time`,
    `patience`, `target_seconds` and `short_seconds`. Outcomes are `cost` and `margin`
    (amounts of a month) and `service_level` (points). `source`: `estimated` from
    issues alike, `published`, `computed` (what hours and seconds cost) or `queue`.
    """
    if service.empty:
        return pd.DataFrame(columns=COLUMNS)
    now = service.iloc[0]
    effects = compared.set_index(["lever", "outcome"])
    rows = [*_money(now, effects, queue), *_service_level(now, effects, queue)]
    found = pd.DataFrame(rows, columns=COLUMNS)
    found = found[found["effect"].notna() & found["outcome_value"].notna()]
    found = found.reset_index(drop=True)
    return found.round(dict.fromkeys(found.select_dtypes("number"), DECIMALS))


@dataclass(frozen=True)
class Line:
    """What one unit of a lever does to an amount of the month."""

    source: str
    effect: float
    low: float = np.nan
    high: float = np.nan
    observations: float = np.nan


def _money(now: pd.Series, effects: pd.DataFrame, queue: pd.DataFrame) -> list[tuple]:
    lines = {
        ("fcr", "cost"): _cost_of_first_resolution(now, effects),
        # a point more is a hundredth of the issues that no longer fail
        ("fcr", "margin"): _estimated(now, effects, "first_resolution", "margin", -1),
        ("handle_time", "cost"): Line("computed", _cost_of_second(now)),
        ("agents", "cost"): Line("computed", _cost_of_agent(now, queue)),
        ("automation", "cost"): Line("computed", _cost_of_automation(now)),
        ("automation", "margin"): _estimated(now, effects, "automation", "margin", 1),
    }
    rows = []
    for (lever, outcome), line in lines.items():
        stands = now[f"monthly_{outcome}"]
        for change in CHANGES[lever]:
            ends = sorted((change * line.low, change * line.high))
            effect = (change * line.effect, *ends, line.observations)
            key = (lever, change, outcome, line.source)
            rows.append((*key, now.get(lever, np.nan), stands, *effect))
    return rows


def _estimated(
    now: pd.Series, effects: pd.DataFrame, lever: str, outcome: str, sign: int
) -> Line:
    """Return what a point does if the issues it moves become like the others."""
    if (lever, outcome) not in effects.index:
        return Line("estimated", np.nan)
    found = effects.loc[(lever, outcome)]
    if min(found["issues_compared"], found["issues_like_them"]) < FEWEST:
        return Line("estimated", np.nan)
    issues = now["monthly_issues"] / 100
    middle = sign * issues * found["difference"]
    error = Z * issues * found["standard_error"]
    return Line(
        "estimated", middle, middle - error, middle + error, found["issues_compared"]
    )


def _cost_of_first_resolution(now: pd.Series, effects: pd.DataFrame) -> Line:
    """Return what a point of FCR costs: estimated, else the published hundredth."""
    line = _estimated(now, effects, "first_resolution", "issue_cost", -1)
    if pd.notna(line.effect):
        return line
    return Line("published", PUBLISHED_FCR_COST * now["monthly_cost"])


def _cost_of_second(now: pd.Series) -> float:
    """Return what a second of every contact costs, if paid time follows it."""
    by_second = _ratio(now["monthly_agent_cost"], now["monthly_handle_time"])
    return by_second * now["monthly_contacts_handled"]


def _cost_of_automation(now: pd.Series) -> float:
    """Return what a hundredth of the contacts takes of agents' cost, saved."""
    by_contact = _ratio(now["monthly_agent_cost"], now["monthly_contacts_handled"])
    return -by_contact * now["monthly_contacts"] / 100


def _cost_of_agent(now: pd.Series, queue: pd.DataFrame) -> float:
    """Return what one agent more costs, at the phone whenever calls are expected."""
    by_hour = _ratio(now["monthly_agent_cost"], now["monthly_logged_in_hours"])
    hours = len(queue) * SLOT_SECONDS / 3600 * DAYS_A_MONTH / HORIZON
    return by_hour * hours if hours else np.nan


def _ratio(above: float, below: float) -> float:
    return above / below if below else np.nan


def _service_level(
    now: pd.Series, effects: pd.DataFrame, queue: pd.DataFrame
) -> list[tuple]:
    """Return what the levers do to the phone's service level, by Erlang A.

    The agents there are today are those that make the level of today: load + β √load in
    each half-hour, one β for all.
    """
    if queue.empty or pd.isna(now["service_level"]):
        return []
    calls, handle = (
        queue[n].to_numpy(float) for n in ("expected_contacts", "handle_time")
    )
    first = queue.iloc[0]
    patience = ENDLESS if pd.isna(first["patience"]) else first["patience"]

    def level(agents, volume=1.0, longer=0.0):
        took = np.maximum(handle + longer, SHORTEST_SECONDS)
        load = volume * calls * took / SLOT_SECONDS
        served = ErlangA(np.maximum(agents, FEWEST_AGENTS), load, took, patience)
        reached = served.service_level(first["target_seconds"], first["short_seconds"])
        return 100 * (reached * calls).sum() / calls.sum()

    load = calls * handle / SLOT_SECONDS

    def staffed(beta):
        return np.maximum(load + beta * np.sqrt(load), FEWEST_AGENTS)

    reach = [level(staffed(beta)) for beta in BETAS]
    today = np.clip(now["service_level"], *reach)
    beta = brentq(lambda beta: level(staffed(beta)) - today, *BETAS, xtol=1e-9)
    agents = staffed(beta)
    changed = {
        "fcr": lambda points: level(agents, volume=_volume(now, effects, points)),
        "handle_time": lambda seconds: level(agents, longer=seconds),
        "agents": lambda more: level(agents + more),
    }
    before = level(agents)
    return [
        (
            *(lever, change, "service_level", "queue"),
            *(now.get(lever, np.nan), now["service_level"], moved(change) - before),
            *(np.nan, np.nan, np.nan),
        )
        for lever, moved in changed.items()
        for change in CHANGES[lever]
    ]


def _volume(now: pd.Series, effects: pd.DataFrame, points: float) -> float:
    """Return the calls of today's that are left when repeats fall away."""
    repeats = _estimated(now, effects, "first_resolution", "contacts", -1).effect
    return 1 + points * repeats / now["monthly_contacts"]
