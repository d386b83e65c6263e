"""Random draws and the shop's clock."""

import math
import random
from collections.abc import Hashable, Sequence
from typing import TypeVar

from savoir.demo.world import DAY, HOLIDAYS, HOUR, MINUTE, paris

T = TypeVar("T")
# multiples of it, less their whole part, never leave a wide gap between 0 and 1
GOLDEN_RATIO = 0.6180339887498949


def planted(count: int, scale: float) -> int:
    """A count at this scale; at least two, so that no planted case gets lost."""
    return max(2, round(count * scale))


class Dice:
    """Random draws that any Python repeats: of `random.Random`, only `random()` is
    promised to give the same sequence in every version."""

    def __init__(self, seed: int, part: str) -> None:
        """Each part of the world has draws of its own."""
        self._next = random.Random(f"{seed} {part}").random
        self._turns: dict[Hashable, float] = {}

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

    def wait(self, mean: float) -> int:
        """A time until something that happens whenever it likes."""
        return int(-mean * math.log(1 - self._next()))

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
        return _at_share(items, self._next())

    def in_turn(self, key: Hashable, items: Sequence[tuple[T, float]]) -> T:
        """Like `weighted`, but whoever asks with the same key gets names that keep to
        their shares at any time, not only in the long run."""
        return _at_share(items, self._turn(key))

    def between_in_turn(self, key: Hashable, low: int, high: int) -> int:
        """Like `between`, with every part of the range as full as any other."""
        return low + int(self._turn(key) * (high - low + 1))

    def chance_in_turn(self, key: Hashable, probability: float) -> bool:
        """Like `chance`, with shares kept as by `in_turn`."""
        items = ((True, probability), (False, 1 - probability))
        return self.in_turn(key, items)

    def _turn(self, key: Hashable) -> float:
        turn = self._turns.get(key)
        self._turns[key] = (self._next() if turn is None else turn) + GOLDEN_RATIO
        return self._turns[key] % 1

    def open_hours(self, at: int) -> int:
        """The instant itself if the service is open (Mon-Sat, 9 to 18, except on
        public holidays), else some time in the first hour and a half of the next
        opening."""
        local = paris(at)
        if _is_working_day(at) and 9 <= local.hour < 18:
            return at
        days = 0 if local.hour < 9 else 1
        while not _is_working_day(at + days * DAY):
            days += 1
        return _at_hour(at, days, 9) + self.between(0, 90 * MINUTE)

    def awake(self, at: int) -> int:
        """The instant itself by day, else some time in the early morning."""
        if paris(at).hour >= 7:
            return at
        return _at_hour(at, 0, 7) + self.between(0, 2 * HOUR)


def _at_share(items: Sequence[tuple[T, float]], share: float) -> T:
    rest = share * sum(weight for _, weight in items)
    for name, weight in items:
        rest -= weight
        if rest < 0:
            return name
    return items[-1][0]


def _is_working_day(at: int) -> bool:
    day = paris(at).date()
    return day.weekday() < 6 and day not in HOLIDAYS


def _at_hour(at: int, days: int, hour: int) -> int:
    local = paris(at + days * DAY)
    return int(local.replace(hour=hour, minute=0, second=0).timestamp())
