"""The printed scorecard, over a database of a few rows."""

import io
import re

import duckdb
import pytest
from rich.console import Console

from savoir.scorecard import format_value, print_scorecard

KPIS = [
    ("fcr", "First contact resolution", "Résolution au premier contact", "percent"),
    ("nps", "Net Promoter Score", "NPS post-SAV", "points"),
    ("cost_per_contact", "Cost per contact", "Coût par contact", "eur"),
    ("contact_volume", "Contact volume", "Volume de demandes", "count"),
    ("aht", "Average handle time", "Durée moyenne de traitement", "seconds"),
    ("ces", "Customer effort", "Score d'effort client", "scale_1_7"),
    ("roi", "Return on investment", "ROI du service client", "percent"),
    ("contact_rate", "Contact rate", "Taux de contact", "per_100_orders"),
]
FAMILIES = {"nps": "emotional", "ces": "emotional", "roi": "profitability"}
DOWN = {"cost_per_contact", "ces", "aht"}

# kpi, grain, start, cut, cut value, value, low, high, sample, target, status, previous,
# mature, provisional
SCORES = [
    # February is closed. March is not mature, April still runs, phone is a cut.
    ("fcr", "month", "2025-01-01", "overall", "all", 71.1, 70, 72, 900, 75, "amber", 70,
     True, False),
    ("fcr", "month", "2025-02-01", "overall", "all", 76.84, 74.06, 79.31, 1234, 75,
     "green", 71.1, True, False),
    ("fcr", "month", "2025-03-01", "overall", "all", 99.9, 99, 100, 55, 75, "green",
     76.84, False, False),
    ("fcr", "month", "2025-04-01", "overall", "all", 88.8, 80, 90, 55, 75, "green",
     99.9, True, True),
    ("fcr", "month", "2025-03-01", "channel", "phone", 11.1, 10, 12, 500, 75, "red",
     None, True, False),
    ("fcr", "all", "2024-01-01", "overall", "all", 73.21, 73, 74, 9876, 75, "amber",
     None, True, False),
    ("nps", "month", "2025-03-01", "overall", "all", 30.2, -1.5, 44.2, 100, 30, "green",
     -4, True, False),
    ("cost_per_contact", "month", "2025-03-01", "overall", "all", 4.351, None, None,
     12345, 5, "red", 1234.5, True, False),
    # Never closed: the latest month with a value stands in, marked.
    ("contact_volume", "month", "2025-02-01", "overall", "all", 12345, None, None,
     12345, None, "no_target", None, False, True),
    ("contact_volume", "month", "2025-03-01", "overall", "all", None, None, None, 0,
     None, "no_target", 12345, False, True),
    ("aht", "month", "2025-03-01", "overall", "all", 372.4, None, None, 12, 300,
     "insufficient_data", None, True, False),
    # Closed, and nothing in it: no value rather than January's.
    ("ces", "month", "2025-01-01", "overall", "all", 2.84, None, None, 40, 3, "green",
     None, True, False),
    ("ces", "month", "2025-02-01", "overall", "all", None, None, None, 0, 3,
     "insufficient_data", 2.84, True, False),
    ("contact_rate", "month", "2025-03-01", "overall", "all", 8.123, None, None, 40,
     None, "no_target", None, True, False),
]  # fmt: skip
COVERAGE = [
    (
        "identified_share",
        "Identified customers",
        "Clients identifiés",
        1820,
        2000,
        0.91,
    ),
    ("linked_share", "Linked calls", "Appels rattachés", 0, 0, None),
]


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "savoir.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("""
            create schema kpis;
            create table kpis.dim_kpi (
                kpi_id varchar, label_en varchar, label_fr varchar,
                definition_en varchar, definition_fr varchar, family varchar,
                unit varchar, direction varchar, numerator_component varchar,
                denominator_component varchar, version varchar, owner_team varchar
            );
            create table kpis.rpt_kpi_scorecard (
                kpi_id varchar, period_grain varchar, period_start_date date,
                cut varchar, cut_value varchar, numerator decimal(18, 2),
                denominator decimal(18, 2), kpi_value double, interval_low double,
                interval_high double, sample_size bigint, target_value decimal(18, 4),
                status varchar, previous_value double, is_mature boolean,
                is_provisional boolean, definition_version varchar
            );
            create table kpis.rpt_kpi_coverage (
                coverage_id varchar, label_en varchar, label_fr varchar,
                numerator bigint, denominator bigint, share double
            );
        """)
        connection.executemany(
            "insert into kpis.dim_kpi by name "
            "select $1 as kpi_id, $2 as label_en, $3 as label_fr, $4 as unit, "
            "$5 as family, $6 as direction",
            [
                (
                    *kpi,
                    FAMILIES.get(kpi[0], "operational"),
                    "down" if kpi[0] in DOWN else "up",
                )
                for kpi in KPIS
            ],
        )
        connection.executemany(
            "insert into kpis.rpt_kpi_scorecard by name select $1 as kpi_id, "
            "$2 as period_grain, $3 as period_start_date, $4 as cut, $5 as cut_value, "
            "$6 as kpi_value, $7 as interval_low, $8 as interval_high, "
            "$9 as sample_size, $10 as target_value, $11 as status, "
            "$12 as previous_value, $13 as is_mature, $14 as is_provisional",
            SCORES,
        )
        connection.executemany(
            "insert into kpis.rpt_kpi_coverage values ($1, $2, $3, $4, $5, $6)",
            COVERAGE,
        )
    return path


def printed(database, language="en", width=160, **options):
    console = Console(file=io.StringIO(), width=width, **options)
    print_scorecard(database, console, language=language)
    return console.file.getvalue()


def cells(text, label):
    """The cells of the one line that starts with a label."""
    (line,) = [line for line in text.splitlines() if label in line]
    return re.split(r" {2,}", line.strip())


def test_each_kpi_shows_its_latest_closed_month_in_its_unit(database):
    text = printed(database)

    assert cells(text, "First contact resolution") == [
        "First contact resolution", "2025-02", "76.8 %", "74.1 to 79.3 %", "↑ 75.0 %",
        "green", "1,234", "71.1 %", "73.2 %",
    ]  # fmt: skip
    assert cells(text, "Net Promoter Score") == [
        "Net Promoter Score", "2025-03", "+30.2", "-1.5 to +44.2", "↑ +30.0", "green",
        "100", "-4.0", "—",
    ]  # fmt: skip
    assert cells(text, "Cost per contact") == [
        "Cost per contact", "2025-03", "4.35 €", "—", "↓ 5.00 €", "red", "12,345",
        "1,234.50 €", "—",
    ]  # fmt: skip
    assert cells(text, "Average handle time")[2:6] == [
        "372 s", "—", "↓ 300 s", "too few",
    ]  # fmt: skip
    assert cells(text, "Contact rate")[2] == "8.12"


def test_a_kpi_never_closed_shows_its_latest_value_marked(database):
    text = printed(database)

    assert cells(text, "Contact volume")[1:6] == [
        "2025-02*", "12,345", "—", "—", "no target",
    ]  # fmt: skip
    assert "* provisional" in text


def test_a_closed_month_without_answers_shows_no_value(database):
    assert cells(printed(database), "Customer effort")[1:3] == ["2025-02", "—"]


def test_a_kpi_without_rows_is_shown_empty(database):
    assert cells(printed(database), "Return on investment")[1:] == ["—"] * 8


def test_french_labels_numbers_and_words(database):
    text = printed(database, "fr")

    assert cells(text, "Résolution au premier contact") == [
        "Résolution au premier contact", "02/2025", "76,8 %", "74,1 à 79,3 %",
        "↑ 75,0 %", "vert", "1\u202f234", "71,1 %", "73,2 %",
    ]  # fmt: skip
    assert cells(text, "Coût par contact")[2:] == [
        "4,35 €", "—", "↓ 5,00 €", "rouge", "12\u202f345",
        "1\u202f234,50 €", "—",
    ]  # fmt: skip
    assert cells(text, "Durée moyenne")[5] == "trop peu"
    assert "Clients identifiés : 91,0 % (1\u202f820 sur 2\u202f000)" in text
    assert "First contact" not in text


def test_coverage_stands_below_the_table(database):
    text = printed(database)

    assert "Identified customers: 91.0 % (1,820 of 2,000)" in text
    assert "Linked calls: — (0 of 0)" in text
    assert text.index("Contact volume") < text.index("Identified customers")


def test_status_is_a_coloured_word(database):
    text = printed(database, force_terminal=True, color_system="standard")

    assert "\x1b[32mgreen" in text
    assert "\x1b[1;31mred" in text


def test_eighty_columns_lose_no_figure(database):
    text = printed(database, width=80)

    for figure in ("2025-02", "76.8 %", "12,345", "4.35 €", "73.2 %"):
        assert figure in text
    assert "…" not in text


def test_another_language_is_refused(database):
    with pytest.raises(ValueError, match="no such language: de"):
        printed(database, "de")


@pytest.mark.parametrize(
    ("value", "unit", "english", "french"),
    [
        (0, "percent", "0.0 %", "0,0 %"),
        (100, "percent", "100.0 %", "100,0 %"),
        (-50, "points", "-50.0", "-50,0"),
        (-1234.5, "EUR", "-1,234.50 €", "-1\u202f234,50 €"),
        (2.845, "scale_1_7", "2.85", "2,85"),
        (None, "seconds", "—", "—"),
    ],
)
def test_values_in_their_units(value, unit, english, french):
    assert format_value(value, unit, "en") == english
    assert format_value(value, unit, "fr") == french


def test_a_kpi_that_never_had_a_value_says_too_few(database):
    """Open months without a value name no month, but say why there is none."""
    with duckdb.connect(database) as connection:
        connection.execute("""
            insert into kpis.rpt_kpi_scorecard by name
            select 'roi' as kpi_id, 'month' as period_grain, 'overall' as cut,
                'all' as cut_value, month as period_start_date, 0 as sample_size,
                'insufficient_data' as status, false as is_mature,
                true as is_provisional
            from (values (date '2025-02-01'), (date '2025-03-01')) as months(month)
        """)
    line = cells(printed(database), "Return on investment")
    assert line == ["Return on investment", *"————", "too few", "0", "—", "—"]
