"""Cases that the models once got wrong, found by the oracle; one of each kind."""

import pytest

from tests.oracle.comparing import differences
from tests.oracle.oracle import judge


def contact(**more: str) -> dict[str, str]:
    opened = {"contact_id": "T1", "opened_at": "2025-01-15T10:00:00Z"}
    return opened | {"channel": "email", "status": "open"} | more


def event(occurred_at: str, event_type: str, actor: str, to_value: str = "") -> dict:
    return {
        "contact_id": "T1",
        "occurred_at": f"2025-01-{occurred_at}:00Z",
        "event_type": event_type,
        "actor_type": actor,
        "actor_id": "A1" if actor == "agent" else "",
        "to_value": to_value,
    }


def call(**more: str) -> dict[str, str]:
    return {"call_id": "C1", "started_at": "2025-01-15T10:00:00Z"} | more


CASES = {
    # "Contacts opened by an agent start at the customer's first message."
    "opened by an agent": {
        "contacts.csv": [contact()],
        "contact_events.csv": [
            event("15T10:00", "opened", "agent"),
            event("16T10:00", "customer_reply", "customer"),
            event("16T11:00", "public_reply", "agent"),
        ],
    },
    # "Counted as solved->open transitions", and the backlog has it back already.
    "reopened by a plain change of status": {
        "contacts.csv": [contact()],
        "contact_events.csv": [
            event("15T12:00", "solved", "agent", "solved"),
            event("16T12:00", "status_changed", "customer", "open"),
        ],
    },
    # "Last solved - opened, net of pending time": what is pending later is no part.
    "pending after the last solution": {
        "contacts.csv": [contact(status="closed")],
        "contact_events.csv": [
            event("15T12:00", "solved", "agent", "solved"),
            event("16T12:00", "reopened", "customer", "open"),
            event("16T13:00", "status_changed", "agent", "pending"),
            event("20T13:00", "closed", "system", "closed"),
        ],
    },
    # What a bot does after a human answered hands nothing over.
    "bot after the answer": {
        "contacts.csv": [contact(first_response_at="2025-01-15T10:30:00Z")],
        "contact_events.csv": [
            event("15T10:00", "opened", "customer"),
            event("20T10:00", "public_reply", "bot"),
        ],
    },
    # A call that its export calls answered was handled, without `answered_at` too.
    "answered call without answered_at": {
        "calls.csv": [call(outcome="answered", wait_seconds="10", talk_seconds="120")]
    },
    # "By site ... wherever the fact has the attribute."
    "site of a call": {
        "calls.csv": [call(outcome="abandoned", wait_seconds="10", site="Nantes")]
    },
}


@pytest.mark.parametrize("case", CASES)
def test_the_models_follow_the_specification(case, warehouse, parameters, seeds):
    exports = CASES[case]
    warehouse.take(exports)
    found = list(differences(judge(exports, seeds, parameters), warehouse))
    assert not found, "\n".join(found[:20])
