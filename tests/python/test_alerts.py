"""The printed alerts, and the memory of which were seen, over a few rows."""

import io
import json

import duckdb
import pytest
from rich.console import Console
from typer.testing import CliRunner

from savoir.alerts import SeenFileBroken, show_alerts
from savoir.cli import app

# id, kpi, paying kpi, kind, severity, grain, cut, cut value, query, value, low, high,
# previous, red value, evidence, other lines, period start, since
ALERTS = [
    ("amber", "roi", None, "threshold", "amber", "month", "site", "Lyon",
     "select 1", -4, None, None, 8.4, 0, 1, 1, "2026-06-01", "2026-05-01"),
    ("fcr", "fcr", None, "threshold", "red", "week", "team", "[red] N1",
     "select * from core.fct_issues where team = '[red] N1' and is_fcr_eligible"
     " and not is_resolved_first_time and opened_date >= date '2026-06-22'",
     39.5, 26.4, 54.4, 75.9, 70, 2.04, 11, "2026-06-22", "2026-06-08"),
    ("pair", "csat", "response_rate", "pair", "red", "month", "overall", "all",
     "select 2", 100, 89.6, 100, None, None, 1.4, 0, "2026-06-01", "2026-06-01"),
    ("low", "wait", None, "too_low", "amber", "month", "channel", "phone",
     "select 3", 45, 40, 50, 750, None, None, 2, "2026-06-01", "2026-06-01"),
    ("drift", "excluded", None, "drift", "amber", "month", "reason", "retard",
     "select 4", 4, 3, 5, 9, None, 1.2, 0, "2026-06-01", "2026-06-01"),
    ("move", "fcr", None, "move", "amber", "month", "campaign", "rappel",
     "select 5", 44.2, 31.6, 57.7, 76.6, None, 1.9, 6, "2026-06-01", "2026-06-01"),
]  # fmt: skip


def kept(*alert_ids):
    return [alert for alert in ALERTS if alert[0] in alert_ids]


def stand(database, alerts):
    """Let these alerts stand, and no others."""
    with duckdb.connect(database) as connection:
        connection.execute("delete from kpis.rpt_kpi_alerts")
        for alert in alerts:
            connection.execute(
                "insert into kpis.rpt_kpi_alerts by name select $1 as alert_id, "
                "$2 as kpi_id, $3 as paying_kpi_id, $4 as kind, $5 as severity, "
                "$6 as period_grain, $7 as cut, $8 as cut_value, $9 as rows_query, "
                "$10 as kpi_value, $11 as interval_low, $12 as interval_high, "
                "$13 as previous_value, $14 as red_value, $15 as evidence, "
                "$16 as other_lines, $17 as period_start_date, $18 as since_date",
                alert,
            )


