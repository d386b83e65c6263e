"""`savoir forecast`: weeks, agents and quality, printed and on a page."""

import duckdb
import pytest
from rich.console import Console

from savoir.planning import print_forecast, write_page


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "savoir.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(
            """
            create schema kpis;
            create schema reference;
            create table reference.channels as
            select 'phone' as channel, 'Phone' as label_en, 'Téléphone' as label_fr;

            -- 14 days of 10 from a Wednesday on: two weeks, whatever the calendar says
            create table kpis.rpt_volume_forecast as
            select
                'phone' as channel,
                unnest(generate_series(date '2026-07-01', date '2026-07-14',
                    interval 1 day))::date as date_day,
                10.0::double as expected_contacts;

            create table kpis.rpt_staffing_need as
            from (values
                ('phone', 3, 2, 1.5),
                ('phone', 5, null, 2.5)
            ) as rows(channel, agents_erlang_c, agents_erlang_a, paid_hours);

            create table kpis.rpt_forecast_quality as
            from (values
                ('phone', 'ets', 'wape', true, true, 56, 20.4, 30.0),
                ('phone', 'ets', 'weekly_wape', true, false, 56, 12.0, 11.0),
                ('phone', 'ets', 'mase', true, true, 56, 0.714, 1.0),
                ('phone', 'ets', 'interval_coverage', true, true, 56, 96.0, 80.0),
                ('phone', 'regression', 'wape', false, true, 56, 99.0, 30.0)
            ) as rows(
                channel, method, metric, is_chosen, is_better_than_baseline, days,
                metric_value, baseline_value
            );
            """
        )
    return path


def printed(database, language="en") -> list[list[str]]:
    console = Console(record=True, width=150)
    print_forecast(database, console, language=language)
    return [line.split() for line in console.export_text().splitlines()]


def test_weeks_are_counted_from_the_first_day_forecast(database):
    lines = printed(database)
    assert ["Channel", "2026-07-01", "2026-07-08", "Most", "agents", "at", "once"] in [
        line[:7] for line in lines
    ]
    # the second half-hour has no Erlang A: its five agents are the most
    assert ["Phone", "70", "70", "5", "4"] in lines


def test_a_forecast_is_better_only_where_every_error_is(database):
    [line] = [line for line in printed(database) if "smoothing" in line]
    said = "Phone smoothing 56 20 (30) % 12 (11) % 0.71 (1.00) 96 (80) % no"
    assert line == said.split()
    assert any("lissage" in line for line in printed(database, "fr"))


def test_a_page_gets_its_figures_between_the_marks(database, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- figures of -->\nold\n<!-- end of figures -->\nz\n")
    write_page(database, page)
    text = page.read_text()
    assert text.startswith("a\n<!-- figures of -->\n\n**Contacts expected")
    assert "| Phone | 70 | 70 | 5 | 4 |" in text
    assert "old" not in text
    assert text.endswith("<!-- end of figures -->\nz\n")
    page.write_text("no marks")
    with pytest.raises(ValueError, match="no marks"):
        write_page(database, page)
