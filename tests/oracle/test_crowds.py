"""Crowds of worlds, and systems alone: the oracle agrees, and every data test holds."""

import pytest

from tests.oracle.comparing import differences
from tests.oracle.worlds import ALONE


@pytest.mark.parametrize("number", range(4 + len(ALONE) + 1))
def test_a_crowd_is_what_the_oracle_says(number, warehouse, judged):
    exports, opinion = judged[number]
    warehouse.take(exports)
    found = list(differences(opinion, warehouse))
    assert not found, "\n".join(found[:20])
    assert list(warehouse.broken()) == []
