"""Landing as a whole: what is read again, what goes, what is reported."""

import os
import subprocess
import sys
from io import StringIO

import pytest
from rich.console import Console

from savoir.landing import LandingError, run
from savoir.landing.report import print_report
from savoir.landing.systems import known

EVENTS = "contact_id,occurred_at,event_type\n"
ONE = EVENTS + "C1,2025-03-01T10:00:00Z,opened\n"
TWO = ONE + "C1,2025-03-01T11:00:00Z,closed\n"
FILE = "generic/contact_events.csv"
ENTITY = "generic/contact_events"


def test_an_empty_landing_gives_typed_empty_relations(folders):
    assert folders.land().files == []
    assert len(folders.empty()) == sum(len(s.entities) for s in known().values())
    types = folders.query(
        f"describe from read_parquet('{folders.raw}/zendesk/groups/*.parquet')"
    )
    assert [(row["column_name"], row["column_type"]) for row in types] == [
        ("id", "VARCHAR"),
        ("name", "VARCHAR"),
        ("created_at", "VARCHAR"),
        ("updated_at", "VARCHAR"),
        ("_file", "VARCHAR"),
        ("_line", "BIGINT"),
        ("_landed_at", "TIMESTAMP"),
        ("_file_hash", "VARCHAR"),
        ("_unknown", "VARCHAR"),
    ]


def test_landed_files_have_the_types_of_the_empty_one(folders):
    folders.write(FILE, ONE + "C2,never,opened\n")
    folders.land()
    for folder in (ENTITY, "_landing/rejects"):
        empty, full = (
            folders.query(f"describe from read_parquet('{path}')")
            for path in sorted(
                (folders.raw / folder).glob("*.parquet"),
                key=lambda path: path.name != "_empty.parquet",
            )
        )
        assert empty == full


def test_a_row_carries_where_it_comes_from(folders):
    folders.write("generic/2025/contact_events_march.csv", ONE)
    [row] = folders.land().files
    [landed] = folders.rows(ENTITY)
    assert landed["_file"] == "generic/2025/contact_events_march.csv"
    assert landed["_line"] == 2
    # sha256sum of the 65 bytes above
    assert landed["_file_hash"] == row.file_hash == SHA256_OF_ONE
    assert landed["_landed_at"] == row.landed_at


SHA256_OF_ONE = "f1032c317c29481ca02ed758d0e27f67eadf2dc324b10096767c3cae43cf03c1"


def test_a_known_file_is_not_read_again(folders, monkeypatch):
    folders.write(FILE, ONE)
    first = folders.land()
    assert (first.new, first.unchanged) == (1, 0)
    os.utime(folders.landing / FILE, (1, 1))  # touched, not changed
    monkeypatch.setattr(run, "split", None)
    second = folders.land()
    assert (second.new, second.unchanged, second.removed) == (0, 1, 0)
    assert second.files[0].landed_at == first.files[0].landed_at


def test_a_changed_file_is_landed_anew_in_full(folders):
    folders.write(FILE, ONE)
    folders.land()
    folders.write(FILE, TWO)
    report = folders.land()
    assert (report.new, report.unchanged) == (1, 0)
    assert folders.column(ENTITY, "event_type") == ["opened", "closed"]


def test_a_removed_file_takes_its_rows_and_rejects_along(folders):
    folders.write(FILE, ONE + "C2,never,opened\n")
    folders.land()
    assert len(folders.rejects()) == 1
    (folders.landing / FILE).unlink()
    report = folders.land()
    assert (report.removed, report.files) == (1, [])
    assert folders.rows(ENTITY) == folders.rejects() == []


def test_each_file_has_its_own_rejects(folders):
    for number in range(3):
        folders.write(
            f"generic/contact_events_{number}.csv", f"{ONE}C{number},never,opened\n"
        )
    folders.land()
    assert [row["raw_text"] for row in folders.rejects()] == [
        "C0,never,opened",
        "C1,never,opened",
        "C2,never,opened",
    ]


def test_the_same_content_is_landed_once(folders):
    folders.write(FILE, ONE)
    folders.land()
    copy = "generic/contact_events (1).csv"  # sorts before the file it repeats
    folders.write(copy, ONE)
    for _ in range(2):
        report = folders.land()
        assert [(row.file, row.status, row.rows_read) for row in report.files] == [
            (FILE, "landed", 1),
            (copy, "same_content", 0),
        ]
        assert folders.column(ENTITY, "_file") == [FILE]
    assert report.unchanged == 2
    (folders.landing / FILE).unlink()
    folders.land()
    assert folders.column(ENTITY, "_file") == [copy]


