"""Marts whose SQL is written from the catalogue, run on cases worked by hand.

dbt shows no catalogue to a unit test, so these take the compiled SQL of the built
project and give it tables of a few rows.
"""

import duckdb
import pytest

# every cut of every mart: a column too many is read by nobody
CUTS = (
    "channel",
    "contact_reason",
    "journey_stage",
    "product",
    "team",
    "tier",
    "site",
    "partner",
    "agent",
    "region",
    "segment",
    "value_band",
    "tenure_band",
    "frequency_band",
    "survey",
    "dimension",
)


def compiled(demo, model):
    """The SQL dbt ran for a model."""
    return demo.manifest()["nodes"][f"model.savoir.{model}"]["compiled_code"]


def run(demo, model, tables):
    """Run a model's compiled SQL over `tables`, each the query that fills it."""
    sql = compiled(demo, model)
    with duckdb.connect() as connection:
        built = demo.warehouse / "savoir.duckdb"
        connection.execute(f"attach '{built}' as built (read_only)")
        connection.execute("attach ':memory:' as savoir")
        for name, rows in tables.items():
            connection.execute(
                f"create schema if not exists savoir.{name.split('.')[0]}"
            )
            connection.execute(f"create table savoir.{name} as {rows}")
        result = connection.sql(sql)
        return [
            dict(zip(result.columns, row, strict=True)) for row in result.fetchall()
        ]


def shaped(table, rows=None):
    """Rows of a few columns in the shape of a built table; none if none are given."""
    empty = f"(select * from built.{table} limit 0)"
    return f"{empty} union all by name ({rows})" if rows else empty


def day(date, channel="phone", **components):
    """One row of a daily mart, on one channel and otherwise nobody knows where."""
    cuts = {cut: "unknown" for cut in CUTS} | {"channel": channel}
    columns = [f"'{value}' as {cut}" for cut, value in cuts.items()]
    columns += [f"{value} as {name}" for name, value in components.items()]
    return f"select date '{date}' as date_day, {', '.join(columns)}"


# the named marts of a share: their mart, what is counted, of what
SHARES = {
    "kpi_csat": ("kpi_perception_daily", "csat_answers_satisfied", "csat_answers"),
    "kpi_fcr": (
        "kpi_issues_opened_daily",
        "issues_resolved_first_time",
        "issues_fcr_eligible",
    ),
    "kpi_repurchase_after_contact": (
        "kpi_issues_ended_daily",
        "issues_repurchased",
        "issues_repurchase_eligible",
    ),
}


@pytest.fixture(params=SHARES)
def share_of(request, demo):
    """A function: the one month of a share's mart where so many of so many are."""
    mart, numerator, denominator = SHARES[request.param]

    def month(counted: int, of: int) -> dict:
        rows = day("2026-03-01", **{numerator: counted, denominator: of})
        (march,) = run(demo, request.param, {f"kpis.{mart}": rows})
        return march

    return month


def test_more_than_all_has_no_interval(share_of):
    """Three of two is no share, so no proportion's interval holds it."""
    march = share_of(3, of=2)
    assert march["kpi_value"] == 150
    assert (march["interval_low"], march["interval_high"]) == (None, None)


def test_one_of_one_has_a_wide_interval(share_of):
    """Wilson's lower bound of all of n is n / (n + 1.96 squared): 1 / 4.8415."""
    march = share_of(1, of=1)
    assert march["kpi_value"] == 100
    assert march["interval_low"] == pytest.approx(20.65, abs=0.01)
    assert march["interval_high"] == pytest.approx(100)


def test_millions_have_an_interval(share_of):
    """Half of 20 million, by 1.96 roots of 0.25 / 20 million: 0.0219 points."""
    march = share_of(10_000_000, of=20_000_000)
    assert march["interval_low"] == pytest.approx(50 - 0.0219, abs=1e-4)
    assert march["interval_high"] == pytest.approx(50 + 0.0219, abs=1e-4)


