"""The alerts of noisy scorecards are those that the oracle finds in them."""

import pytest

from tests.oracle.comparing import of_alerts
from tests.oracle.noise import SALTS, add_noise


@pytest.fixture(scope="module")
def crowd(warehouse, judged):
    """A world with whole weeks and months, built."""
    exports, opinion = judged[1]
    warehouse.take(exports)
    return opinion


@pytest.mark.parametrize("salt", SALTS)
def test_alerts_follow_from_the_scorecard(salt, crowd, warehouse):
    add_noise(warehouse, salt)
    warehouse.rebuild("rpt_kpi_alerts")
    found = list(of_alerts(crowd, warehouse))
    assert not found, "\n".join(found[:20])
    kinds = {row["kind"] for row in warehouse.rows("kpis.rpt_kpi_alerts")}
    assert kinds == {"threshold", "too_low", "move", "drift", "pair"}
