"""Landing as a part of dbt."""

import json
from types import SimpleNamespace

import pytest
import yaml
from dbt.cli.main import dbtRunner
from dbt_common.exceptions import DbtBaseException

from savoir.landing import plugin


@pytest.fixture
def project(folders, tmp_path, monkeypatch):
    """A dbt project of one model over the landed groups."""
    files = {
        "dbt_project.yml": {"name": "small", "profile": "small", "vars": {}},
        "profiles.yml": {
            "small": {
                "target": "dev",
                "outputs": {
                    "dev": {
                        "type": "duckdb",
                        # A path of its own: dbt keeps an open database, and with it
                        # the plugin, for the next run in the same process.
                        "path": str(tmp_path / "small.duckdb"),
                        "plugins": [{"module": "savoir.landing.plugin"}],
                    }
                },
            }
        },
    }
    for name, content in files.items():
        (tmp_path / name).write_text(yaml.safe_dump(content), encoding="utf-8")
    (tmp_path / "models").mkdir()
    (tmp_path / "models/groups.sql").write_text(
        f"select * from read_parquet('{tmp_path}/raw/zendesk/groups/*.parquet')"
    )
    monkeypatch.setenv("SAVOIR_LANDING", str(folders.landing))
    monkeypatch.setenv("SAVOIR_WAREHOUSE", str(tmp_path))
    monkeypatch.setenv("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    folders.write("zendesk/groups.json", json.dumps([{"id": 9, "name": "Retours"}]))
    return tmp_path


def dbt(project, command, *options):
    place = ["--project-dir", str(project), "--profiles-dir", str(project)]
    return dbtRunner().invoke([command, *place, *options])


def test_a_build_lands_first(project, folders):
    assert dbt(project, "build").success
    assert folders.column("zendesk/groups", "name") == ["Retours"]


def test_a_strict_build_stops_at_an_unreadable_file(project, folders):
    folders.write("zendesk/other.json", "{")
    result = dbt(project, "run", "--vars", "strict_landing: true")
    assert not result.success
    assert "zendesk/other.json: line 1: not a complete" in str(result.exception)
    assert not (folders.raw / "_landing/files.parquet").exists()


def flags(project, which, **variables):
    return SimpleNamespace(WHICH=which, PROJECT_DIR=str(project), VARS=variables)


@pytest.mark.parametrize(
    ("command", "lands"),
    [("build", True), ("run", True), ("retry", True)]
    + [(c, False) for c in ("compile", "docs", "generate", "lint", "parse", "test")],
)
def test_only_commands_that_build_land(command, lands, project, folders, monkeypatch):
    monkeypatch.setattr(plugin, "get_flags", lambda: flags(project, command))
    plugin.Plugin("landing", {})
    assert folders.raw.exists() == lands


@pytest.mark.parametrize(
    ("in_project", "on_command_line", "strict"),
    [
        ({}, {}, False),
        ({"strict_landing": True}, {}, True),
        ({"small": {"strict_landing": True}}, {}, True),
        ({"strict_landing": True}, {"strict_landing": False}, False),
        ({}, {"strict_landing": True}, True),
        ({}, {"strict_landing": "false"}, False),
    ],
)
def test_the_command_line_overrules_the_project(
    in_project, on_command_line, strict, project, folders, monkeypatch
):
    (project / "dbt_project.yml").write_text(
        yaml.safe_dump({"name": "small", "vars": in_project}), encoding="utf-8"
    )
    folders.write("zendesk/other.json", "{")
    monkeypatch.setattr(
        plugin, "get_flags", lambda: flags(project, "build", **on_command_line)
    )
    if strict:
        with pytest.raises(DbtBaseException, match="not a complete"):
            plugin.Plugin("landing", {})
    else:
        plugin.Plugin("landing", {})
        assert folders.column("zendesk/groups", "id") == ["9"]