def test_a_month_is_a_ratio_of_sums(demo):
    """1 of 1 and 1 of 3 are 2 of 4, not the 66.7 % that averaging days would give."""
    rows = " union all ".join(
        [
            day("2026-03-01", csat_answers=1, csat_answers_satisfied=1),
            day("2026-03-02", csat_answers=3, csat_answers_satisfied=1),
            day("2026-04-01", csat_answers=0, csat_answers_satisfied=0),
        ]
    )
    march, *others = run(demo, "kpi_csat", {"kpis.kpi_perception_daily": rows})
    assert others == []  # April has no denominator, hence no value
    assert (march["numerator"], march["denominator"]) == (2, 4)
    assert march["kpi_value"] == 50


def test_first_contact_resolution_of_280_in_400_is_70(demo):
    """SQM's published example."""
    rows = day("2026-03-01", issues_fcr_eligible=400, issues_resolved_first_time=280)
    (march,) = run(demo, "kpi_fcr", {"kpis.kpi_issues_opened_daily": rows})
    assert march["kpi_value"] == 70


# what stands beside ROI, each with an amount of its own
PARTS = {
    "repurchase_margin_amount": 1,
    "retained_margin_low_amount": 2,
    "upsell_margin_amount": 3,
    "avoided_cost_amount": 4,
    "repeat_avoided_cost_amount": 5,
    "ledger_cost_amount": 6,
    "goodwill_amount": 7,
}


def account(gain, cost):
    """Components of a day on which so much was gained, costs taken off, for so much."""
    return PARTS | {
        "support_net_gain_low_amount": gain,
        "support_cost_judged_amount": cost,
    }


@pytest.mark.parametrize(
    ("gain", "expected"),
    [(200 * 1000 + 50_000, -50), (400 * 1000 + 100_000, 0)],
)
def test_golden_roi(demo, gain, expected):
    rows = " union all ".join(
        [
            day("2026-03-01", **account(gain, 0)),
            day("2026-03-31", **account(-500_000, 500_000)),
        ]
    )
    (march,) = run(demo, "kpi_roi", {"kpis.kpi_support_pnl_daily": rows})
    assert march["attribution"] == "least"
    assert march["denominator"] == 500_000
    assert march["kpi_value"] == expected
    assert {name: march[name] for name in PARTS} == {
        name: 2 * amount for name, amount in PARTS.items()
    }


def test_a_gain_without_a_cost_and_a_cost_without_a_gain_are_shown(demo):
    """Of no cost there is no return; a cost that nothing is left of has one of 0."""
    rows = " union all ".join(
        [
            day("2026-03-01", "chat", **account(1, 0)),
            day("2026-03-01", "email", **account(0, 1)),
            day("2026-03-01", "phone", **account(0, 0)),
        ]
    )
    months = run(demo, "kpi_roi", {"kpis.kpi_support_pnl_daily": rows})
    values = {month["channel"]: month["kpi_value"] for month in months}
    assert values == {"chat": None, "email": 0}


def test_fifty_promoters_and_twenty_detractors_of_100_are_plus_30(demo):
    rows = """
        select
            'month' as period_grain, date '2026-03-01' as period_start_date,
            'phone' as channel, 'billing' as contact_reason,
            'order' as journey_stage, 'Desk' as team, '1' as tier, 'Lyon' as site,
            'none' as partner,
            100 as nps_answers, 50 as nps_promoters, 30 as nps_passives,
            20 as nps_detractors, 30 as nps_net_promoters, 70 as nps_decided
    """
    (march,) = run(demo, "kpi_nps", {"kpis.kpi_nps_by_period": rows})
    assert march["kpi_value"] == 30
    assert round(march["interval_low"], 1) == 14.1
    assert round(march["interval_high"], 1) == 44.2


