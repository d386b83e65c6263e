"""What the models find in a world."""

from dataclasses import dataclass

from tests.oracle.uplift.warehouse import run
from tests.oracle.uplift.worlds import Shop, live


@dataclass(frozen=True)
class Estimate:
    """A 95 % interval, in points."""

    low: float
    value: float
    high: float

    def contains(self, points: float) -> bool:
        """Say whether the interval holds a value."""
        return self.low <= points <= self.high


@dataclass(frozen=True)
class Finding:
    """The uplift of one world, as it is estimated in each way."""

    matched: Estimate
    observed: Estimate
    placebo: Estimate


def look(texts: dict[str, str], shop: Shop, seed: int) -> Finding:
    """Live through one world and run the models on it."""
    warehouse = run(texts, live(shop, seed))
    uplifts = warehouse.execute(
        """
        select attribution, uplift_low, uplift_points, uplift_high
        from kpis.rpt_uplift
        where cut = 'overall'
        """
    ).fetchall()
    placebo = warehouse.execute(
        """
        select interval_low, diagnostic_value, interval_high
        from kpis.rpt_uplift_checks
        where diagnostic = 'placebo'
        """
    ).fetchone()
    warehouse.close()
    found = {attribution: Estimate(*row) for attribution, *row in uplifts}
    return Finding(**found, placebo=Estimate(*placebo))
