"""Random draws and the shop's clock."""

import random
from collections.abc import Sequence
from typing import TypeVar

from savoir.demo.world import DAY, HOUR, MINUTE, paris

T = TypeVar("T")


class Dice:
    """Random draws that any Python repeats: of `random.Random`, only `random()` is
    promised to give the same sequence in every version."""

    def __init__(self, seed: int, part: str) -> None:
        """Each part of the world has draws of its own."""
        self._next = random.Random(f"{seed} {part}").random

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self._next() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._next() * (high - low + 1))

    def mostly_low(self, low: int, high: int) -> int:
        """A whole number from low to high, half of them in the lowest eighth."""
        draw = self._next()
        return low + int(draw * draw * draw * (high - low))

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, each as likely."""
        return items[int(self._next() * len(items))]

    def some(self, items: Sequence[T], number: int) -> list[T]:
        """That many different items, or all of them, in drawn order."""
        rest = list(items)
        drawn = []
        while rest and len(drawn) < number:
            drawn.append(rest.pop(int(self._next() * len(rest))))
        return drawn

    def weighted(self, items: Sequence[tuple[T, float]]) -> T:
        """One of the names, in proportion to its weight."""
        rest = self._next() * sum(weight for _, weight in items)
        for name, weight in items:
            rest -= weight
            if rest < 0:
                return name
        return items[-1][0]

    def open_hours(self, at: int) -> int:
        """The instant itself if the service is open (Mon-Sat, 9 to 18), else some
        time in the first hour and a half of the next opening."""
        local = paris(at)
        if local.weekday() < 6 and 9 <= local.hour < 18:
            return at
        days = 0 if local.hour < 9 else 1
        if paris(at + days * DAY).weekday() == 6:
            days += 1
        return _at_hour(at, days, 9) + self.between(0, 90 * MINUTE)

    def awake(self, at: int) -> int:
        """The instant itself by day, else some time in the early morning."""
        if paris(at).hour >= 7:
            return at
        return _at_hour(at, 0, 7) + self.between(0, 2 * HOUR)


def _at_hour(at: int, days: int, hour: int) -> int:
    local = paris(at + days * DAY)
    return int(local.replace(hour=hour, minute=0, second=0).timestamp())
