"""Two answers agree: the oracle's and the warehouse's, component by component."""

from hypothesis import HealthCheck, given, note, settings

from tests.oracle.comparing import differences
from tests.oracle.conftest import WORLDS
from tests.oracle.oracle import judge
from tests.oracle.worlds import as_csv, worlds


# one of ten alone: in a crowd the others move the horizon
@settings(
    max_examples=WORLDS // 10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(exports=worlds())
def test_the_warehouse_says_what_the_oracle_says(exports, warehouse, parameters, seeds):
    note(as_csv(exports))
    warehouse.take(exports)
    found = list(differences(judge(exports, seeds, parameters), warehouse))
    assert not found, "\n".join([f"{len(found)} differences", *found[:20]])
