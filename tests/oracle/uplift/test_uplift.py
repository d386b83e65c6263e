"""What is planted is found, and what is not planted is not.

A hundred worlds of 4,000 customers are run by hand (`__main__`); here a few smaller
ones, always the same.
"""

from dataclasses import replace

from tests.oracle.uplift.proof import Finding, look
from tests.oracle.uplift.worlds import GOOD_CUSTOMERS_ASK, OTHERS_ASK, Shop

SEEDS = range(6)
SHOP = Shop(6, GOOD_CUSTOMERS_ASK, customers=1500, days=400)


def findings(texts, shop) -> list[Finding]:
    return [look(texts, shop, seed) for seed in SEEDS]


def test_the_planted_uplift_is_found_and_the_observed_one_is_biased(texts):
    found = findings(texts, SHOP)
    assert sum(f.matched.contains(6) for f in found) >= 5
    assert sum(f.observed.low > 6 for f in found) >= 5
    assert sum(f.placebo.contains(0) for f in found) >= 5


def test_none_planted_none_claimed(texts):
    found = findings(texts, replace(SHOP, uplift=0))
    assert sum(f.matched.low > 0 for f in found) <= 1
    assert sum(f.observed.low > 0 for f in found) >= 5


def test_who_buys_less_and_asks_more_does_not_hide_the_uplift(texts):
    found = findings(texts, replace(SHOP, asks=OTHERS_ASK))
    assert sum(f.matched.contains(6) for f in found) >= 5
    assert sum(f.observed.high < 6 for f in found) >= 5
