"""The warehouse finds what contacts and changes were planted to do to customers.

What is planted is a chance, so what is found is held against its interval.
"""

from statistics import NormalDist

import pytest

Z = NormalDist().inv_cdf(0.975)


def interval(successes, number):
    """Wald's 95 % interval of a share."""
    share = successes / number
    margin = Z * (share * (1 - share) / number) ** 0.5
    return share - margin, share + margin


@pytest.fixture(scope="module")
def uplifts(demo, truth):
    """(planted points, lowest and highest found) of each cut value with 100 issues."""
    found = demo.read(
        """
        select cut, cut_value, uplift_low, uplift_high
        from kpis.rpt_uplift where attribution = 'matched' and issues >= 100
        """
    )
    return {
        (cut, value): (truth["uplift"][cut][value]["points"], low, high)
        for cut, value, low, high in found
        if cut in truth["uplift"]
    }


def test_the_planted_uplift_lies_inside_the_matched_interval(uplifts):
    inside = {
        place: low <= points <= high for place, (points, low, high) in uplifts.items()
    }
    assert inside["overall", "all"]
    assert len(inside) == 19
    assert sum(inside.values()) >= 0.95 * len(inside)


def test_the_issues_looked_at_are_those_that_were_planted(demo, truth):
    """Before any is matched."""
    found = {
        (cut, value): issues
        for cut, value, issues in demo.read(
            """
            select cut, cut_value, issues from kpis.rpt_uplift
            where attribution = 'observed'
                and cut in ('overall', 'reason', 'outcome', 'channel', 'team')
            """
        )
    }
    assert found == {
        (cut, value): planted["issues"]
        for cut, values in truth["uplift"].items()
        for value, planted in values.items()
    }


def test_failures_cost_orders_and_solutions_bring_some(uplifts):
    _, low, _ = uplifts["outcome", "first contact"]
    _, _, high = uplifts["outcome", "later"]
    assert high < 0 < low


def test_customers_leave_over_failures(demo, truth):
    """Orders in half a year after the last issue, where its first contact failed."""
    ((ordered, customers),) = demo.read(
        """
        with last_issues as (
            select * from core.fct_issues
            qualify row_number() over (
                partition by customer_id order by opened_at desc
            ) = 1
        )
        select
            count(*) filter (where exists (
                select * from core.fct_orders as orders
                where orders.customer_id = issues.customer_id
                    and orders.is_valid_order and orders.ordered_at > issues.ended_at
                    and orders.ordered_at <= issues.ended_at + interval 180 days
            )),
            count(*)
        from last_issues as issues
        where not is_resolved_first_time and is_repurchase_eligible
            and ended_at + interval 180 days <= (
                select as_of from intermediate.int_data_horizon
            )
        """
    )
    planted = truth["churn"]
    assert customers == planted["customers"]
    low, high = interval(ordered, customers)
    assert low <= planted["share"] <= high < planted["share_if_nobody_left"]


def test_the_retention_curves_part(demo):
    """Half a year on, fewer of those whose first issue failed are still customers."""
    kept = {
        group: (low, high)
        for group, low, high in demo.read(
            """
            select curve_group, interval_low, interval_high
            from kpis.rpt_retention_curves
            where curve = 'first issue' and day_number <= 180
            qualify row_number() over (
                partition by curve_group order by day_number desc
            ) = 1
            """
        )
    }
    assert kept["not resolved first time"][1] < kept["resolved first time"][0]


def test_months_are_as_busy_as_planted(demo, truth):
    """First contacts of customers; those of a month vary like any count."""
    found = demo.read(
        """
        with firsts as (
            select
                min(opened_at at time zone 'utc' at time zone 'Europe/Paris') as began
            from core.fct_contacts where is_countable and is_identified
            group by customer_id
        )
        select strftime(began, '%Y-%m'), count(*),
            day(last_day(min(began)::date))
            - case when min(began)::date < '2025-02-01' then 8 else 0 end
        from firsts group by 1 order by 1
        """
    )
    factors = truth["seasonality"]["months"]
    weights = [factors[month[-2:]] * days for month, _, days in found]
    contacts = [count for _, count, _ in found]
    assert len(found) == 18
    inside(contacts, weights)
    assert contacts[11] > 1.2 * contacts[7]  # December against August


def test_weekdays_are_as_busy_as_planted(demo, truth):
    """Issues that begin in channels that never close."""
    found = demo.read(
        """
        select isodow(opened_at at time zone 'utc' at time zone 'Europe/Paris'),
            count(*)
        from core.fct_issues where channel in ('chat', 'social') group by 1 order by 1
        """
    )
    factors = truth["seasonality"]["weekdays"]
    inside([count for _, count in found], [factors[str(day)] for day, _ in found])
    assert found[0][1] > 1.3 * found[6][1]  # Monday against Sunday


def inside(counts, weights):
    """Each count lies within three standard errors of its share."""
    whole = sum(counts)
    for count, weight in zip(counts, weights, strict=True):
        share = weight / sum(weights)
        error = (whole * share * (1 - share)) ** 0.5
        assert abs(count - whole * share) <= 3 * error


def test_the_partner_costs_first_contact_resolution_and_nothing_else(demo, truth):
    found = {
        kpi: (low, high)
        for kpi, low, high in demo.read(
            """
            select kpi_id, effect_low, effect_high from kpis.rpt_interventions
            where intervention_id = 'telephone_partner'
            """
        )
    }
    planted = truth["interventions"]["telephone_partner"]["fcr"]
    low, high = found["fcr"]
    assert low <= planted <= high < 0
    for kpi in ("transfer_rate", "escalation_rate", "reopen_rate", "abandonment_rate"):
        low, high = found[kpi]
        assert low <= 0 <= high, kpi


def test_the_experiment_finds_what_a_personal_answer_adds(demo, truth):
    """Intention to treat: orders in the 30 days after the assignment, by arm."""
    ((experiment, planted),) = truth["experiments"].items()
    file = demo.landing / "generic" / "experiment_assignments_2025.csv"
    users = demo.landing / "zendesk" / "users.json"
    arms = {
        arm: (customers, share)
        for arm, customers, share in demo.read(
            f"""
            with users as (
                select unnest(users, recursive := true) from read_json('{users}')
            ),

            assignments as (
                select distinct arm, assigned_at::timestamp as assigned_at,
                    identities.customer_id
                from read_csv('{file}', all_varchar = true) as landed
                inner join users on landed.customer_id = users.email
                inner join intermediate.int_contacts_unioned as contacts
                    on users.id::varchar = contacts.customer_source_id
                inner join intermediate.int_customer_identities_resolved as identities
                    using (identity_id)
                where experiment_id = '{experiment}'
                    and contacts.source_system = 'zendesk'
            )
            select arm, count(*), avg(exists (
                select * from core.fct_orders as orders
                where orders.customer_id = assignments.customer_id
                    and is_valid_order and ordered_at > assigned_at
                    and ordered_at <= assigned_at + interval 30 days
            )::integer)
            from assignments group by 1
            """
        )
    }
    assert {arm: count for arm, (count, _) in arms.items()} == {
        arm: len(planted[arm]) for arm in ("treatment", "control")
    }
    difference = arms["treatment"][1] - arms["control"][1]
    error = sum(share * (1 - share) / count for count, share in arms.values()) ** 0.5
    assert abs(100 * difference - planted["points"]) <= 100 * Z * error
    assert difference > Z * error