def test_components_sum_by_period_and_by_every_cut(demo):
    """Two days, two channels: the month holds all, each channel its own, no zeros."""
    answers = " union all ".join(
        [
            day("2026-03-01", csat_answers=1, csat_answers_satisfied=1),
            day("2026-03-02", csat_answers=3, csat_answers_satisfied=1),
            day("2026-03-02", "email", csat_answers=5, csat_answers_satisfied=2),
            day("2026-03-02", "social", csat_answers=0, csat_answers_satisfied=0),
        ]
    )
    nodes = demo.manifest()["nodes"]
    marts = [
        node.removeprefix("model.savoir.")
        for node in nodes["model.savoir.kpi_components"]["depends_on"]["nodes"]
        if ".kpi_" in node
    ]
    tables = {f"kpis.{mart}": shaped(f"kpis.{mart}") for mart in marts}
    tables["kpis.kpi_perception_daily"] = shaped("kpis.kpi_perception_daily", answers)
    tables["core.bridge_dates_x_periods"] = """
        select unnest([date '2026-03-01', date '2026-03-02']) as date_day,
            'month' as period_grain, date '2026-03-01' as period_start_date
    """
    found = {
        (row["cut"], row["cut_value"], row["component"]): row["component_value"]
        for row in run(demo, "kpi_components", tables)
    }

    expected = {
        ("channel", "phone", "csat_answers"): 4,
        ("channel", "phone", "csat_answers_satisfied"): 2,
        ("channel", "email", "csat_answers"): 5,
        ("channel", "email", "csat_answers_satisfied"): 2,
    }
    named = {"channel": "overall", "contact_reason": "reason"}
    for cut in CUTS:
        whole = (named.get(cut, cut), "all" if cut == "channel" else "unknown")
        expected[*whole, "csat_answers"] = 9
        expected[*whole, "csat_answers_satisfied"] = 4
    assert found == expected


@pytest.mark.parametrize(
    ("mart", "table", "n", "total", "squares"),
    [
        (
            "kpi_ces",
            "kpi_perception_daily",
            *("ces_answers", "ces_effort", "ces_effort_squared"),
        ),
        (
            "kpi_cost_per_resolution",
            "kpi_issues_ended_daily",
            *("issues_resolved", "resolution_cost_amount", "resolution_cost_squared"),
        ),
    ],
)
def test_a_means_interval_by_students_t(demo, mart, table, n, total, squares):
    """One value has none; 4, 6 and 4, 5, 6 and 2, 4, 6, 8 are 5 give or take t s / √n.

    Their standard deviations are √2, 1 and √(20 / 3); t is 12.706, 4.303 and 3.182, the
    last an expansion that is 0.004 off.
    """
    cases = {"chat": (1, 5, 25), "email": (2, 10, 52), "phone": (3, 15, 77)}
    cases["web"] = (4, 20, 120)
    rows = " union all ".join(
        day(
            "2026-03-01",
            channel,
            **{n: values[0], total: values[1], squares: values[2]},
        )
        for channel, values in cases.items()
    )
    found = {row["channel"]: row for row in run(demo, mart, {f"kpis.{table}": rows})}
    assert found["chat"]["interval_low"] is found["chat"]["interval_high"] is None
    for channel, half, off in (
        ("email", 12.706 * 1, 0.001),
        ("phone", 4.303 / 3**0.5, 0.001),
        ("web", 3.182 * (20 / 3) ** 0.5 / 2, 0.006),
    ):
        assert found[channel]["kpi_value"] == 5
        assert found[channel]["interval_low"] == pytest.approx(5 - half, abs=off)
        assert found[channel]["interval_high"] == pytest.approx(5 + half, abs=off)


@pytest.fixture(scope="module")
def telephony(demo):
    """1000 calls answered, 860 in 20 s; 60 abandoned, 20 in 20 s and 10 in 5 s."""
    calls = """
        select
            'call ' || number as call_id,
            call_id as contact_id,
            'inbound' as direction,
            number < 1000 as is_answered,
            case when number < 1000 then 'answered' else 'abandoned' end as outcome,
            case
                when number < 860 then 20
                when number < 1000 then 21
                when number < 1010 then 5
                when number < 1020 then 20
                else 21
            end as wait_seconds,
            timestamp '2026-03-02 10:00:00' as started_at,
            true as is_countable
        from range(1060) as numbers(number)
    """
    inputs = ("int_calls_attached", "int_contacts_conformed", "int_contacts_described")
    tables = {
        f"intermediate.{name}": shaped(f"intermediate.{name}", calls)
        if name == "int_calls_attached"
        else shaped(
            f"intermediate.{name}", f"select contact_id, is_countable from ({calls})"
        )
        for name in inputs
    }
    tables["reference.teams"] = shaped("reference.teams")
    tables["core.fct_calls"] = compiled(demo, "fct_calls")
    tables["core.fct_contacts"] = shaped("core.fct_contacts")
    (only,) = run(demo, "kpi_telephony_daily", tables)
    return only


