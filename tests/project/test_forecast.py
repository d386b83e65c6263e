"""The forecast, the rota and the what-if of the demo, as a reader meets them."""

import pytest

from savoir.paths import PROJECT
from savoir.planning import write_page

# weeks that grew up to Christmas and shrank after it: a season seen once is not known
SEASONAL = ("email", "weekly_wape")


def test_the_page_says_what_the_demo_says(demo, tmp_path):
    page = PROJECT / "docs" / "forecast.md"
    copy = tmp_path / "forecast.md"
    copy.write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    write_page(demo.warehouse / "savoir.duckdb", copy)
    assert copy.read_text(encoding="utf-8") == page.read_text(encoding="utf-8")


def test_the_forecast_beats_the_same_weekday_a_week_before(demo):
    beaten = demo.read(
        """
        select channel, metric, is_better_than_baseline
        from kpis.rpt_forecast_quality
        where is_chosen and metric in ('rmse', 'wape', 'weekly_wape', 'mase')
        """
    )
    assert len(beaten) == 5 * 4
    worse = {(channel, metric) for channel, metric, better in beaten if not better}
    assert worse == {SEASONAL}


def test_every_day_of_four_weeks_is_forecast(demo):
    assert demo.read(
        """
        select channel, min(date_day)::varchar, max(date_day)::varchar, count(*)
        from kpis.rpt_volume_forecast
        group by all
        order by all
        """
    ) == [
        (channel, "2026-07-01", "2026-07-28", 28)
        for channel in ("chat", "email", "phone", "social", "web")
    ]


def test_half_hours_add_up_to_their_day_less_what_bots_settle(demo):
    off = demo.read(
        """
        with slots as (
            select channel, date_day, sum(expected_contacts) as expected
            from kpis.rpt_staffing_need
            group by all
        )

        select *
        from kpis.rpt_volume_forecast as days
        inner join intermediate.int_queues_measured as queues using (channel)
        left join slots using (channel, date_day)
        where
            days.expected_contacts > 0.01
            and (
                abs(slots.expected - queues.agents_share * days.expected_contacts)
                < 0.001
            ) is not true
        """
    )
    assert off == []


def test_what_if_starts_from_the_accounts(demo):
    [(gain, cost, roi)] = demo.read(
        """
        select distinct
            gain_amount, cost_amount, 100 * (gain_amount - cost_amount) / cost_amount
        from kpis.rpt_what_if
        """
    )
    [(by_month,)] = demo.read(
        """
        select 100 * sum(numerator) / sum(denominator)
        from kpis.rpt_kpi_scorecard
        where
            kpi_id = 'roi_observed'
            and period_grain = 'month'
            and cut = 'overall'
            and period_start_date >= '2025-07-01'
        """
    )
    assert roi == pytest.approx(float(by_month), abs=0.01)
    assert gain > 0
    assert cost > 0


def test_the_commands_speak(demo):
    said = demo.run("savoir", "whatif", "--fcr", "1", "--handle-time", "-10")
    assert "Together" in said
    assert "estimated" in said
    refused = demo.run("savoir", "whatif", "--fcr", "99", succeeds=False)
    assert "--fcr 99 is not from -5 to 5" in refused
    assert "Téléphone" in demo.run("savoir", "forecast", "--language", "fr")
