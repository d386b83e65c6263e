"""The tables of how good predictions are, from marts filled by hand."""

import duckdb
import pytest

from savoir.predictions import BEGIN, CHART, END, tables, write_page

MARTS = """
    create schema kpis;
    create table kpis.rpt_model_quality as
    select 'customer_churn' as model_id, 'area_under_curve' as metric,
        true as is_better_than_baseline, 10 as customers, 0.756 as metric_value,
        0.7 as interval_low, 0.8 as interval_high, 0.5 as baseline_value
    union all
    select 'customer_orders', 'total_ratio', false, 10, 1.3, 1.1, null, 1.2;
    create table kpis.rpt_model_calibration as
    select 'customer_margin' as model_id, 1 as predicted_decile, 250 as customers,
        1234.6::double as predicted_total, 1200.0::double as actual_total;
"""


@pytest.fixture
def database(tmp_path):
    with duckdb.connect(str(tmp_path / "savoir.duckdb")) as connection:
        connection.execute(MARTS)
    return tmp_path / "savoir.duckdb"


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            [
                "| customers lost | lost rated above kept (0.5 is chance) | 0.76 "
                "| 0.70 to 0.80 | 0.50 | yes |",
                "| orders | predicted per 1 that came | 1.30 | 1.10 to — | 1.20 "
                "| not surely |",
                "| margin, EUR | 1 | 250 | 1,235 | 1,200 |",
            ],
        ),
        (
            "fr",
            [
                "| clients perdus | perdus classés avant les gardés (0,5 : le hasard) "
                "| 0,76 | 0,70 à 0,80 | 0,50 | oui |",
            ],
        ),
    ],
)
def test_a_line_says_model_rule_of_thumb_and_verdict(database, language, lines):
    with duckdb.connect(str(database)) as connection:
        said = tables(connection, language).splitlines()
    assert set(lines) <= set(said)


def test_a_page_is_written_between_its_marks_alone(database, tmp_path):
    page = tmp_path / "value.md"
    page.write_text(f"Before\n{BEGIN}\nold\n{END}\nAfter\n")
    write_page(database, page)
    once = page.read_text()
    assert once.startswith(f"Before\n{BEGIN}\n\n| Prediction |")
    assert once.endswith(f"\n\n{END}\nAfter\n")
    assert "old" not in once
    assert "<svg" in (tmp_path / CHART).read_text()
    write_page(database, page)
    assert page.read_text() == once


def test_a_page_without_marks_is_left_alone(database, tmp_path):
    page = tmp_path / "value.md"
    page.write_text("Nothing to fill.\n")
    with pytest.raises(ValueError, match="no place"):
        write_page(database, page)
    assert page.read_text() == "Nothing to fill.\n"


def test_no_history_is_said(database):
    with duckdb.connect(str(database)) as connection:
        connection.execute("delete from kpis.rpt_model_quality")
        assert tables(connection) == "Too little history to hold anything out."
