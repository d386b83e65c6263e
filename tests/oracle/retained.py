"""How much of the margin after contacts support caused, at the least."""

from collections import defaultdict
from decimal import Decimal

from tests.oracle.matching import Baseline, design_effect, earned, rounded


def least_share(baselines: list[Baseline], min_sample: int) -> Decimal | None:
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
    if customers < max(min_sample, 2) or not margin:
        return None
    issues = sum(map(len, gains.values()))
    mean = sum(map(sum, gains.values())) / issues
    # "a customer counts once, however often"
    apart = sum((sum(own) - mean * len(own)) ** 2 for own in gains.values())
    spread = apart * customers / (customers - 1) + unsure
    least = mean * issues - published_t(customers - 1) * spread**0.5
    return min(rounded(100 * least / float(margin), 6) / 100, Decimal(1))


def published_t(degrees: int) -> float:
    """Abramowitz and Stegun 26.7.5, to the letter: money hangs on it.

    One and two degrees of freedom are exact.
    """
    if degrees < 3:
        return {1: 12.706204736, 2: 4.302652730}[degrees]
    z = 1.959963984540054
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(g / degrees**power for power, g in enumerate(terms, start=1))
