"""How many agents each half-hour to come needs, from a forecast of days."""

import datetime

import numpy as np
import pandas as pd

from savoir.analysis.erlang import ErlangA, agents_needed, service_level_c

SLOT_SECONDS = 1800
PROFILE_DAYS = 182  # a half-hour's share of its day, as it was in the last half-year
BORROWED = 50  # contacts of any weekday that a weekday's own profile is mixed with
DECIMALS = 6


def profile(counted: pd.DataFrame, last_day: datetime.date) -> pd.DataFrame:
    """Return what share of a weekday's contacts each half-hour brings, by channel.

    `counted` has a row per channel, `date_day` and `half_hour` with `contacts`. A
    weekday seen little leans on the channel's other days. Returns `channel`, `weekday`
    (0 = Monday), `half_hour` and `share`, which adds up to 1 per channel and weekday.
    """
    days = pd.to_datetime(counted["date_day"])
    recent = days > pd.Timestamp(last_day) - pd.Timedelta(days=PROFILE_DAYS)
    seen = counted[recent].assign(weekday=days[recent].dt.day_of_week)
    shares = []
    for channel, of_channel in seen.groupby("channel", sort=True):
        table = of_channel.pivot_table(
            index="weekday", columns="half_hour", values="contacts", aggfunc="sum"
        )
        table = table.reindex(range(7)).fillna(0)
        any_day = table.sum() / table.to_numpy().sum()
        mixed = table.add(BORROWED * any_day).div(table.sum(axis=1) + BORROWED, axis=0)
        shares.append(
            mixed.stack().rename("share").reset_index().assign(channel=channel)
        )
    columns = ["channel", "weekday", "half_hour", "share"]
    return pd.concat(shares)[columns] if shares else pd.DataFrame(columns=columns)


def staffing(
    expected: pd.DataFrame, shares: pd.DataFrame, queues: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per channel, day and half-hour: load, agents and what they reach.

    `expected` has `channel`, `date_day` and `expected_contacts`; `queues`, per channel,
    the `agents_share` of its contacts that reach an agent, their mean
    `handle_time` and `patience` in seconds (missing: nobody hangs up), and
    `target_share` answered within `target_seconds` (missing: nobody waits, the work
    is done when there is time). `short_seconds` hangs up without having waited.
    """
    weekday = pd.to_datetime(expected["date_day"]).dt.day_of_week
    slots = expected.assign(weekday=weekday).merge(shares, on=["channel", "weekday"])
    slots = slots.merge(queues, on="channel")
    slots["expected_contacts"] *= slots["share"] * slots["agents_share"]
    slots["load_erlangs"] = (
        slots["expected_contacts"] * slots["handle_time"] / SLOT_SECONDS
    )
    slots = slots[slots["load_erlangs"] > 0].reset_index(drop=True)
    parts = [_staffed(queue) for _, queue in slots.groupby("channel", sort=True)]
    rows = pd.concat(parts) if parts else slots.reindex(columns=COLUMNS)
    rows = rows[COLUMNS].reset_index(drop=True)
    return rows.round(dict.fromkeys(rows.select_dtypes("number"), DECIMALS))


COLUMNS = [
    "channel", "date_day", "half_hour", "expected_contacts", "handle_time",
    "patience", "load_erlangs", "agents_erlang_c", "agents_erlang_a",
    "service_level_erlang_c", "service_level_erlang_a",
]  # fmt: skip


def _staffed(queue: pd.DataFrame) -> pd.DataFrame:
    """Add the agents one channel needs, of which every row has the same measures."""
    first = queue.iloc[0]
    answers = dict.fromkeys(COLUMNS[-4:], np.nan)
    if pd.isna(first["target_share"]):
        return queue.assign(**answers)
    load = queue["load_erlangs"].to_numpy()
    handle, within, target = first[["handle_time", "target_seconds", "target_share"]]

    def level_c(agents):
        return service_level_c(agents, load, handle, within)

    answers["agents_erlang_c"] = agents_needed(level_c, target, load)
    answers["service_level_erlang_c"] = 100 * level_c(answers["agents_erlang_c"])
    if pd.notna(patience := first["patience"]):

        def level_a(agents):
            queue_a = ErlangA(agents, load, handle, patience)
            return queue_a.service_level(within, first["short_seconds"])

        answers["agents_erlang_a"] = agents_needed(level_a, target, load)
        answers["service_level_erlang_a"] = 100 * level_a(answers["agents_erlang_a"])
    return queue.assign(**answers)
