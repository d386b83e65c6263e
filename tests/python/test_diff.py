"""Two small warehouses compared, every expected figure worked by hand."""

from datetime import date

import duckdb
import pytest
from typer.testing import CliRunner

from savoir.cli import app
from savoir.diff import both, markdown, moved_kpis, moved_rows, tables

MAY, JUNE, ALL = date(2026, 5, 1), date(2026, 6, 1), date(2026, 5, 1)


def write(file, lines, answers, versions=None):
    """A warehouse of KPIs, scorecard lines and survey answers."""
    with duckdb.connect(file) as connection:
        connection.execute(
            """
            create schema kpis;
            create schema core;
            create table kpis.dim_kpi (
                kpi_id varchar, label_en varchar, unit varchar, version integer
            );
            create table kpis.rpt_kpi_scorecard (
                kpi_id varchar, period_grain varchar, period_start_date date,
                cut varchar, cut_value varchar, numerator decimal(18, 2),
                denominator decimal(18, 2), kpi_value double, interval_low double,
                interval_high double, sample_size bigint
            );
            create table core.fct_survey_responses (
                answer_id varchar, nps_group varchar, channel varchar
            );
            """
        )
        for kpi_id, version in (versions or {"nps": 1, "csat": 1}).items():
            connection.execute(
                "insert into kpis.dim_kpi values ($1, upper($1), 'points', $2)",
                [kpi_id, version],
            )
        for line in lines:
            connection.execute(
                "insert into kpis.rpt_kpi_scorecard values "
                "($1, $2, $3, $4, $5, $6, $7, 100.0 * $6 / $7, null, null, $7)",
                line,
            )
        for answer in answers:
            connection.execute(
                "insert into core.fct_survey_responses values (?, ?, ?)", answer
            )
    return file


OLD_LINES = [
    ("nps", "all", ALL, "overall", "all", 3, 10),
    ("nps", "month", MAY, "overall", "all", 1, 4),
    ("nps", "month", JUNE, "overall", "all", 2, 6),
    ("nps", "all", ALL, "channel", "email", 1, 5),
    ("csat", "all", ALL, "overall", "all", 8, 10),
]
NEW_LINES = [
    ("nps", "all", ALL, "overall", "all", 5, 10),
    ("nps", "month", MAY, "overall", "all", 1, 4),
    ("nps", "month", JUNE, "overall", "all", 4, 6),
    ("nps", "all", ALL, "channel", "email", 1, 5),
    ("csat", "all", ALL, "overall", "all", 8, 10),
]
OLD_ANSWERS = [
    ("a", "passive", "email"),
    ("b", "passive", "phone"),
    ("c", "promoter", None),
    ("gone", "detractor", "email"),
]
NEW_ANSWERS = [
    ("a", "promoter", "email"),
    ("b", "promoter", "phone"),
    ("c", "promoter", None),
    ("came", None, None),
]


@pytest.fixture
def old(tmp_path):
    return write(tmp_path / "old.duckdb", OLD_LINES, OLD_ANSWERS)


@pytest.fixture
def new(tmp_path):
    return write(tmp_path / "new.duckdb", NEW_LINES, NEW_ANSWERS)


def test_only_what_moved_is_said_by_month_and_cut(old, new):
    with both(old, new) as connection:
        (nps,) = moved_kpis(connection)
    assert (nps.kpi_id, nps.is_announced, len(nps.lines)) == ("nps", False, 2)
    (june,) = nps.months
    assert (june.start, june.old_sample, june.new_sample) == (JUNE, 6, 6)
    # 2 of 6 are 33.33 points, 4 of 6 are 66.67
    assert june.old == pytest.approx(33.3333, abs=1e-4)
    assert june.change == pytest.approx(33.3333, abs=1e-4)
    assert nps.cuts == []


def test_nothing_moved_is_an_empty_answer(old, tmp_path):
    again = write(tmp_path / "again.duckdb", OLD_LINES, OLD_ANSWERS)
    with both(old, again) as connection:
        assert moved_kpis(connection) == []
        assert moved_rows(connection) == []


def test_a_new_version_announces_a_move_and_a_new_kpi_announces_itself(old, tmp_path):
    versions = {"nps": 2, "csat": 1, "ces": 1}
    new = write(tmp_path / "v2.duckdb", NEW_LINES, OLD_ANSWERS, versions)
    with both(old, new) as connection:
        found = {kpi.kpi_id: kpi for kpi in moved_kpis(connection)}
    assert set(found) == {"ces", "nps"}
    assert all(kpi.is_announced for kpi in found.values())
    assert found["ces"].lines == []


def test_a_line_that_only_one_side_has_has_moved(old, tmp_path):
    new = write(tmp_path / "fewer.duckdb", OLD_LINES[1:], OLD_ANSWERS)
    with both(old, new) as connection:
        (nps,) = moved_kpis(connection)
    (line,) = nps.lines
    assert (line.grain, line.old, line.new, line.change) == ("all", 30.0, None, None)


def test_rows_are_added_removed_and_changed_with_ids(old, new):
    with both(old, new) as connection:
        (answers,) = moved_rows(connection)
    assert (answers.added, answers.removed, answers.changed) == (1, 1, 2)
    assert answers.examples == {
        "added": ["came"],
        "removed": ["gone"],
        "changed": ["a", "b"],
    }
    assert answers.changes == {"nps_group": ["passive → promoter (2)"]}


def test_a_column_that_one_side_lacks_is_not_compared(old, new):
    with duckdb.connect(new) as connection:
        connection.execute("alter table core.fct_survey_responses drop nps_group")
    with both(old, new) as connection:
        (answers,) = moved_rows(connection)
    assert (answers.added, answers.removed, answers.changed) == (1, 1, 0)


def test_the_report_is_markdown_that_a_pull_request_shows(old, new):
    with both(old, new) as connection:
        text = markdown(tables(moved_kpis(connection), moved_rows(connection)))
    assert "| nps | 1 | 2 | +30.0 | +50.0 | +20.00 |" in text
    assert "| 2026-06 | +33.3 | +66.7 | +33.33 | 6 |" in text
    assert "passive → promoter (2)" in text


def test_a_base_that_is_no_commit_is_an_error_without_a_traceback(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("SAVOIR_LANDING", str(tmp_path))
    run = CliRunner().invoke(app, ["diff", "no-such-branch"])
    assert run.exit_code == 2
    assert "no-such-branch" in run.output
    assert "Traceback" not in run.output


def test_without_exports_there_is_nothing_to_build(tmp_path, monkeypatch):
    monkeypatch.setenv("SAVOIR_LANDING", str(tmp_path / "none"))
    run = CliRunner().invoke(app, ["diff", "HEAD"])
    assert run.exit_code == 2
    assert "no exports in" in run.output
