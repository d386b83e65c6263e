"""`savoir whatif`: lines between steps, several levers together, both languages."""

import duckdb
import pytest
from rich.console import Console

from savoir.whatif import (
    Effect,
    Month,
    WhatIfError,
    effect_of,
    print_what_if,
    together,
    with_roi,
)

MONTH = Month(cost=1000.0, margin=500.0, gain=1200.0, service_level=80.0)


def rows(lever: str, outcome: str, effects: dict[float, tuple]) -> list[dict]:
    names = ("effect", "effect_low", "effect_high")
    return [
        {"lever": lever, "outcome": outcome, "change_value": change, "source": "queue"}
        | dict(zip(names, effect, strict=True))
        for change, effect in effects.items()
    ]


AGENTS = rows(
    "agents",
    "service_level",
    {0: (0, None, None), 1: (12, None, None), 2: (16, 15, 18)},
)
COST = rows("fcr", "cost", {-1: (4, 3, 5), 0: (0, 0, 0), 1: (-4, -5, -3)})


def test_between_two_steps_the_effect_is_a_straight_line():
    assert effect_of(AGENTS, "agents", 1)["service_level"].value == 12
    assert effect_of(AGENTS, "agents", 1.5)["service_level"] == Effect(
        14, None, None, "queue"
    )
    assert effect_of(COST, "fcr", 0.5)["cost"] == Effect(-2, -2.5, -1.5, "queue")
    assert effect_of(COST, "fcr", -1)["cost"].value == 4


@pytest.mark.parametrize("change", [-2, 1.01])
def test_nothing_is_said_beyond_the_last_step(change):
    with pytest.raises(WhatIfError, match=r"--fcr .* is not from -1 to 1"):
        effect_of(COST, "fcr", change)


def test_effects_are_added_and_their_intervals_as_of_independent_estimates():
    # 3 and 4 to either side: 5 together; what is no estimate has no width
    summed = together([Effect(-4, -7, -1), Effect(10, 6, 14), Effect(1)])
    assert summed == Effect(7, 2, 12)
    assert together([Effect(1), Effect(2)]) == Effect(3)


def test_roi_follows_from_cost_and_margin():
    assert MONTH.roi() == pytest.approx(20)
    # 1260 on 900 are 40 %
    effects = {"cost": Effect(-100, -150, -50), "margin": Effect(60, 40, 80)}
    roi = with_roi(MONTH, effects)["roi"]
    assert roi.value == pytest.approx(20)
    # at worst 1240 on 950, at best 1280 on 850
    assert roi.low == pytest.approx(100 * 1240 / 950 - 120)
    assert roi.high == pytest.approx(100 * 1280 / 850 - 120)
    assert "roi" not in with_roi(MONTH, {"service_level": Effect(3)})


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "savoir.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create schema kpis")
        connection.execute(
            """
            create table kpis.rpt_what_if as
            select
                *,
                null::double as lever_value,
                1200::decimal(18, 2) as gain_amount,
                1000::decimal(18, 2) as cost_amount,
                date '2025-07-01' as first_month_start_date,
                date '2026-06-01' as last_month_start_date
            from (values
                ('fcr', -1, 'cost', 'estimated', 1000, 4, 3, 5),
                ('fcr', 1, 'cost', 'estimated', 1000, -4, -5, -3),
                ('handle_time', -10, 'cost', 'computed', 1000, -6, null, null),
                ('handle_time', 10, 'cost', 'computed', 1000, 6, null, null),
                ('agents', 0, 'service_level', 'queue', 80, 0, null, null),
                ('agents', 3, 'service_level', 'queue', 80, 30, null, null),
                ('automation', -1, 'cost', 'computed', 1000, 2, null, null),
                ('automation', 1, 'cost', 'computed', 1000, -2, null, null)
            ) as rows(
                lever, change_value, outcome, source, outcome_value, effect,
                effect_low, effect_high
            )
            """
        )
    return path


def printed(database, language="en", **changes) -> str:
    console = Console(record=True, width=150)
    print_what_if(database, console, changes=changes, language=language)
    return console.export_text()


def line(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.strip().startswith(start))


def test_without_changes_each_lever_is_moved_a_usual_bit(database):
    text = printed(database, fcr=None, agents=None)
    assert "the mean of 2025-07 to 2026-06" in text
    assert "-4.00 €" in line(text, "FCR +1")
    assert "-5.00 to -3.00 €" in text
    assert "-6.00 €" in line(text, "Handle time -10 s")
    assert "+10.0 points" in line(text, "Agents at the phone +1")
    assert "Together" not in text


def test_changes_are_shown_alone_and_together(database):
    text = printed(database, language="fr", fcr=1.0, handle_time=-10.0, agents=3.0)
    assert "moyenne de 07/2025 à 06/2026" in text
    assert "Réglé par robots" not in text
    assert "-10,00 €" in line(text, "Ensemble")
    # 30 points more than 80 % are 100 %
    assert "+20,0 points" in line(text, "Ensemble")
    # 1200 on 990 instead of on 1000
    assert "+1,2 points" in line(text, "Ensemble")


def test_a_warehouse_without_a_ledger_says_so(database):
    with duckdb.connect(database) as connection:
        connection.execute("delete from kpis.rpt_what_if")
    with pytest.raises(WhatIfError, match="without a cost ledger"):
        printed(database)
