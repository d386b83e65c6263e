"""The oracle's own matching and the warehouse's, where there is much to match."""

from collections import defaultdict
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests.oracle.clock import Zone
from tests.oracle.components import Calendar, Tally
from tests.oracle.matching import Matching
from tests.oracle.orders import value_bands
from tests.oracle.parameters import Parameters
from tests.oracle.retained import matched_share
from tests.oracle.uplift.warehouse import run
from tests.oracle.uplift.worlds import GOOD_CUSTOMERS_ASK, Shop, live

SHOP = Shop(6, GOOD_CUSTOMERS_ASK, customers=300, days=200)


class Describer:
    """What the matching asks of the oracle's."""

    def __init__(self, orders: list[SimpleNamespace], zone: Zone) -> None:
        self.orders, self.zone = orders, zone
        self.valid_orders = defaultdict(list)
        for order in orders:
            self.valid_orders[order.customer].append(order)
        self.bands = {}

    def value_band(self, customer, day):
        quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        if quarter not in self.bands:
            self.bands[quarter] = value_bands(self.orders, quarter, self.zone)
        return self.bands[quarter].get(customer)

    def of_contact(self, contact):
        return {}


@pytest.mark.parametrize("seed", [0, 1])
def test_both_compare_the_same_issues_with_the_same_customers(texts, seed):
    facts, zone = live(SHOP, seed), Zone("Europe/Paris")
    orders = [
        SimpleNamespace(
            customer=row.customer_id,
            ordered_at=row.ordered_at.to_pydatetime(),
            when=(row.ordered_at, row.order_id),
            margin=Decimal(str(row.margin_amount)),
            is_valid=True,
            is_upsell=False,
        )
        for row in facts.orders.itertuples()
    ]
    issues = [
        SimpleNamespace(
            key=row.issue_id,
            customer=row.customer_id,
            opened_at=row.opened_at.to_pydatetime(),
            ended_at=row.ended_at.to_pydatetime(),
            first=None,
        )
        for row in facts.issues.itertuples()
    ]
    first = min(order.ordered_at for order in orders)
    tally = Tally(Calendar(zone, first, facts.as_of.astype("datetime64[s]").item()))
    describer = Describer(orders, zone)
    matching = Matching(describer, Parameters(), tally, orders, issues)
    matching.count()
    ours = {
        start: (sums["issues_matched"], sums["uplift_points"], sums["uplift_squared"])
        for (grain, start, *_), sums in tally.places.items()
        if grain == "month"
    }
    warehouse = run(texts, facts)
    found = warehouse.execute(
        """
        with gains as (
            select
                date_trunc('month', issues.ended_at)::date as month_start_date,
                100 * (is_ordered::integer - baseline_share) as points,
                10000 * windows_contacted * baseline_share_variance as unsure
            from intermediate.int_issues_matched
            inner join intermediate.int_issues_chained as issues using (issue_id)
            where comparison = 'effect' and is_matched
        )
        select
            month_start_date, count(*), sum(points::decimal(18, 2)),
            sum((points * points + unsure)::decimal(18, 4))
        from gains
        group by all
        """
    )
    theirs = {start: tuple(sums) for start, *sums in found.fetchall()}
    assert theirs == ours
    assert sum(matched for matched, *_ in ours.values()) > 50
    ((share,),) = warehouse.execute(
        """
        select (incremental_share_low / 100)::decimal(18, 8) from kpis.rpt_uplift
        where attribution = 'matched' and cut = 'overall'
        """
    ).fetchall()
    assert share == matched_share(matching.baselines, min_sample=3)
