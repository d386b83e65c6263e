"""Queues against published figures, and against a queue played through."""

import heapq

import numpy as np
import pytest

from savoir.analysis.erlang import (
    ErlangA,
    agents_needed,
    erlang_b,
    erlang_c,
    patience_seconds,
    service_level_c,
)


def test_ten_erlangs_as_call_centre_helper_works_them():
    """200 calls an hour of 3 minutes, 80 % in 20 s (callcentrehelper.com)."""
    assert erlang_c(14, 10.0) == pytest.approx(0.174, abs=5e-4)
    assert service_level_c(14, 10.0, 180, 20) == pytest.approx(0.888, abs=5e-4)
    needed = agents_needed(
        lambda agents: service_level_c(agents, 10.0, 180, 20), 0.8, 10
    )
    assert needed == 14


def test_the_example_of_tanner():
    """360 calls per half-hour of 4 minutes, 55 agents, 15 s (mitan.co.uk/erlang)."""
    assert erlang_c(55, 48.0) == pytest.approx(0.239, abs=5e-4)
    assert erlang_c(55, 48.0) * 240 / (55 - 48) == pytest.approx(8.2, abs=0.05)


def test_the_example_of_garnett_mandelbaum_and_reiman():
    """48 calls a minute of 1 minute, 50 agents: patience of 2 minutes (M&SOM 2002)."""
    queue = ErlangA(50, 48.0, 60.0, 120.0)
    assert queue.abandoned == pytest.approx(0.031, abs=5e-4)
    assert queue.mean_wait_seconds == pytest.approx(3.7, abs=0.05)
    assert 48 * (1 - queue.abandoned) / 50 == pytest.approx(0.93, abs=5e-3)
    # and without patience to lose: 20.8 s
    assert erlang_c(50, 48.0) * 60 / (50 - 48) == pytest.approx(20.8, abs=0.05)


def test_loss_follows_its_recursion_however_large():
    loss = 1.0
    for agents in range(1, 2001):
        loss = 1500 * loss / (agents + 1500 * loss)
    assert erlang_b(2000, 1500.0) == pytest.approx(loss, rel=1e-9)
    assert erlang_b(1, 3.0) == pytest.approx(3 / 4)


@pytest.mark.parametrize(
    ("agents", "load", "handle", "patience"),
    [(50, 48.0, 60.0, 120.0), (3, 30.0, 300.0, 1e3), (10, 12.0, 200.0, 30.0)],
)
def test_waiting_is_what_the_birth_and_death_of_callers_leaves(
    agents, load, handle, patience
):
    """Another way to the same: the chain of how many are in the queue, solved."""
    steps = np.arange(1, 3000)
    out = np.minimum(steps, agents) / handle + np.maximum(steps - agents, 0) / patience
    log_weights = np.cumsum(np.log(load / handle / out))
    weights = np.exp(np.append(0, log_weights) - max(0, log_weights.max()))
    states, chances = np.arange(3000), weights / weights.sum()
    queue = ErlangA(agents, load, handle, patience)
    assert queue.waiting == pytest.approx(chances[states >= agents].sum(), rel=1e-9)
    leaving = (chances * np.maximum(states - agents, 0)).sum() / patience
    assert queue.abandoned == pytest.approx(leaving / (load / handle), rel=1e-9)


def test_callers_who_never_tire_make_an_erlang_c():
    queue = ErlangA(30, 25.0, 300.0, 1e9)
    assert queue.waiting == pytest.approx(erlang_c(30, 25.0), rel=1e-5)
    within = service_level_c(30, 25.0, 300.0, 20)
    assert queue.service_level(20, 5) == pytest.approx(within, rel=1e-5)


def test_too_many_calls_wait_for_ever_or_hang_up():
    assert erlang_c(3, 30.0) == 1
    # 3 agents serve 3 of 30 erlangs, whatever the patience: the rest hangs up
    assert ErlangA(3, 30.0, 300.0, 1e5).abandoned == pytest.approx(0.9, rel=1e-6)
    assert ErlangA(3, 30.0, 300.0, 1e5).service_level(20, 5) == pytest.approx(0)


def test_arrays_say_what_each_queue_says():
    together = ErlangA([2, 5], [1.0, 4.0], [250.0, 300.0], 60.0).service_level(20, 5)
    alone = [
        ErlangA(2, 1.0, 250.0, 60.0).service_level(20, 5),
        ErlangA(5, 4.0, 300.0, 60.0).service_level(20, 5),
    ]
    assert together == pytest.approx(alone)


def test_no_number_of_agents_answers_before_the_call():
    with pytest.raises(ValueError, match="no number of agents"):
        agents_needed(lambda agents: 0.9 + 0 * agents, 0.95, 1.0)


def test_each_load_has_its_fewest_agents():
    loads = np.array([0.001, 10.0, 48.0])

    def within(agents):
        return service_level_c(agents, loads, 180, 20)

    needed = agents_needed(within, 0.8, loads)
    assert needed[:2].tolist() == [1, 14]
    assert (within(needed) >= 0.8).all()
    assert (within(np.maximum(needed - 1, 1)) < 0.8)[1:].all()


def test_patience_is_all_waiting_over_who_hung_up():
    # answered after 10 s and 50 s, hung up after 30 s and 90 s
    assert patience_seconds(10 + 50 + 30 + 90, 2) == 90
    assert patience_seconds(60, 0) is None


def test_a_queue_played_through_serves_as_erlang_a_says():
    agents, load, handle, patience, calls = 5, 5.0, 240.0, 90.0, 60_000
    dice = np.random.default_rng(8)
    arrivals = dice.exponential(handle / load, calls).cumsum()
    service, tires = dice.exponential(handle, calls), dice.exponential(patience, calls)
    free_at = [0.0] * agents
    in_time = hung_up = hung_up_at_once = 0
    for at, takes, tired in zip(arrivals, service, tires, strict=True):
        wait = max(0.0, free_at[0] - at)
        if wait > tired:
            hung_up += 1
            hung_up_at_once += tired <= 5
        else:
            heapq.heapreplace(free_at, at + wait + takes)
            in_time += wait <= 20
    queue = ErlangA(agents, load, handle, patience)
    assert queue.abandoned == pytest.approx(hung_up / calls, abs=0.01)
    served = in_time / (calls - hung_up_at_once)
    assert queue.service_level(20, 5) == pytest.approx(served, abs=0.015)
