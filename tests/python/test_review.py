"""The printed weekly review, over a few rows."""

import io
from datetime import date

import duckdb
import pytest
from rich.console import Console
from typer.testing import CliRunner

from savoir.cli import app
from savoir.review import ReviewError, print_review

URL = "https://maisonlumen.example.com/agent/tickets/"

# week, section, place, record, contact, chosen because, channel, reason, team, url,
# value, weight. The week of the 22nd is complete, the next one runs.
REVIEW = [
    ("2026-06-22", "dearest_issue", 1, "asterisk:17.1", "asterisk:17.1", None, "phone",
     None, "[red] N1", None, 1213.27, 7),
    ("2026-06-22", "dearest_issue", 2, "zendesk:13", "zendesk:13", None, "chat",
     "retard", "Chat N1", URL + "13", 12.09, 1),
    ("2026-06-22", "warmest_verbatim", 1, "zendesk:80", "zendesk:13", None, "chat",
     "retard", "Chat N1", URL + "13", 7, 50),
    ("2026-06-22", "warmest_verbatim", 2, "qualtrics:R_1", "zendesk:14", None, "web",
     "autre", None, URL + "14", 6.4, 40),
    ("2026-06-22", "warmest_verbatim", 3, "generic:80", None, None, None, None, None,
     None, 6, 30),
    ("2026-06-22", "warmest_verbatim", 4, "zendesk:81", "zendesk:15", None, "chat",
     "retard", "Chat N1", URL + "15", 6, 20),
    ("2026-06-22", "contact_of_the_week", 1, "zendesk:14", "zendesk:14",
     "delighted_after_a_transfer", "web", "retard", "Retours", URL + "14", 2073, 1),
    ("2026-06-29", "contact_of_the_week", 1, "zendesk:16", "zendesk:16",
     "most_work_of_the_week", "web", "retard", "Retours", URL + "16", 283, 0),
]  # fmt: skip
WRITTEN = ["Tout va bien.", "Bref.", "Encore.", "Ravie"]


