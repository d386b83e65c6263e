"""What `savoir land --report` and `savoir land --check` say of files."""

import json
import re

import pytest
from typer.testing import CliRunner

from savoir import cli
from savoir.landing import systems
from savoir.landing.report import superseded
from savoir.paths import PROJECT

CALLS = "call_id,started_at,queue\nK1,2025-03-01,A\nK2,yesterday,B\nK4,now,B\n"
TICKET = {"id": 1, "status": "new", "created_at": "2026-03-01T10:00:00Z"}


@pytest.fixture
def savoir(folders, monkeypatch):
    """Run the command; return its exit code and what it said."""
    monkeypatch.setenv("SAVOIR_LANDING", str(folders.landing))
    monkeypatch.setenv("SAVOIR_WAREHOUSE", str(folders.raw.parent))

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli.app, ["land", *arguments])
        return result.exit_code, result.output

    return run


def test_each_file_is_accounted_for(folders, savoir):
    folders.write("generic/calls_1.csv", CALLS)
    folders.write("generic/calls_2.csv", "call_id,started_at\nK1,2025-02-01\n")
    folders.write("asterisk/notes.txt", "hello")
    code, said = savoir("--report")
    assert code == 0
    # of one call in two exports the last file, by name, counts
    assert (
        "generic/calls_1.csv [calls]: 3 rows read = 0 landed + 2 rejected + 1 supersed"
    ) in said
    [reasons] = [line for line in said.splitlines() if " x " in line]
    assert reasons.startswith("    2 x started_at: 'yesterday' is not a timestamp")
    assert reasons.endswith("line 3: K2,yesterday,B")
    assert "generic/calls_2.csv [calls]: 1 rows read = 1 landed + 0 rejected" in said
    assert "asterisk/notes.txt [?]: unreadable" in said


def test_the_newest_row_of_a_key_supersedes_the_others(folders):
    for file, updated_at in [("a", "2026-03-03T10:00:00Z"), ("b", "2026-03-02")]:
        ticket = TICKET | {"updated_at": updated_at}
        folders.write(f"zendesk/tickets_{file}.json", json.dumps([ticket, ticket]))
    folders.land()
    assert superseded(folders.raw) == {
        ("zendesk", "tickets", "zendesk/tickets_a.json"): 1,
        ("zendesk", "tickets", "zendesk/tickets_b.json"): 2,
    }


def test_a_whole_file_is_recognised_and_not_landed(folders, savoir):
    path = folders.write(
        "inbox/x.csv", "order_id,ordered_at,net_amount\n1,2026-03-01,5\n"
    )
    code, said = savoir("--check", str(path))
    assert code == 0
    assert "x.csv looks like generic: land generic/orders_x.csv" in said
    assert "1 rows read = 1 landed + 0 rejected + 0 superseded" in said
    assert not folders.raw.exists()


def test_what_is_wrong_with_a_file_is_told(folders, savoir):
    code, said = savoir("--check", str(folders.write("generic/calls.csv", CALLS)))
    assert code == 1
    assert "2 x started_at: 'yesterday' is not a timestamp" in said
    broken = folders.write("zendesk/tickets.json", '{"tickets": [')
    code, said = savoir("--check", str(broken))
    assert code == 1
    assert "not a complete JSON document" in said
    code, said = savoir("--check", str(folders.write("inbox/x.bin", b"\0\1")))
    assert code == 1
    assert "zendesk: binary content" in said
    assert savoir("--check", str(folders.landing / "nothing.csv"))[0] == 2


def test_the_report_and_staging_name_a_record_alike():
    call = re.compile(
        r"newest\(\s*'(\w+)',\s*'(\w+)'(?:,\s*key='([\w, ]+)')?", re.DOTALL
    )
    keys = {
        (system, entity): tuple((key or "id").replace(",", " ").split())
        for path in (PROJECT / "models/staging").rglob("*.sql")
        for system, entity, key in call.findall(path.read_text(encoding="utf-8"))
    }
    assert len(keys) > 50
    declared = systems.known()
    assert keys == {
        (system, entity): declared[system].entity(entity).key for system, entity in keys
    }
