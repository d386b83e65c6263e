"""From days to half-hours, from half-hours to agents: worked by hand."""

import datetime

import pandas as pd
import pytest

from savoir.analysis.erlang import ErlangA
from savoir.analysis.staffing import BORROWED, profile, staffing

MONDAY = datetime.date(2026, 6, 29)
TUESDAY = datetime.date(2026, 6, 30)


def counted(*rows: tuple) -> pd.DataFrame:
    columns = ["channel", "date_day", "half_hour", "contacts"]
    return pd.DataFrame(rows, columns=columns)


def queue(**changed) -> pd.DataFrame:
    measures = {
        "channel": "phone",
        "agents_share": 1.0,
        "handle_time": 180.0,
        "patience": None,
        "target_share": 0.8,
        "target_seconds": 20,
        "short_seconds": 5,
    }
    return pd.DataFrame([measures | changed])


def test_a_weekday_leans_on_the_others_by_fifty_contacts():
    shares = profile(
        counted(
            ("phone", MONDAY, "09:00", 100),
            ("phone", MONDAY, "10:00", 50),
            ("phone", TUESDAY, "10:00", 50),
            ("phone", datetime.date(2025, 12, 30), "03:00", 999),
        ),
        TUESDAY,
    )
    share = shares.set_index(["weekday", "half_hour"])["share"]
    # half of all contacts come at nine; on Mondays 100 of 150
    assert share[0, "09:00"] == pytest.approx((100 + BORROWED / 2) / (150 + BORROWED))
    assert share[1, "09:00"] == pytest.approx((0 + BORROWED / 2) / (50 + BORROWED))
    assert share[6, "09:00"] == pytest.approx(0.5)
    assert shares.groupby("weekday")["share"].sum().to_numpy() == pytest.approx(1)
    # what is older than half a year is forgotten
    assert set(shares["half_hour"]) == {"09:00", "10:00"}


def one_slot(contacts: float, queues: pd.DataFrame) -> pd.Series:
    expected = pd.DataFrame(
        [("phone", MONDAY, contacts)],
        columns=["channel", "date_day", "expected_contacts"],
    )
    shares = pd.DataFrame(
        [("phone", 0, "09:00", 0.5), ("phone", 1, "09:00", 1.0)],
        columns=["channel", "weekday", "half_hour", "share"],
    )
    rows = staffing(expected, shares, queues)
    assert len(rows) == 1
    return rows.iloc[0]


def test_ten_erlangs_in_half_an_hour_need_fourteen():
    # 250 contacts a day, half of them at nine, four fifths for agents: 100 of 180 s
    row = one_slot(250, queue(agents_share=0.8))
    assert row["expected_contacts"] == pytest.approx(100)
    assert row["load_erlangs"] == pytest.approx(10)
    assert row["agents_erlang_c"] == 14
    assert row["service_level_erlang_c"] == pytest.approx(88.8, abs=0.05)
    assert pd.isna(row["agents_erlang_a"])


def test_impatient_callers_need_fewer():
    row = one_slot(200, queue(patience=60.0))
    fewest = row["agents_erlang_a"]
    assert fewest < row["agents_erlang_c"]
    level = ErlangA(fewest, 10.0, 180.0, 60.0).service_level(20, 5)
    assert row["service_level_erlang_a"] == pytest.approx(100 * level)
    assert level >= 0.8 > ErlangA(fewest - 1, 10.0, 180.0, 60.0).service_level(20, 5)


def test_who_waits_for_nobody_is_work_and_no_queue():
    row = one_slot(200, queue(target_share=None))
    assert row["load_erlangs"] == pytest.approx(10)
    assert row[["agents_erlang_c", "agents_erlang_a"]].isna().all()


def test_what_nobody_ever_handled_needs_nobody():
    columns = ["channel", "date_day", "expected_contacts"]
    expected = pd.DataFrame(columns=columns, dtype=object)
    shares = profile(counted(), TUESDAY)
    assert staffing(expected, shares, queue()).empty
