"""Drivers of planted worlds: the planted one comes first, the others are none."""

import numpy as np
import pandas as pd
import pytest

from savoir.analysis.drivers import FEWEST, drivers, is_held_out


def world(seed: int, observations: int = 2000, outcome: str = "csat") -> pd.DataFrame:
    """A wait moves the outcome, a transfer does a little, nothing else does."""
    dice = np.random.default_rng(seed)
    customers = dice.integers(0, observations * 2 // 3, observations)
    rows = pd.DataFrame(
        {
            "outcome": outcome,
            "observation_id": [f"{i:06}" for i in range(observations)],
            "customer_id": [f"customer {i}" for i in customers],
            "wait_seconds": np.exp(dice.normal(6, 1, observations)),
            "handle_seconds": np.exp(dice.normal(6, 0.6, observations)),
            "agent_tenure_days": dice.integers(0, 500, observations),
            "is_transferred": dice.random(observations) < 0.1,
            "channel": dice.choice(["phone", "email", "chat"], observations),
            "contact_reason": dice.choice(["a", "b", "c", "d"], observations),
        }
    )
    odds = 1.2 - 0.8 * (np.log(rows["wait_seconds"]) - 6) - 0.6 * rows["is_transferred"]
    rows["is_good"] = dice.random(observations) < 1 / (1 + np.exp(-odds))
    return rows


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    parts = [drivers(world(seed)).assign(seed=seed) for seed in range(8)]
    return pd.concat(parts, ignore_index=True)


def test_the_planted_driver_comes_first(found):
    first = found[found["place"] == 1]
    assert set(first["driver"]) == {"wait_seconds"}
    assert (first["effect_high"] < 0).all()
    assert (first["importance_low"] > 0).all()


def test_the_planted_effect_is_in_its_interval(found):
    inside = []
    for seed, rows in found.groupby("seed"):
        wait = rows[rows["driver"] == "wait_seconds"].iloc[0]
        low, high = (
            1.2 - 0.8 * (np.log(wait[name]) - 6) - 0.6 * world(seed)["is_transferred"]
            for name in ("from_value", "to_value")
        )
        truth = 100 * (1 / (1 + np.exp(-high)) - 1 / (1 + np.exp(-low))).mean()
        inside.append(wait["effect_low"] <= truth <= wait["effect_high"])
    assert np.mean(inside) >= 6 / 8


def test_a_null_driver_covers_nothing(found):
    null = found[found["driver"].isin(["handle_seconds", "agent_tenure_days"])]
    for name in ("effect", "importance"):
        covers = (null[f"{name}_low"] <= 0) & (null[f"{name}_high"] >= 0)
        # 95 of 100: of 16, three astray are one in a hundred
        assert covers.sum() >= len(null) - 3


def test_customers_who_repeat_themselves_say_no_more():
    once = world(1, 800)
    thrice = pd.concat(
        [once.assign(observation_id=once["observation_id"] + f"/{i}") for i in range(3)]
    )
    one, three = (
        drivers(rows).query("driver == 'wait_seconds'").iloc[0]
        for rows in (once, thrice)
    )
    widths = [row["effect_high"] - row["effect_low"] for row in (one, three)]
    assert widths[1] == pytest.approx(widths[0], rel=0.03)


def test_what_defines_an_outcome_is_no_driver_of_it():
    assert "is_transferred" not in set(drivers(world(2, 800, "fcr"))["driver"])
    assert "is_transferred" in set(drivers(world(2, 800, "csat"))["driver"])


def test_rare_reasons_are_one_and_what_is_unknown_is_usual():
    rows = world(3, 800)
    rows.loc[:9, "contact_reason"] = "rare"
    rows.loc[100:199, "wait_seconds"] = None
    found = drivers(rows)
    reasons = found[found["driver"] == "contact_reason"]["level"]
    assert sorted(reasons) == ["a", "b", "c", "d", "other"]
    assert found["effect"].notna().all()


def test_too_little_says_nothing():
    assert drivers(world(4, FEWEST - 1)).empty
    assert drivers(world(4, 400).assign(is_good=True)).empty
    assert drivers(world(4).iloc[:0]).empty


def test_the_order_of_the_rows_does_not_matter():
    rows = world(5, 600)
    one, other = (drivers(r) for r in (rows, rows.sample(frac=1, random_state=1)))
    pd.testing.assert_frame_equal(one, other)


def test_three_in_ten_customers_are_held_out():
    held = [is_held_out(f"customer {i}") for i in range(5000)]
    assert np.mean(held) == pytest.approx(0.3, abs=0.02)
