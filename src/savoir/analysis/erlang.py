"""Queues of callers: Erlang C, where all wait, and Erlang A, where some hang up.

Loads are in erlangs (arrivals per second times mean handle seconds), times in seconds,
results are shares of 1. Arguments may be numpy arrays. The number of agents need not
be whole: the loss formula is continued by the incomplete gamma function, in which it
is as stable as by its recursion. Erlang A after Mandelbaum and Zeltyn, "Service
engineering in action: the Palm/Erlang-A queue" (2007), and "Call centers with
impatient customers" (2005), with exponential patience.
"""

import numpy as np
from scipy import special

MOST_AGENTS = 10_000
NODES, WEIGHTS = np.polynomial.legendre.leggauss(96)
NEGLIGIBLE = 40.0  # a density e^40 times below the highest adds nothing to a double
HALVINGS = 60


def erlang_b(agents, load):
    """Return the share of arrivals that find every agent busy, if none could wait."""
    log_all_busy = agents * np.log(load) - load - special.gammaln(np.add(agents, 1))
    return np.exp(log_all_busy) / special.gammaincc(np.add(agents, 1), load)


def erlang_c(agents, load):
    """Return the share of arrivals that wait; 1 where the load exceeds the agents."""
    loss = erlang_b(agents, load)
    stable = np.greater(agents, load)
    spare = np.where(stable, agents - load * (1 - loss), 1)
    return np.where(stable, agents * loss / spare, 1.0)


def service_level_c(agents, load, handle_seconds, within_seconds):
    """Return the share answered within some seconds if nobody ever hangs up."""
    spare = np.maximum(np.subtract(agents, load), 0) / handle_seconds
    return 1 - erlang_c(agents, load) * np.exp(-spare * within_seconds)


class ErlangA:
    """A queue that callers leave after `patience_seconds` on average.

    The wait an arrival is offered has a known density, up to a factor; every figure is
    an integral of it over the stretch where it is not negligible.
    """

    def __init__(self, agents, load, handle_seconds, patience_seconds: float) -> None:
        """Take one queue, or arrays of them."""
        agents, load, handle = (
            np.asarray(values, dtype=float)[..., np.newaxis]
            for values in (agents, load, handle_seconds)
        )
        self._patience = patience_seconds
        self._arrivals = load / handle
        self._capacity = agents / handle
        # where the queue would settle if arrivals exceed what agents can do
        excess = np.maximum(self._arrivals / self._capacity, 1)
        peak = patience_seconds * np.log(excess)
        self._highest = self._log_density(peak)
        self._from = self._edge(np.zeros_like(peak), peak)
        far = peak + 1 / self._capacity
        while (near := self._log_density(far) > self._highest - NEGLIGIBLE).any():
            far = np.where(near, 2 * far, far)
        self._to = self._edge(far, peak)
        loss = erlang_b(agents, load)
        with np.errstate(divide="ignore"):
            # one step of Erlang's recursion: the loss with one agent less
            free = load * (1 - loss) / (agents * loss)
        self._free = (free * np.exp(-self._highest))[..., 0]
        self._all = self._free + self._weigh(0, np.inf)

    @property
    def waiting(self):
        """Share of arrivals that wait."""
        return self._weigh(0, np.inf) / self._all

    @property
    def abandoned(self):
        """Share of arrivals that hang up."""
        return self.waiting - self._weigh(0, np.inf, patient=True) / self._all

    @property
    def mean_wait_seconds(self):
        """Mean time in the queue, of those who hang up too."""
        return self.abandoned * self._patience

    def answered_within(self, seconds: float):
        """Share of arrivals answered within some seconds."""
        return 1 - self.waiting + self._weigh(0, seconds, patient=True) / self._all

    def abandoned_within(self, seconds: float):
        """Share of arrivals that hang up within some seconds."""
        sooner = self._weigh(0, seconds) - self._weigh(0, seconds, patient=True)
        later = self._weigh(seconds, np.inf)
        return (sooner - later * np.expm1(-seconds / self._patience)) / self._all

    def service_level(self, within_seconds: float, short_seconds: float):
        """Answered in time ÷ arrivals but those who hang up at once."""
        waited = 1 - self.abandoned_within(short_seconds)
        return self.answered_within(within_seconds) / waited

    def _log_density(self, wait):
        """Log density of an offered wait, against that of finding an agent free."""
        patient = -self._patience * np.expm1(-wait / self._patience)
        return self._arrivals * patient - self._capacity * wait

    def _edge(self, outside, inside):
        """Halve towards where the density becomes negligible."""
        floor = self._highest - NEGLIGIBLE
        outside = np.where(self._log_density(outside) > floor, inside * 0, outside)
        for _ in range(HALVINGS):
            middle = (outside + inside) / 2
            counts = self._log_density(middle) > floor
            inside = np.where(counts, middle, inside)
            outside = np.where(counts, outside, middle)
        return outside

    def _weigh(self, start: float, end: float, patient: bool = False):
        """Integrate the density of offered waits; `patient`: who would wait so long."""
        low, high = (
            np.clip(start, self._from, self._to),
            np.clip(end, self._from, self._to),
        )
        half = (high - low) / 2
        wait = low + half * (1 + NODES)
        log_density = self._log_density(wait) - self._highest
        if patient:
            log_density -= wait / self._patience
        return (half * WEIGHTS * self._arrivals * np.exp(log_density)).sum(axis=-1)


def agents_needed(service_level, target: float, load):
    """Return the fewest agents whose service level reaches a target, for each load.

    `service_level` takes a number of agents for each load; it rises with them. Raises
    `ValueError` where none is enough.
    """
    low = np.zeros_like(load, dtype=int)
    high = np.maximum(1, np.asarray(load).astype(int))
    while (short := service_level(high) < target).any():
        low, high = np.where(short, high, low), np.where(short, 2 * high, high)
        if np.max(high) > MOST_AGENTS:
            raise ValueError(f"no number of agents reaches {target}")
    while (high - low > 1).any():
        middle = (low + high) // 2
        # zero agents serve nobody, and are no queue
        enough = (middle > 0) & (service_level(np.maximum(middle, 1)) >= target)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def patience_seconds(waited_seconds: float, abandoned: int) -> float | None:
    """Return callers' mean patience: all time waited ÷ those who hung up.

    The maximum-likelihood estimate of an exponential patience of which the answered
    only show that it was longer; None where nobody hung up.
    """
    return waited_seconds / abandoned if abandoned else None
