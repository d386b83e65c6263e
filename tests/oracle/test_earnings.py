"""Shops with enough customers to tell what support caused, by one way or the other."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from tests.oracle.comparing import differences
from tests.oracle.oracle import judge
from tests.oracle.world import Exports

START = datetime(2025, 1, 1)
EXPERIMENT = "personal_answer_2025"


def shop(is_experiment_clear: bool) -> Exports:
    """Eighteen months of a few customers; a clear experiment bounds more than matching.

    Customers are named by e-mail or by an account; one name is of two customers, one
    of nobody.
    """
    dice = Random(3)
    days = 540

    def at(day: float) -> str:
        return f"{START + timedelta(seconds=int(day * 86400)):%Y-%m-%dT%H:%M:%SZ}"

    contacts, orders, assigned = [], [], []
    for number in range(60):
        who = {"customer_id": f"a{number}", "customer_email": f"c{number}@example.com"}
        bought = sorted(dice.uniform(0, days) for _ in range(9))
        asked = [dice.uniform(30, days - 40) for _ in range(3)]
        for day in asked:
            contacts.append(
                who
                | {
                    "opened_at": at(day),
                    "resolved_at": at(day + 0.1),
                    "status": "solved",
                    "channel": "email",
                    "reason": dice.choice(("late", "broken")),
                }
            )
            if dice.random() < 0.4:
                contacts.append(contacts[-1] | {"opened_at": at(day + 2)})
                contacts[-1]["resolved_at"] = at(day + 2.1)
        is_treated = number % 2 == 0
        start = dice.uniform(100, 300)
        helped = [start + dice.uniform(1, 29)] if is_treated else []
        bought += helped if is_experiment_clear else []
        bought += [day + dice.uniform(1, 29) for day in asked if dice.random() < 0.6]
        for day in bought:
            orders.append(
                who
                | {
                    "ordered_at": at(day),
                    "net_amount": "500"
                    if day in helped
                    else f"{dice.uniform(20, 90):.2f}",
                    "cost_amount": "11.11",
                    "agent_id": "A1" if dice.random() < 0.1 else "",
                }
            )
        assigned.append(
            {
                "experiment_id": EXPERIMENT,
                "customer_id": who["customer_email" if number % 3 else "customer_id"],
                "arm": "treatment" if is_treated else "control",
                "assigned_at": at(start),
            }
        )
        # who is assigned again stays where they were
        assigned.append(assigned[-1] | {"arm": "control", "assigned_at": at(start + 9)})
    orders[0] |= {"customer_id": "a3", "customer_email": "other@example.com"}
    assigned[-1] |= {"customer_id": "nobody"}
    return {
        "contacts.csv": numbered(contacts, "contact_id"),
        "orders.csv": numbered(orders, "order_id"),
        "experiment_assignments.csv": assigned,
        "support_costs.csv": [
            {
                "period_month": f"{2025 + month // 12}-{month % 12 + 1:02}-01",
                "category": "salaries",
                "amount": f"{dice.uniform(100, 300):.2f}",
            }
            for month in range(18)
        ],
    }


def numbered(rows: list[dict], key: str) -> list[dict]:
    return [{key: f"{key[0]}{number}"} | row for number, row in enumerate(rows)]


@pytest.mark.parametrize("is_experiment_clear", [True, False])
def test_the_headline_is_what_the_oracle_says(
    is_experiment_clear, warehouse, parameters, seeds
):
    exports = shop(is_experiment_clear)
    warehouse.take(exports)
    opinion = judge(exports, seeds, parameters)
    assert not list(differences(opinion, warehouse, {"kpi_components"}))
    ((headline, others),) = warehouse.connection.execute(
        """
        select
            min(attribution) filter (where is_headline),
            count(distinct attribution) filter (where not is_headline)
        from savoir.kpis.rpt_support_pnl
        """
    ).fetchall()
    assert headline == ("proven" if is_experiment_clear else "matched")
    assert others == 2
    retained, avoided = (
        sum(
            abs(value)
            for (component, grain, *_, cut, _), value in opinion.components.items()
            if (component, grain, cut) == (name, "month", "overall")
        )
        for name in ("retained_margin_low_amount", "repeat_avoided_cost_amount")
    )
    assert retained > Decimal(100)
    assert avoided > Decimal(1)
