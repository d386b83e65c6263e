"""Faults put into the compiled models by hand are found by random worlds."""

import pytest

from tests.oracle.comparing import differences
from tests.oracle.oracle import Opinion
from tests.oracle.warehouse import Warehouse
from tests.oracle.world import Exports

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


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault, project, judged):
    model, old, new = FAULTS[fault]
    faulty = Warehouse(project, {model: (old, new)})
    assert any(is_found(faulty, model, *of_crowd) for of_crowd in judged)
    faulty.connection.close()


def is_found(faulty: Warehouse, model: str, exports: Exports, opinion: Opinion) -> bool:
    """Say whether a crowd's exports show that a model is faulty."""
    if not faulty.is_moved(exports, model):
        return False
    faulty.take(exports)
    return any(differences(opinion, faulty))