@pytest.fixture
def database(tmp_path, monkeypatch):
    monkeypatch.setenv("SAVOIR_WAREHOUSE", str(tmp_path))
    path = tmp_path / "savoir.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("""
            create schema kpis;
            create schema core;
            create schema staging;
            create schema reference;
            create table core.dim_channels as
            from (values ('phone', 'Phone', 'Téléphone'), ('chat', 'Chat', 'Tchat'))
                as channels(channel, label_en, label_fr);
            create table core.dim_contact_reasons as
            select
                'retard' as contact_reason,
                'Late delivery' as label_en,
                'Retard de livraison' as label_fr;
            create table core.dim_periods as
            from (values
                ('week', date '2026-06-22', date '2026-06-28', date '2026-06-28'),
                ('week', date '2026-06-29', date '2026-07-05', date '2026-06-30'),
                ('day', date '2026-06-29', date '2026-06-29', date '2026-06-29')
            ) as periods(
                period_grain, period_start_date, period_end_date, last_landed_date
            );
            create table kpis.rpt_weekly_review (
                week_start_date date, section varchar, place integer,
                record_id varchar, contact_id varchar, chosen_because varchar,
                channel varchar, contact_reason varchar, team varchar,
                source_url varchar, review_value double, weight bigint
            );
            create table staging.stg_zendesk__satisfaction_ratings as
            from (values
                ('80', concat('Tout va bien.', chr(27), '[31m\n[b]Ravie[/b]')),
                ('81', null),
                ('14', 'Of somebody else.')
            ) as ratings(rating_id, comment);
            create table staging.stg_generic__survey_responses as
            from (values ('80', 'Encore.'), ('80', null), ('R_1', 'Of somebody else.'))
                as responses(response_source_id, comment);
            create table staging.stg_qualtrics__responses as
            from (values
                ('R_1', 'Enquete', '{"Q_NPS": "9", "Q.TEXT": "Bref."}'),
                ('R_2', 'Enquete', '{"Q.TEXT": "Of somebody else."}')
            ) as responses(response_source_id, survey_id, answers);
            create table reference.survey_questions as
            from (values
                ('qualtrics', 'Enquete', 'Q_NPS', 'nps'),
                ('qualtrics', 'Enquete', 'Q.TEXT', 'comment'),
                ('qualtrics', 'Another', 'Q_NPS', 'comment')
            ) as questions(source_system, survey_id, question_key, question_type);
        """)
        connection.executemany(
            "insert into kpis.rpt_weekly_review "
            "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            REVIEW,
        )
    return path


def printed(database, width=120, **options):
    console = Console(file=io.StringIO(), width=width)
    print_review(database, console, **options)
    return console.file.getvalue()


def sections(text):
    """The lines of each section below its heading, stripped."""
    parts = [part.splitlines() for part in text.split("\n\n")]
    return {part[0]: [line.strip() for line in part[1:]] for part in parts}


def test_the_latest_complete_week_is_reviewed(database):
    text = printed(database)
    found = sections(text)

    assert text.startswith("Review of the week from 2026-06-22 to 2026-06-28\n")
    assert "not over" not in text
    assert found["Dearest issues"] == [
        "1. 1,213.27 €, 7 contacts",
        "Phone · — · [red] N1",
        "asterisk:17.1",
        "2. 12.09 €, 1 contact",
        "Chat · Late delivery · Chat N1",
        "zendesk:13",
        URL + "13",
    ]
    assert found["Warmest verbatims"][:9] == [
        "1. 7.00 of 7",
        "Chat · Late delivery · Chat N1",
        "zendesk:80 about zendesk:13",
        URL + "13",
        # no label is known for these two
        "2. 6.40 of 7",
        "web · autre · —",
        "qualtrics:R_1 about zendesk:14",
        URL + "14",
        "3. 6.00 of 7",
    ]
    assert found["Contact of the week"] == [
        "1. Delighted after a transfer, handled in 34 min 33 s",
        "web · Late delivery · Retours",
        "zendesk:14",
        URL + "14",
    ]


def test_any_day_names_its_week(database):
    monday = printed(database, day=date(2026, 6, 22))
    assert monday == printed(database, day=date(2026, 6, 28)) == printed(database)


def test_a_running_week_says_so_and_what_it_lacks(database):
    text = printed(database, day=date(2026, 7, 5))

    assert "from 2026-06-29 to 2026-07-05" in text
    assert "The week is not over" in text
    assert sections(text)["Dearest issues"] == ["none"]
    assert "Most work of the week, handled in 4 min 43 s" in text


def test_french(database):
    found = sections(printed(database, language="fr"))

    assert "Revue de la semaine du 22/06/2026 au 28/06/2026" in found
    assert found["Problèmes les plus coûteux"][:2] == [
        "1. 1\u202f213,27 €, 7 demandes",
        "Téléphone · — · [red] N1",
    ]
    assert found["Verbatims les plus chaleureux"][:3] == [
        "1. 7,00 sur 7",
        "Tchat · Retard de livraison · Chat N1",
        "zendesk:80 à propos de zendesk:13",
    ]
    assert found["Demande de la semaine"][0] == (
        "1. Client ravi après un transfert, traitée en 34 min 33 s"
    )


@pytest.mark.parametrize(
    ("code", "english", "french"),
    [
        ("delighted_after_a_reopening", "Delighted after a reopening", "réouverture"),
        ("delighted_after_an_escalation", "after an escalation", "une escalade"),
        ("delighted_after_the_most_work", "after the most work", "plus long travail"),
    ],
)
def test_why_a_contact_was_chosen_is_told_in_words(database, code, english, french):
    with duckdb.connect(database) as connection:
        connection.execute(
            "update kpis.rpt_weekly_review set chosen_because = $1 "
            "where section = 'contact_of_the_week'",
            [code],
        )
    assert english in printed(database)
    assert french in printed(database, language="fr")


def test_narrow_terminals_cut_nothing(database):
    for language in ("en", "fr"):
        text = printed(database, width=30, language=language)
        assert "…" not in text
        assert f"     {URL}13\n" in text


def test_links_can_be_followed(database):
    console = Console(file=io.StringIO(), width=120, force_terminal=True)
    print_review(database, console)
    text = console.file.getvalue()

    assert f";{URL}13\x1b\\{URL}13\x1b]8;;" in text


def test_what_customers_wrote_is_shown_on_request_only(database):
    text = printed(database)
    assert not [words for words in (*WRITTEN, "raw exports") if words in text]

    lines = sections(printed(database, with_verbatims=True))["Warmest verbatims"]
    # printed as written, without what would command the terminal
    assert lines[4:6] == ["“Tout va bien. [31m", "[b]Ravie[/b]”"]
    assert lines[10] == "“Bref.”"
    assert lines[14] == "“Encore.”"
    assert lines[-1] == "(no longer in the raw exports)"
    assert "(absent des exports bruts)" in printed(
        database, with_verbatims=True, language="fr"
    )


def test_a_long_comment_is_wrapped_under_its_verbatim(database):
    with duckdb.connect(database) as connection:
        connection.execute(
            "update staging.stg_generic__survey_responses "
            "set comment = repeat('Merci beaucoup ', 8)"
        )
    lines = printed(database, width=40, with_verbatims=True).splitlines()
    wrapped = [line for line in lines if "Merci" in line]

    assert len(wrapped) > 1
    assert all(line.startswith("     ") and len(line) <= 40 for line in wrapped)


def test_a_system_that_states_the_contract_is_read_where_it_does(database):
    with duckdb.connect(database) as connection:
        connection.execute("""
            alter table staging.stg_generic__survey_responses
            rename to stg_delighted__survey_responses;
            update kpis.rpt_weekly_review set record_id = 'delighted:80'
            where record_id = 'generic:80';
        """)
    assert "Encore." in printed(database, with_verbatims=True)


def test_comments_that_cannot_be_read_are_told(database):
    file = database.parent / "responses.parquet"
    with duckdb.connect(database) as connection:
        connection.execute(f"""
            copy staging.stg_generic__survey_responses to '{file}';
            drop table staging.stg_generic__survey_responses;
            create view staging.stg_generic__survey_responses as from '{file}';
        """)
    assert "Encore." in printed(database, with_verbatims=True)
    file.unlink()
    assert printed(database)
    with pytest.raises(ReviewError, match="what customers wrote in generic"):
        printed(database, with_verbatims=True)
    code, output = run("--verbatims")
    assert code == 1
    assert "run this in the folder where dbt ran" in output


def test_a_week_without_rows_is_told(database):
    with pytest.raises(ReviewError, match="from 2026-06-22 to 2026-06-29"):
        printed(database, day=date(2026, 6, 21))
    with duckdb.connect(database) as connection:
        connection.execute(
            "delete from kpis.rpt_weekly_review where week_start_date = '2026-06-22'"
        )
    with pytest.raises(ReviewError, match="no complete week"):
        printed(database)
    with duckdb.connect(database) as connection:
        connection.execute("delete from kpis.rpt_weekly_review")
    with pytest.raises(ReviewError, match="no week has anything"):
        printed(database, day=date(2026, 6, 22))


def test_another_language_is_refused(database):
    with pytest.raises(ValueError, match="no such language: de"):
        printed(database, language="de")


def run(*arguments):
    """Exit code and output of `savoir review`; a traceback fails the test."""
    result = CliRunner().invoke(app, ["review", *arguments], catch_exceptions=False)
    return result.exit_code, " ".join(result.output.split())


def test_the_command_reviews_a_week(database):
    code, output = run()
    assert code == 0
    assert "from 2026-06-22" in output
    assert "Bref." not in output

    code, output = run("--week", "2026-07-01", "--language", "fr")
    assert code == 0
    assert "du 29/06/2026" in output

    code, output = run("--verbatims")
    assert code == 0
    assert "“Bref.”" in output


def test_a_mistake_exits_1(database):
    for arguments, says in (
        (["--week", "2026-01-01"], "nothing to review in the week of 2025-12-29"),
        (["--week", "June"], "is no day"),
        (["--week", "2026-W26-1"], "is no day"),
        (["--week", ""], "is no day"),
        (["--language", "de"], "choose en or fr"),
    ):
        code, output = run(*arguments)
        assert code == 1
        assert says in output


def test_an_old_warehouse_exits_1(database):
    with duckdb.connect(database) as connection:
        connection.execute("drop table kpis.rpt_weekly_review")
    code, output = run()
    assert code == 1
    assert "rpt_weekly_review" in output