def test_a_copy_lands_where_the_first_of_its_content_cannot(folders):
    folders.write("generic/a.csv", ONE)  # a name that fits nothing
    folders.write(FILE, ONE)
    folders.write("generic/contact_events_copy.csv", ONE)
    assert [row.status for row in folders.land().files] == [
        "unreadable",
        "landed",
        "same_content",
    ]


def test_files_read_side_by_side_are_reported_in_order(folders):
    for number in range(12):
        rows = f"C{number},2025-03-01,opened\n" * (12 - number) * 500
        folders.write(
            f"generic/contact_events_{number:02}.csv", f"{EVENTS}{rows}C,never,opened\n"
        )
    report = folders.land()
    assert [row.rows_landed for row in report.files] == list(range(6_000, 0, -500))
    lines = [reject.line for reject in report.rejects]
    assert lines == [rows + 2 for rows in range(6_000, 1_000, -500)]


def test_a_clean_file_lands_without_pandas(folders):
    """To import it takes as long as to land a hundred thousand rows."""
    folders.write(FILE, ONE)
    code = (
        "import sys; from pathlib import Path; from savoir.landing import land; "
        "[land(*map(Path, sys.argv[1:])) for _ in range(2)]; "
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", code, folders.landing, folders.raw], check=True
    )


def test_names_with_an_underscore_are_nobodys_export(folders):
    folders.write("_truth/truth.json", "{}")
    folders.write("generic/_notes.csv", "anything")
    assert folders.land(strict=True).files == []


def test_the_same_content_in_two_systems_is_two_files(folders):
    ledger = "period_month,category,amount\n2025-03,tools,1\n"
    folders.write("generic/support_costs.csv", ledger)
    folders.write("cost_ledger/costs.csv", ledger.replace("period_month", "Month"))
    folders.write("cost_ledger/same.csv", ledger)
    folders.land()
    assert len(folders.rows("generic/support_costs")) == 1
    assert len(folders.rows("cost_ledger/entries")) == 2


def test_other_reader_code_lands_everything_anew(folders, monkeypatch):
    folders.write(FILE, ONE)
    folders.land()
    monkeypatch.setattr(run, "READER_VERSION", "another")
    assert folders.land().new == 1


def test_a_lost_parquet_file_is_landed_again(folders):
    folders.write(FILE, ONE)
    folders.land()
    for path in (folders.raw / ENTITY).glob("contact*.parquet"):
        path.unlink()
    folders.land()
    assert len(folders.rows(ENTITY)) == 1


def test_a_run_cut_off_is_repeated_by_the_next(folders, monkeypatch):
    folders.write(FILE, ONE)
    folders.land()
    folders.write(FILE, TWO)
    folders.write("generic/contact_events_late.csv", ONE.replace("C1", "C9"))
    with monkeypatch.context() as patch:
        # The table of files is written last, so a cut before it is the worst one.
        patch.setattr(run.pq, "write_table", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            folders.land()
    (folders.landing / "generic/contact_events_late.csv").unlink()
    folders.land()
    assert folders.column(ENTITY, "event_type") == ["opened", "closed"]
    assert not (folders.raw / "_landing/scratch").exists()


def test_strict_stops_before_anything_changes(folders):
    folders.write(FILE, ONE)
    folders.land()
    before = {p: p.read_bytes() for p in folders.raw.rglob("*.parquet")}
    folders.write(FILE, TWO)
    folders.write("generic/orders.csv", "order_id,ordered_at\n1,2025-03-01\n")
    with pytest.raises(LandingError, match=r"generic/orders\.csv.*net_amount"):
        folders.land(strict=True)
    assert {p: p.read_bytes() for p in folders.raw.rglob("*.parquet")} == before
    folders.land()
    with pytest.raises(LandingError, match="net_amount"):  # known, and still unreadable
        folders.land(strict=True)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("generic/kontakte.csv", "contact_events"),
        ("generic/contacts.ods", ".parquet"),
        ("shopify/customers.csv", "orders*.csv"),
        ("asterisk/full", "queue_log*"),
        ("qualtrics/survey.txt", "*.csv"),
        ("cost_ledger/ledger.ods", "*.csv"),
        ("helpdesk/tickets.json", "salesforce, shopify"),
        ("contacts.csv", "a folder of "),
    ],
)
def test_a_file_that_fits_nothing_is_reported(folders, file, expected):
    folders.write(file, ONE)
    folders.write(FILE, TWO)
    report = folders.land()
    [row] = [row for row in report.files if row.file == file]
    assert (row.status, row.rows_read) == ("unreadable", 0)
    assert expected in row.message
    assert len(folders.rows(ENTITY)) == 2  # the others still load


