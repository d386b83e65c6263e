"""Crowds of worlds, and systems alone: the oracle agrees, and every data test holds."""

import pytest

from tests.oracle.comparing import differences
from tests.oracle.conftest import WORLDS
from tests.oracle.oracle import judge
from tests.oracle.worlds import ALONE, CROWD, as_csv, crowds


@pytest.mark.parametrize("number", range(-(-WORLDS // CROWD) + len(ALONE) + 1))
def test_a_crowd_is_what_the_oracle_says(number, warehouse, judged, parameters, seeds):
    exports, opinion = judged[number]
    warehouse.take(exports)
    if found := list(differences(opinion, warehouse)):
        for world in sorted(crowds(WORLDS)[number], key=lambda w: len(as_csv(w))):
            warehouse.take(world)
            if own := list(differences(judge(world, seeds, parameters), warehouse)):
                exports, found = world, own
                break
        pytest.fail("\n".join([*found[:20], as_csv(exports)]))
    assert list(warehouse.broken()) == []
