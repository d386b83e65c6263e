"""Crowds of worlds, and systems alone: the oracle agrees, and every data test holds."""

import pytest

from tests.oracle.comparing import differences
from tests.oracle.oracle import judge
from tests.oracle.worlds import ALONE, crowds


@pytest.mark.parametrize("number", range(4 + len(ALONE)))
def test_a_crowd_is_what_the_oracle_says(number, warehouse, parameters, seeds):
    exports = crowds()[number]
    warehouse.take(exports)
    found = list(differences(judge(exports, seeds, parameters), warehouse))
    assert not found, "\n".join(found[:20])
    assert list(warehouse.broken()) == []
