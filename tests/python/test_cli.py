"""A user's mistake gets a sentence and an exit code, never a traceback."""

from typing import get_args

import duckdb
import pytest
from typer.testing import CliRunner

from savoir import cli
from savoir.cli import app
from savoir.demo.vendors import PRODUCTS


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SAVOIR_LANDING", str(tmp_path / "landing"))
    monkeypatch.setenv("SAVOIR_WAREHOUSE", str(tmp_path / "warehouse"))
    return tmp_path


def run(*arguments):
    """Exit code and output; whatever else went wrong is raised, not printed."""
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["scorecard"], "nothing is built"),
        (["scorecard", "--language", "de"], "choose en or fr"),
        (["review"], "nothing is built"),
        (["review", "--language", "de"], "choose en or fr"),
        (["publish"], "no database"),
        (["publish", "--rollback", "3"], "version 3 is not kept; there are none"),
        (["publish", "--postgres"], "set SAVOIR_POSTGRES"),
        (["publish", "--extend-v1"], "nothing is published"),
        (["check"], "nothing has landed"),
        (["demo", "--scale", "0"], "scale must be above 0"),
        (
            ["demo", "--helpdesk", "gorgias", "--telephony", "zendesk_talk"],
            "zendesk_talk needs the helpdesk zendesk",
        ),
    ],
)
def test_a_mistake_is_told(folder, arguments, says):
    code, output = run(*arguments)
    assert code == 1
    assert says in output


def test_the_demo_has_every_product():
    choices = {
        "helpdesk": cli.Helpdesk,
        "telephony": cli.Telephony,
        "shop": cli.Shop,
        "survey": cli.SurveyTool,
    }
    assert {kind: list(get_args(names)) for kind, names in choices.items()} == {
        kind: list(products) for kind, products in PRODUCTS.items()
    }


def test_the_demo_never_mixes_with_other_exports(folder):
    (folder / "landing" / "zendesk").mkdir(parents=True)
    code, output = run("demo")
    assert code == 1
    assert "is not empty" in output
    assert not (folder / "landing" / "shopify").exists()


@pytest.mark.parametrize(
    ("command", "exit_code"), [("scorecard", 1), ("review", 1), ("alerts", 2)]
)
def test_a_half_built_warehouse_has_no_reports(folder, command, exit_code):
    (folder / "warehouse").mkdir()
    duckdb.connect(folder / "warehouse" / "savoir.duckdb").close()
    code, output = run(command)
    assert code == exit_code
    assert "cannot read" in output
    assert not (folder / "warehouse" / "alerts_seen.json").exists()


def test_before_the_first_publication_there_is_nothing_to_list(folder):
    code, output = run("publish", "--list")
    assert code == 0
    assert "nothing is published" in output


def test_alerts_keep_exit_code_1_for_a_new_red_one(folder):
    code, output = run("alerts")
    assert code == 2
    assert "nothing is built" in output


def test_unreadable_files_stop_a_strict_landing_only(folder):
    (folder / "landing" / "zendesk").mkdir(parents=True)
    (folder / "landing" / "zendesk" / "tickets.json").write_text('{"tickets": [')
    code, output = run("land")
    assert code == 0
    assert "unreadable: zendesk/tickets.json" in output
    code, output = run("land", "--strict")
    assert code == 1
    assert "zendesk/tickets.json" in output


def test_a_broken_contract_fails_the_check(folder):
    (folder / "landing" / "asterisk").mkdir(parents=True)
    log = folder / "landing" / "asterisk" / "queue_log"
    log.write_text("1767225600|1767225600.1|sav|NONE|ENTERQUEUE||0639980001|1\n")
    assert run("land")[0] == 0
    assert run("check")[0] == 0
    log.write_text("1767225600|1767225600.1|sav|NONE|ENTERQUEU||0639980001|1\n")
    assert run("land")[0] == 0
    code, output = run("check")
    assert code == 1
    assert "broken contract: asterisk.queue_log" in output
    assert "ENTERQUEU" in output
