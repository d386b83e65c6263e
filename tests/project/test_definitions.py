"""The project's own lock: green as committed, red when a rule moves."""

import copy

import duckdb
import pytest

from savoir.definitions import (
    compare,
    compiled,
    declared_parameters,
    project_variables,
    read_definitions,
    read_lock,
    read_parameters,
    stand_ins,
)

# KPIs that share an expression or a join with the one that a parameter is for
SHARED = {
    # one case says why an answer does not count; only of CSAT that it is late
    "csat_answer_days": {"nps", "ces", "servqual_gap", "fcr_by_customer"},
    # candidates are joined up to the longest window, and judged by their own
    "repurchase_days": {f"repurchase_rate_{days}d" for days in (7, 30, 60, 90)},
    # one mart has both versions of ROI; uplift by outcome is in neither
    "order_in_flight_days": {"roi_observed"},
    "matching_customers": {"roi_observed"},
    "matching_recency_days": {"roi_observed"},
    "matching_orders": {"roi_observed"},
    "matching_tenure_days": {"roi_observed"},
    "matching_deciles": {"roi_observed"},
    "fcr_allow_transfer": {"roi", "roi_observed"},
}
# what is always said: the status of every KPI depends on it
STATUS = "min_sample"


@pytest.fixture(scope="module")
def locked():
    return read_lock()


def test_every_kpi_means_what_the_lock_says(demo, locked):
    now = read_definitions(demo.manifest())
    assert [f"{move.kpi_id} {move.says}" for move in compare(now, locked)] == []


def test_moving_the_promoters_boundary_names_nps_and_the_expression(demo, locked):
    manifest = copy.deepcopy(demo.manifest())
    model = manifest["nodes"]["model.savoir.int_survey_answers_counted"]
    assert "in (9, 10)" in model["compiled_code"]
    model["compiled_code"] = model["compiled_code"].replace("(9, 10)", "(8, 9, 10)")
    moves = {move.kpi_id: move for move in compare(read_definitions(manifest), locked)}
    assert moves["nps"].says == "moved and still has version 1"
    assert "int_survey_answers_counted" in moves["nps"].details
    assert any("IN (8, 9, 10)" in line for line in moves["nps"].details)
    assert moves.keys() == {"nps"}


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """The project compiled with a value of its own for every variable."""
    variables = stand_ins(project_variables())
    return compiled(variables=variables, target=tmp_path_factory.mktemp("marked"))


@pytest.fixture(scope="module")
def declared(marked):
    return declared_parameters(marked)


@pytest.fixture(scope="module")
def frame(declared):
    """The variables that no KPI declares: the frame of all."""
    return project_variables().keys() - set().union(*declared.values())


@pytest.fixture(scope="module")
def read(marked):
    return read_parameters(marked, list(project_variables()))


def test_a_kpi_declares_the_parameters_that_its_sql_reads(read, declared, frame):
    assert {
        kpi_id: {name for name in names - frame if kpi_id not in SHARED.get(name, ())}
        for kpi_id, names in read.items()
    } == declared
    # FCR, and what stands on its issues
    assert {kpi_id for kpi_id in read if "fcr_window_days" in read[kpi_id]} == {
        *("fcr", "automation_rate", "cost_per_resolution", "roi", "repurchase_rate"),
        *("repurchase_uplift", "roi_observed"),
        *SHARED["repurchase_days"],
    }


def test_what_is_shared_is_read_indeed(read):
    for name, kpis in SHARED.items():
        assert all(name in read[kpi_id] for kpi_id in kpis)


def test_a_build_says_of_each_kpi_which_of_its_parameters_it_changed(
    marked, declared, frame
):
    sql = marked["nodes"]["model.savoir.dim_kpi"]["compiled_code"]
    said = dict(duckdb.sql(sql).project("kpi_id, changed_parameters").fetchall())
    values = stand_ins(project_variables())
    for kpi_id, parameters in declared.items():
        names = sorted({*frame, *parameters, STATUS})
        assert said[kpi_id] == ", ".join(f"{name} = {values[name]}" for name in names)