@pytest.fixture
def database(tmp_path, monkeypatch):
    monkeypatch.setenv("SAVOIR_WAREHOUSE", str(tmp_path))
    path = tmp_path / "savoir.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("""
            create schema kpis;
            create schema core;
            create table kpis.dim_kpi as
            from (values
                ('fcr', 'First resolution', 'Première résolution', 'percent'),
                ('csat', 'Satisfaction', 'Satisfaction client', 'percent'),
                ('response_rate', 'Response', 'Taux de réponse', 'percent'),
                ('roi', 'Return', 'ROI', 'percent'),
                ('wait', 'Wait', 'Attente', 'seconds'),
                ('excluded', 'Excluded', 'Exclus', 'percent')
            ) as kpis(kpi_id, label_en, label_fr, unit);
            create table core.dim_channels as
            select 'phone' as channel, 'Phone' as label_en, 'Téléphone' as label_fr;
            create table core.dim_contact_reasons as
            select
                'retard' as contact_reason,
                'Late delivery' as label_en,
                'Retard de livraison' as label_fr;
            create table kpis.rpt_kpi_alerts (
                alert_id varchar, kpi_id varchar, paying_kpi_id varchar, kind varchar,
                severity varchar, period_grain varchar, cut varchar, cut_value varchar,
                rows_query varchar, kpi_value double, interval_low double,
                interval_high double, sample_size bigint, previous_value double,
                red_value double, evidence double, other_lines bigint,
                period_start_date date, since_date date
            );
        """)
    stand(path, ALERTS)
    return path


def shown(database, language="en", width=160, seen=None):
    """What is printed, and whether a red alert is new."""
    console = Console(file=io.StringIO(), width=width)
    seen_file = seen or database.parent / "seen.json"
    red_is_new = show_alerts(database, seen_file, console, language=language)
    return console.file.getvalue(), red_is_new


def squeezed(text):
    return " ".join(text.split())


def test_red_alerts_come_first_then_the_surest(database):
    text, _ = shown(database)

    places = [
        text.index(what)
        for what in ("39.5 %", "100.0 %", "44.2 %", "4.0 %  ", "Site: Lyon", "45 s")
    ]
    assert places == sorted(places)


def test_an_alert_says_what_where_when_how_much_and_how_sure(database):
    text, _ = shown(database)
    (first, second, third, fourth) = text.splitlines()[4:8]

    assert squeezed(first) == (
        "red First resolution Team: [red] N1 39.5 % "
        "2.0 \N{MULTIPLICATION SIGN} its interval"
    )
    assert squeezed(second) == (
        "NEW threshold crossed week of 2026-06-22 26.4 to 54.4 % 11 other lines"
    )
    assert squeezed(third) == "since 2026-06-08 before 75.9 %"
    assert squeezed(fourth) == "threshold 70.0 %"


def test_each_kind_is_told_in_words(database):
    text, _ = shown(database)

    for words in (
        "threshold crossed",
        "moved more than its interval",
        "definition drifting",
        "pair moving against itself",
        "too low to be true",
        "Satisfaction and Response",
        "overall",
        "Channel: Phone",
        "Reason: Late delivery",
        "Campaign: rappel",
        "month 2026-06",
        "before 12 min 30 s",
        "before —",
        "only here",
        "1 other line ",
    ):
        assert words in text


def test_how_sure_is_a_dash_or_said_to_be_without_interval(database):
    stand(database, kept("low"))
    assert squeezed(shown(database)[0].splitlines()[4]).endswith("45 s —")
    stand(database, kept("amber"))
    assert squeezed(shown(database)[0].splitlines()[4]).endswith("-4.0 % no interval")


def test_french(database):
    text, _ = shown(database, "fr")

    for words in (
        "rouge",
        "NOUVEAU",
        "Première résolution",
        "seuil franchi",
        "a bougé plus que son intervalle",
        "définition qui dérive",
        "paire qui se contredit",
        "trop bas pour être vrai",
        "Satisfaction client et Taux de réponse",
        "Équipe : [red] N1",
        "Canal : Téléphone",
        "Motif : Retard de livraison",
        "ensemble",
        "semaine du 22/06/2026",
        "mois 06/2026",
        "depuis le 08/06/2026",
        "26,4 à 54,4 %",
        "seuil 70,0 %",
        "2,0 \N{MULTIPLICATION SIGN} son intervalle",
        "11 autres lignes",
        "ici seulement",
    ):
        assert words in text
    assert "threshold" not in text


def test_queries_of_red_alerts_stand_below_whole(database):
    text, _ = shown(database, width=80)
    queries = text.split("Rows behind the red alerts")[1].splitlines()

    assert [line for line in queries if line.startswith("select")] == [
        "select * from core.fct_issues where team = '[red] N1' and is_fcr_eligible"
        " and not is_resolved_first_time and opened_date >= date '2026-06-22';",
        "select 2;",
    ]
    assert (
        "-- First resolution, threshold crossed, Team: [red] N1, week of 2026-06-22"
        in queries
    )


def test_without_a_red_alert_no_query_is_shown(database):
    stand(database, kept("amber"))
    text, red_is_new = shown(database)

    assert "Rows behind" not in text
    assert not red_is_new


def test_eighty_columns_lose_no_figure(database):
    for language in ("en", "fr"):
        assert "…" not in shown(database, language, width=80)[0]


def test_no_alerts_is_said(database):
    stand(database, [])

    assert shown(database) == ("No alerts.\n", False)
    assert shown(database, "fr")[0] == "Aucune alerte.\n"


def test_an_alert_is_new_once_and_again_when_it_returns(database):
    seen = database.parent / "seen.json"

    text, red_is_new = shown(database)
    assert text.count("NEW") == len(ALERTS)
    assert red_is_new
    assert json.loads(seen.read_text()) == sorted(alert[0] for alert in ALERTS)

    text, red_is_new = shown(database)
    assert "NEW" not in text
    assert not red_is_new

    stand(database, kept("amber", "pair"))
    assert not shown(database)[1]
    assert json.loads(seen.read_text()) == ["amber", "pair"]

    stand(database, kept("amber", "pair", "move"))
    text, red_is_new = shown(database)
    assert text.count("NEW") == 1
    assert not red_is_new

    stand(database, ALERTS)
    assert shown(database)[1]
    assert [file.name for file in database.parent.iterdir() if file != database] == [
        "seen.json"
    ]


@pytest.mark.parametrize("content", [b"[", b"\xff", b'{"fcr": 1}', b"[1]"])
def test_a_broken_memory_is_told_and_kept(database, content):
    seen = database.parent / "seen.json"
    seen.write_bytes(content)

    with pytest.raises(SeenFileBroken, match=r"seen\.json is not"):
        shown(database)
    assert seen.read_bytes() == content


def test_another_language_is_refused(database):
    with pytest.raises(ValueError, match="no such language: de"):
        shown(database, "de")


def run(*arguments):
    """Exit code and output of `savoir alerts`; a traceback fails the test."""
    result = CliRunner().invoke(app, ["alerts", *arguments], catch_exceptions=False)
    return result.exit_code, squeezed(result.output)


def test_a_new_red_alert_exits_1_then_0(database):
    assert run()[0] == 1
    assert (database.parent / "alerts_seen.json").exists()
    assert run()[0] == 0
    # another memory has seen nothing
    assert run("--seen", str(database.parent / "other.json"))[0] == 1
    stand(database, [])
    assert run("--language", "fr") == (0, "Aucune alerte.")


def test_what_stops_the_command_exits_2(database):
    seen = database.parent / "alerts_seen.json"
    seen.write_text("{")
    code, output = run()
    assert code == 2
    # a long path may be broken over two lines
    assert "alerts_seen.jsonisnotJSON" in output.replace(" ", "")

    seen.unlink()
    code, output = run("--seen", str(database.parent / "nowhere" / "seen.json"))
    assert code == 2
    assert "cannot read or write" in output

    code, output = run("--language", "de")
    assert code == 2
    assert "choose en or fr" in output

    with duckdb.connect(database) as connection:
        connection.execute("drop table kpis.rpt_kpi_alerts")
    code, output = run()
    assert code == 2
    assert "rpt_kpi_alerts" in output

    database.unlink()
    code, output = run()
    assert code == 2
    assert "nothing is built" in output


def test_the_help_says_what_the_exit_codes_mean():
    code, output = run("--help")
    assert code == 0
    assert "1: one is. 2: the alerts could not be shown." in output