@pytest.mark.parametrize(
    ("kpi_id", "expected"),
    [
        ("service_level_abandoned_as_served", 83.0),
        ("service_level_of_answered", 86.0),
        ("service_level_of_all", 81.1),
        ("service_level_late_abandons", 82.7),
        ("service_level_short_as_served", 82.1),
        ("service_level", 81.9),
    ],
)
def test_six_published_formulae_of_one_queue(demo, telephony, kpi_id, expected):
    assert round(of_catalogue(demo, telephony, kpi_id), 1) == expected


@pytest.mark.parametrize(
    ("kpi_id", "expected"),
    [("abandonment_rate", 4.76), ("abandonment_rate_with_short", 5.66)],
)
def test_abandonment_of_the_same_queue(demo, telephony, kpi_id, expected):
    assert round(of_catalogue(demo, telephony, kpi_id), 2) == expected


def of_catalogue(demo, components, kpi_id):
    """A KPI of a mart's only row, by the components the catalogue gives it."""
    ((numerator, denominator, scale),) = demo.read(
        "select numerator_component, denominator_component, scale "
        f"from kpis.dim_kpi where kpi_id = '{kpi_id}'"
    )
    return scale * components[numerator] / components[denominator]


def test_the_business_clock_of_a_case_of_eighteen_months(demo):
    """78 weeks and an hour, from a Tuesday at 10:00 in Paris to another at 11:00.

    Weekdays from 9 to 17 are 78 x 5 x 8 hours and that one, less the 8 of a holiday; a
    site that never closes counts every second, however often its clocks change.
    """
    contacts = """
        select
            unnest(['office', 'always']) as contact_id,
            timestamp '2024-10-01 08:00:00' as opened_at,
            timestamp '2026-03-31 09:00:00' as resolved_at
    """
    hours = """
        select unnest(range(1, 8)) as iso_weekday, 'always' as site,
            '00:00:00' as opens_at, '24:00:00' as closes_at
        union all
        select unnest(range(1, 6)), 'office', '09:00:00', '17:00:00'
    """
    tables = {
        "intermediate.int_contacts_conformed": shaped(
            "intermediate.int_contacts_conformed", contacts
        ),
        "intermediate.int_contacts_described": shaped(
            "intermediate.int_contacts_described",
            f"select contact_id, contact_id as site from ({contacts})",
        ),
        "reference.sites": "select unnest(['office', 'always']) as site, "
        "'Europe/Paris' as timezone",
        "reference.business_hours": "select *, date '2000-01-01' as valid_from, "
        f"date '9999-12-31' as valid_to from ({hours})",
        "reference.holidays": "select 'office' as site, "
        "date '2025-05-01' as holiday_date",
        "intermediate.int_business_hours_dated": compiled(
            demo, "int_business_hours_dated"
        ),
    }
    found = {
        row["contact_id"]: row["resolution_business_seconds"]
        for row in run(demo, "int_contacts_clocked", tables)
    }
    hour, week = 3600, 7 * 24 * 3600
    assert found == {
        "office": (78 * 5 * 8 + 1 - 8) * hour,
        "always": 78 * week + hour,
    }


def test_a_line_has_one_key_however_its_number_is_written(demo):
    """The key itself depends on the installation's salt; who shares one does not."""
    callers = {
        "national": "06 12 34 56 78",
        "abroad": "0033612345678",
        "written out": "+33 (0)6 12 34 56 78",
        "another": "+212612345678",
        "short": "12345678",
        "extension": "1234567",
        "hidden": "anonymous",
    }
    rows = " union all ".join(
        f"select '{call}' as call_source_id, 'sav' as queue, 'ENTERQUEUE' as event, "
        f"'{number}' as data2, timestamp '2026-03-02 09:00:00' as occurred_at"
        for call, number in callers.items()
    )
    # handed to a queue that is not told who calls
    rows += " union all " + rows.split(" union all ")[0].replace("06 12 34 56 78", "")
    calls = run(
        demo,
        "int_asterisk_calls_assembled",
        {"staging.stg_asterisk__queue_events": rows},
    )
    keys = {call["call_source_id"]: call["phone_key"] for call in calls}
    assert keys["national"] == keys["abroad"] == keys["written out"]
    assert keys["extension"] is None
    assert keys["hidden"] is None
    assert len({keys["national"], keys["another"], keys["short"]} - {None}) == 3
