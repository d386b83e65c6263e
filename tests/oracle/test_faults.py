"""Faults put into the compiled models by hand are found by random worlds."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample

from tests.oracle.comparing import differences
from tests.oracle.oracle import judge
from tests.oracle.warehouse import Warehouse
from tests.oracle.world import Exports
from tests.oracle.worlds import worlds

MEAN_OF_DAYS = """
    coalesce(
        (
            select avg(days.scale * days.numerator / nullif(days.denominator, 0))
            from counted as days
            inner join lines as of_day on days.line_number = of_day.line_number
            inner join lines as own on own.line_number = counted.line_number
            where
                days.kpi_number = counted.kpi_number
                and of_day.period_grain = 'day'
                and of_day.cut = own.cut
                and of_day.cut_value = own.cut_value
                and of_day.period_start_date
                between own.period_start_date and own.period_end_date
        ),
        scale * numerator / nullif(denominator, 0)
    )"""

# model, what it says, what the fault makes of it
FAULTS = {
    "window edge left out": (
        "int_contacts_sequenced",
        "(opened_at <= previous_ended_at + 7 * interval '1 day')",
        "(opened_at < previous_ended_at + 7 * interval '1 day')",
    ),
    "reopened-now missed": (
        "int_contact_events_summarised",
        """count(*) filter (
            where
            event_type = 'reopened'
            or (
                event_type in ('opened', 'status_changed')
                and previous_status_event in ('solved', 'closed')
            )
        ) as reopens""",
        "greatest(count(*) filter (where event_type = 'solved') - 1, 0) as reopens",
    ),
    "second survey counted": (
        "int_survey_answers_counted",
        "ranked.recency > 1",
        "ranked.recency > 99",
    ),
    "contacts without a customer lost": (
        "int_contacts_conformed",
        "left join identities",
        "inner join identities",
    ),
    "mean of daily rates": (
        "rpt_kpi_scorecard",
        "(scale * numerator::double / nullif(denominator, 0)::double) as kpi_value",
        f"{MEAN_OF_DAYS} as kpi_value",
    ),
}


# where to begin: one world in a hundred ends a contact a whole window before the next
FIRST_SEED = {"window edge left out": 3, "second survey counted": 1}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault, project, parameters, seeds):
    model, old, new = FAULTS[fault]
    faulty = Warehouse(project, {model: (old, new)})

    def is_found(exports):
        if not faulty.is_moved(exports, model):
            return False
        faulty.take(exports)
        return any(differences(judge(exports, seeds, parameters), faulty))

    first = FIRST_SEED.get(fault, 0)
    assert any(finds(is_found, Random(seed)) for seed in range(first, first + 20))


def finds(condition: Callable[[Exports], bool], random: Random) -> bool:
    """Say whether one of fifty random worlds meets a condition."""
    try:
        find(
            worlds(),
            condition,
            random=random,
            settings=settings(
                max_examples=50,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    except NoSuchExample:
        return False
    return True
