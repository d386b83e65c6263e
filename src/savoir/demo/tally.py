"""Sums by key, and the months they go by."""

from collections.abc import Iterable
from datetime import datetime
from math import fsum

from savoir.demo.world import (
    PARIS,
)


def shares(outcomes: Iterable[tuple[str, bool]]) -> dict[str, dict[str, int]]:
    """Per key the number of outcomes and of true ones."""
    shares: dict[str, dict[str, int]] = {}
    for key, success in outcomes:
        share = shares.setdefault(key, {"num": 0, "den": 0})
        share["den"] += 1
        share["num"] += success
    return shares


def sums(rows: Iterable[tuple[str, dict[str, int]]]) -> dict[str, dict[str, int]]:
    """Per key the sum of each amount."""
    sums: dict[str, dict[str, int]] = {}
    for key, amounts in rows:
        kept = sums.setdefault(key, dict.fromkeys(amounts, 0))
        for name, amount in amounts.items():
            kept[name] += amount
    return sums


def mean_of(numbers: Iterable[float]) -> float:
    """Mean, the same on every machine; 0 of none, as the smallest worlds have them."""
    found = list(numbers)
    return round(fsum(found) / max(len(found), 1), 9)


def month_starts() -> list[int]:
    """First instants of the local months, and the one after the last."""
    return [
        int(datetime(2025 + n // 12, n % 12 + 1, 1, tzinfo=PARIS).timestamp())
        for n in range(19)
    ]
