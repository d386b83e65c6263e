"""The project's own lock: green as committed, red when a rule moves."""

import copy

import pytest

from savoir.definitions import compare, read_definitions, read_lock


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
    # what reads no answers is not touched
    assert moves.keys().isdisjoint({"fcr", "aht", "service_level", "roi"})
