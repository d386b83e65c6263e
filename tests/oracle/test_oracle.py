"""Two answers agree: the oracle's and the warehouse's, component by component."""

import os

from hypothesis import HealthCheck, given, note, settings

from tests.oracle.comparing import differences
from tests.oracle.oracle import judge
from tests.oracle.worlds import as_csv, worlds

# What every run takes is short and the same; it has the crowds too. The full run takes
# 1000, in parts if need be: SAVOIR_ORACLE_WORLDS=50 pytest --hypothesis-seed=1, 2, ...
WORLDS = os.environ.get("SAVOIR_ORACLE_WORLDS")


@settings(
    max_examples=int(WORLDS or 20),
    deadline=None,
    derandomize=WORLDS is None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(exports=worlds())
def test_the_warehouse_says_what_the_oracle_says(exports, warehouse, parameters, seeds):
    note(as_csv(exports))
    warehouse.take(exports)
    found = list(differences(judge(exports, seeds, parameters), warehouse))
    assert not found, "\n".join([f"{len(found)} differences", *found[:20]])
