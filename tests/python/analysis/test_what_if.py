"""Levers worked by hand, and a queue calibrated to what it is today."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq

from savoir.analysis.erlang import ErlangA
from savoir.analysis.what_if import CHANGES, what_if

SERVICE = {
    "monthly_cost": 1000.0,
    "monthly_margin": 500.0,
    "monthly_agent_cost": 800.0,
    "monthly_contacts": 200.0,
    "monthly_issues": 100.0,
    "monthly_contacts_handled": 160.0,
    "monthly_handle_time": 64_000.0,
    "monthly_logged_in_hours": 80.0,
    "fcr": 70.0,
    "automation": 10.0,
    "handle_time": 400.0,
    "service_level": 80.0,
}
COMPARED = [
    ("first_resolution", "issue_cost", 100, 300, 4.0, 0.5),
    ("first_resolution", "contacts", 100, 300, 0.6, 0.1),
    ("first_resolution", "margin", 80, 250, -5.0, 1.0),
    ("automation", "margin", 40, 90, 2.0, 2.0),
]


def compared(rows=COMPARED) -> pd.DataFrame:
    columns = [
        *("lever", "outcome", "issues_compared", "issues_like_them"),
        *("difference", "standard_error"),
    ]
    return pd.DataFrame(rows, columns=columns)


def queue(patience: float | None = 60.0) -> pd.DataFrame:
    """Two half-hours a day for four weeks, 10 calls of 180 s each: 1 erlang."""
    slot = {"expected_contacts": 10.0, "handle_time": 180.0, "patience": patience}
    return pd.DataFrame([slot | {"target_seconds": 20, "short_seconds": 5}] * 56)


def effects(**changed) -> pd.DataFrame:
    service = pd.DataFrame([SERVICE | changed.pop("service", {})])
    given = {"compared": compared(), "queue": queue()} | changed
    rows = what_if(service, given["compared"], given["queue"])
    return rows.set_index(["lever", "change_value", "outcome"]).sort_index()


def test_each_lever_costs_what_it_does_by_hand():
    found = effects()
    # 100 issues a month: one fewer fails, and a failure costs 4 ± 1.96 times 0.5 more
    point = found.loc[("fcr", 1, "cost")]
    assert point["effect"] == pytest.approx(-4)
    assert point["effect_low"] == pytest.approx(-4.979982)
    assert point["effect_high"] == pytest.approx(-3.020018)
    assert (point["source"], point["observations"]) == ("estimated", 100)
    assert found.loc[("fcr", -3, "cost"), "effect"] == pytest.approx(12)
    assert found.loc[("fcr", 1, "margin"), "effect"] == pytest.approx(5)
    # 800 for 64,000 s: 2 for a second of each of 160 contacts
    assert found.loc[("handle_time", -10, "cost"), "effect"] == pytest.approx(-20)
    # 10 an hour, and 28 half-open hours in 28 days are 30.4375 in a month
    assert found.loc[("agents", 2, "cost"), "effect"] == pytest.approx(608.75)
    # 5 a contact, and a point of 200 contacts is 2
    assert found.loc[("automation", 1, "cost"), "effect"] == pytest.approx(-10)
    assert found.loc[("automation", 1, "margin"), "effect"] == pytest.approx(2)
    assert found.loc[("automation", 1, "margin"), "effect_low"] < 0


def test_with_few_issues_the_published_point_speaks():
    few = compared([("first_resolution", "issue_cost", 29, 300, 4.0, 0.5)])
    point = effects(compared=few).loc[("fcr", 1, "cost")]
    assert (point["source"], point["effect"]) == ("published", -10)
    assert pd.isna(point["effect_low"])
    assert "margin" not in effects(compared=few).index.get_level_values("outcome")


def level(agents: float, calls: float = 10.0, handle: float = 180.0) -> float:
    """Percent in time of a half-hour."""
    return 100 * ErlangA(agents, calls * handle / 1800, handle, 60.0).service_level(
        20, 5
    )


def test_the_queue_starts_from_the_level_of_today():
    found = effects()
    agents = brentq(lambda agents: level(agents) - 80, 0.5, 5)
    assert found.loc[("agents", 1, "service_level"), "effect"] == pytest.approx(
        level(agents + 1) - 80, abs=1e-5
    )
    assert found.loc[("handle_time", 10, "service_level"), "effect"] == pytest.approx(
        level(agents, handle=190.0) - 80, abs=1e-5
    )
    # a point of FCR takes 0.6 of 200 contacts away, and as many of the calls
    assert found.loc[("fcr", 5, "service_level"), "effect"] == pytest.approx(
        level(agents, calls=9.85) - 80, abs=1e-5
    )
    assert "automation" not in found.xs("service_level", level="outcome").index


def test_more_is_never_worse_for_callers():
    served = effects().xs("service_level", level="outcome")["effect"]
    assert served.loc["agents"].is_monotonic_increasing
    assert served.loc["fcr"].is_monotonic_increasing
    assert served.loc["handle_time"].is_monotonic_decreasing
    assert served.loc["agents"].max() <= 20


@pytest.mark.parametrize("today", [0.0, 100.0])
def test_a_level_no_queue_has_is_the_nearest(today):
    served = effects(service={"service_level": today}).xs("service_level", level=2)
    assert np.isfinite(served["effect"]).all()


def test_callers_who_never_hang_up_are_a_queue_too():
    served = effects(queue=queue(None)).xs("service_level", level="outcome")["effect"]
    assert served.loc["agents"].iloc[-1] > 0


def test_what_nobody_measured_has_no_effect_and_nothing_changed_none():
    silent = {"monthly_logged_in_hours": np.nan, "service_level": np.nan}
    found = effects(service=silent)
    assert "agents" not in found.index.get_level_values("lever")
    assert "service_level" not in found.index.get_level_values("outcome")
    nothing = effects().xs(0, level="change_value")["effect"]
    assert nothing.to_numpy() == pytest.approx(0)
    assert what_if(pd.DataFrame(columns=list(SERVICE)), compared(), queue()).empty


def test_without_calls_there_are_amounts_alone():
    found = effects(queue=queue().iloc[:0])
    assert set(found.index.get_level_values("outcome")) == {"cost", "margin"}
    levers = found.index.get_level_values("lever")
    assert set(levers) == set(CHANGES) - {"agents"}