def test_notes_and_hidden_files_are_not_exports(folders):
    for file in ("README.md", "generic/README", "generic/.DS_Store", ".git/config"):
        folders.write(file, "x")
    assert folders.land().files == []


def test_names_with_wildcards_are_taken_literally(folders):
    folders.write("generic/contact_events [1]*'?.csv", ONE)
    folders.write("generic/contact_events 1.csv", TWO)
    folders.land()
    assert len(folders.rows(ENTITY)) == 3


def test_every_entity_is_there_with_all_its_columns():
    columns = {
        f"{system.name}.{entity.name}": [c.name for c in entity.columns]
        for system in known().values()
        for entity in system.entities
    }
    assert all(len(names) == len(set(names)) for names in columns.values())
    # those of every system stand in test_expectations.py
    assert {name: len(names) for name, names in columns.items()}.items() >= {
        "zendesk.tickets": 17,
        "zendesk.ticket_audits": 6,
        "zendesk.users": 10,
        "zendesk.satisfaction_ratings": 10,
        "zendesk.groups": 4,
        "freshdesk.tickets": 26,
        "freshdesk.conversations": 7,
        "freshdesk.satisfaction_ratings": 11,
        "freshdesk.time_entries": 9,
        "freshdesk.contacts": 6,
        "freshdesk.agents": 4,
        "freshdesk.groups": 4,
        "freshdesk.ticket_activities": 5,
        "gorgias.tickets": 20,
        "gorgias.messages": 9,
        "gorgias.events": 7,
        "gorgias.customers": 4,
        "gorgias.teams": 2,
        "gorgias.satisfaction_surveys": 8,
        "hubspot.tickets": 16,
        "hubspot.pipeline_stages": 5,
        "hubspot.contacts": 5,
        "hubspot.owners": 4,
        "intercom.conversations": 27,
        "intercom.conversation_parts": 11,
        "intercom.contacts": 7,
        "intercom.teams": 2,
        "salesforce.cases": 25,
        "salesforce.case_history": 9,
        "salesforce.email_messages": 7,
        "salesforce.case_comments": 6,
        "salesforce.contacts": 5,
        "salesforce.users": 4,
        "salesforce.groups": 3,
        "social.mentions": 19,
        "zendesk.ticket_tags": 2,
        "zendesk.ticket_exports": 16,
        "asterisk.queue_log": 10,
        "shopify.orders": 33,
        "shopify.products": 6,
        "qualtrics.responses": 15,
        "cost_ledger.entries": 7,
        "generic.contacts": 32,
        "generic.contact_events": 7,
        "generic.calls": 20,
        "generic.survey_responses": 15,
        "generic.orders": 18,
        "generic.support_costs": 7,
        "generic.agent_activity": 4,
        "generic.quality_reviews": 6,
        "generic.proactive_messages": 6,
        "generic.experiment_assignments": 4,
    }.items()


def test_the_report_names_sums_unreadable_files_and_rejects(folders):
    bad = "".join(f"C{i},never,opened\n" for i in range(12))
    folders.write(FILE, TWO + bad)
    folders.write("generic/orders.csv", "")
    console = Console(file=StringIO(), width=200)
    print_report(folders.land(), console)
    lines = console.file.getvalue().splitlines()
    assert lines[1].split() == ["generic", "2", "14", "2", "12"]
    [unreadable] = [line for line in lines if "unreadable" in line]
    assert "generic/orders.csv: the file is empty" in unreadable
    rejected = [line for line in lines if line.startswith("rejected")]
    assert len(rejected) == 10
    assert rejected[0].startswith("rejected: generic/contact_events.csv, line 4: occ")
    assert "2 more rejects" in lines[-1]
