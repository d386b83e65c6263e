"""How much of the margin after contacts support caused, at the least."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from math import exp
from statistics import fmean, variance

from tests.oracle.identity import Identities
from tests.oracle.matching import Baseline, design_effect, earned, rounded
from tests.oracle.orders import Order
from tests.oracle.parameters import Parameters
from tests.oracle.world import AssignmentRow

Arms = dict[str, list[float]]


def matched_share(baselines: list[Baseline], min_sample: int) -> Decimal | None:
    """Rule: the lower end of the 95 % interval of the matched share of margin.

    None where fewer than `min_sample` customers, or no margin, can be compared.
    """
    effect = design_effect(baselines, earned)
    gains: dict[str, list[float]] = defaultdict(list)
    margin, unsure = Decimal(0), 0.0
    for baseline in baselines:
        variance = float(rounded(baseline.variance(earned) * effect, 6))
        unsure += len(baseline.contacted) ** 2 * variance
        for window in baseline.contacted:
            expected = float(rounded(baseline.mean(earned), 6))
            gains[window.customer].append(earned(window) - expected)
            margin += window.margin
    customers = len(gains)
    if customers < max(min_sample, 2) or margin <= 0:
        return None
    issues = sum(map(len, gains.values()))
    mean = sum(map(sum, gains.values())) / issues
    # "a customer counts once, however often"
    apart = sum((sum(own) - mean * len(own)) ** 2 for own in gains.values())
    spread = apart * customers / (customers - 1) + unsure
    least = mean * issues - published_t(customers - 1) * spread**0.5
    return percent_share(least / float(margin))


def percent_share(share: float) -> Decimal:
    return min(rounded(100 * share, 6) / 100, Decimal(1))


def arms_of(
    assignments: list[AssignmentRow],
    identities: Identities,
    orders: list[Order],
    parameters: Parameters,
    as_of: datetime,
) -> dict[str, Arms]:
    """Return the margin of each customer by experiment and arm, as first assigned."""
    window = timedelta(days=parameters.repurchase_days)
    first: dict[tuple[str, str], AssignmentRow] = {}
    for row in sorted(assignments, key=lambda r: (r.assigned_at, r.arm)):
        customer = identities.customer_by_name(row.customer_id)
        first.setdefault((row.experiment_id, customer), row)
    found: dict[str, Arms] = defaultdict(lambda: {"treatment": [], "control": []})
    for (experiment, customer), row in first.items():
        start = row.assigned_at
        if start + window <= as_of:
            margins = (
                order.margin or 0
                for order in orders
                if order.customer == customer
                and order.is_valid
                and not order.is_upsell
                and start < order.ordered_at <= start + window
            )
            found[experiment][row.arm].append(float(sum(margins)))
    return found


def proven_share(experiments: list[Arms], min_sample: int) -> Decimal | None:
    """Rule: one less margin of control over treatment, the lower end of its interval.

    Each experiment weighs as many as it treated; the interval is that of the ratio's
    logarithm, with Welch's degrees of freedom.
    """
    least = max(min_sample, 2)
    pooled = [e for e in experiments if min(map(len, e.values())) >= least]
    treated = sum(len(arms["treatment"]) for arms in pooled)
    means = dict.fromkeys(("treatment", "control"), 0.0)
    variances, spread = dict(means), 0.0
    for arms in pooled:
        weight = len(arms["treatment"]) / treated
        for arm, margins in arms.items():
            means[arm] += weight * fmean(margins)
            part = weight**2 * variance(margins) / len(margins)
            variances[arm] += part
            spread += part**2 / (len(margins) - 1)
    if not spread or min(means.values()) <= 0:
        return None
    degrees = float(rounded(sum(variances.values()) ** 2 / spread, 6))
    mean = {arm: float(rounded(value, 9)) for arm, value in means.items()}
    error = sum(float(rounded(variances[a], 9)) / mean[a] ** 2 for a in mean) ** 0.5
    ratio = mean["control"] / mean["treatment"]
    return percent_share(1 - ratio * exp(published_t(degrees) * error))


def published_t(degrees: float) -> float:
    """Abramowitz and Stegun 26.7.5, to the letter: money hangs on it.

    One and two degrees of freedom are exact.
    """
    if degrees in (1, 2):
        return {1: 12.706204736, 2: 4.302652730}[degrees]
    z = 1.959963984540054
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(g / degrees**power for power, g in enumerate(terms, start=1))
