"""The printed scorecard, over a database of a few rows."""

import io
import re

import duckdb
import pytest
from rich.console import Console

from savoir.printing import format_interval, format_value
from savoir.scorecard import print_scorecard

KPIS = [
    ("fcr", "First contact resolution", "Résolution au premier contact", "percent"),
    ("nps", "Net Promoter Score", "NPS post-SAV", "points"),
    ("cost_per_contact", "Cost per contact", "Coût par contact", "eur"),
    ("contact_volume", "Contact volume", "Volume de demandes", "count"),
    ("aht", "Average handle time", "Durée moyenne de traitement", "seconds"),
    ("ces", "Customer effort", "Score d'effort client", "scale_1_7"),
    ("roi", "Return on investment", "ROI du service client", "percent"),
    ("contact_rate", "Contact rate", "Taux de contact", "per_100_orders"),
    ("fcr_3d", "Resolution, 3 days", "Résolution, 3 jours", "percent"),
    ("excluded_share", "Contacts excluded", "Contacts exclus", "percent"),
    ("offered_share", "Surveys offered", "Enquêtes proposées", "percent"),
]
FAMILIES = {"nps": "emotional", "ces": "emotional", "roi": "profitability"}
ROLES = {"fcr_3d": "variant", "excluded_share": "guard", "offered_share": "guard"}
DIRECTIONS = {"cost_per_contact": "down", "ces": "down", "aht": "down", "roi": None}

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
    ("aht", "month", "2025-03-01", "overall", "all", 372.4, 3000, 10380, 12, 300,
     "insufficient_data", None, True, False),
    # A direction may be missing, a target not.
    ("roi", "month", "2025-03-01", "overall", "all", 12.9, None, None, 257, 0, "green",
     None, True, False),
    # A variant has values like any KPI.
    ("fcr_3d", "month", "2025-02-01", "overall", "all", 80.1, 79, 81, 900, None,
     "no_target", None, True, False),
    ("excluded_share", "month", "2025-02-01", "overall", "all", 66.6, 60, 70, 90, None,
     "no_target", None, True, False),
    # Closed, and nothing in it: no value rather than January's.
    ("ces", "month", "2025-01-01", "overall", "all", 2.84, None, None, 40, 3, "green",
     None, True, False),
    ("ces", "month", "2025-02-01", "overall", "all", None, None, None, 0, 3,
     "insufficient_data", 2.84, True, False),
    ("contact_rate", "month", "2025-03-01", "overall", "all", 8.123, None, None, 40,
     None, "no_target", None, True, False),
]  # fmt: skip
# The guard over all periods: numerator, denominator, value in percent.
GUARD = (160, 4002, 3.99800)
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
                definition_en varchar, definition_fr varchar, role varchar,
                family varchar, unit varchar, direction varchar,
                numerator_component varchar,
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
            "$5 as role, $6 as family, $7 as direction",
            [
                (
                    *kpi,
                    ROLES.get(kpi[0], "kpi"),
                    FAMILIES.get(kpi[0], "operational"),
                    DIRECTIONS.get(kpi[0], "up"),
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
        connection.execute(
            "insert into kpis.rpt_kpi_scorecard by name "
            "select 'excluded_share' as kpi_id, 'all' as period_grain, "
            "'overall' as cut, 'all' as cut_value, $1 as numerator, "
            "$2 as denominator, $3 as kpi_value",
            GUARD,
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
        "6 min 12 s", "50 min to", "↓ 5 min", "too few",
    ]  # fmt: skip
    assert cells(text, "Contact rate")[2] == "8.1"


def test_a_kpi_without_a_direction_has_no_arrow(database):
    assert cells(printed(database), "Return on investment")[4] == "0.0 %"


def test_the_interval_of_a_duration_stands_on_two_lines(database):
    lines = printed(database).splitlines()
    (first,) = [place for place, line in enumerate(lines) if "50 min to" in line]
    assert lines[first + 1].strip() == "2 h 53 min"


def test_variants_and_guards_are_no_lines_of_the_table(database):
    text = printed(database)

    assert "Resolution, 3 days" not in text
    assert "66.6" not in text


def test_guards_stand_with_the_coverage(database):
    assert "Contacts excluded: 4.0 % (160 of 4,002)" in printed(database)
    assert "Surveys offered: — (— of —)" in printed(database)
    assert "Contacts exclus : 4,0 % (160 sur 4\u202f002)" in printed(database, "fr")


def test_a_kpi_never_closed_shows_its_latest_value_marked(database):
    text = printed(database)

    assert cells(text, "Contact volume")[1:6] == [
        "2025-02*", "12,345", "—", "—", "no target",
    ]  # fmt: skip
    assert "* provisional" in text


def test_a_closed_month_without_answers_shows_no_value(database):
    assert cells(printed(database), "Customer effort")[1:3] == ["2025-02", "—"]


def test_a_kpi_without_rows_is_shown_empty(database):
    with duckdb.connect(database) as connection:
        connection.execute("delete from kpis.rpt_kpi_scorecard where kpi_id = 'roi'")
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

    for figure in ("2025-02", "76.8 %", "12,345", "4.35 €", "73.2 %", "2 h 53 min"):
        assert figure in text
    assert "…" not in text
    assert "…" not in printed(database, "fr", width=80)


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
        (0.471, "scale_gap", "+0.47", "+0,47"),
        (-0.471, "scale_gap", "-0.47", "-0,47"),
        (-0.001, "scale_gap", "+0.00", "+0,00"),
        (40.84, "per_100_orders", "40.8", "40,8"),
        (40.84, "per_100_customers", "40.8", "40,8"),
        (7.128, "per_hour", "7.13 /h", "7,13 /h"),
        (1234, "count", "1,234", "1\u202f234"),
        (1.5, "of another kind", "1.50", "1,50"),
        (None, "seconds", "—", "—"),
        (0, "seconds", "0 s", "0 s"),
        (45.2, "seconds", "45 s", "45 s"),
        (60, "seconds", "1 min", "1 min"),
        (750, "seconds", "12 min 30 s", "12 min 30 s"),
        (3599.6, "seconds", "1 h", "1 h"),
        (10380, "seconds", "2 h 53 min", "2 h 53 min"),
        (86399, "seconds", "1 d", "1 j"),
        (273600, "seconds", "3 d 4 h", "3 j 4 h"),
        (-0.3, "seconds", "0 s", "0 s"),
        (-90, "seconds", "-1 min 30 s", "-1 min 30 s"),
    ],
)
def test_values_in_their_units(value, unit, english, french):
    assert format_value(value, unit, "en") == english
    assert format_value(value, unit, "fr") == french


@pytest.mark.parametrize(
    ("low", "high", "unit", "english", "french"),
    [
        (74.06, 79.31, "percent", "74.1 to 79.3 %", "74,1 à 79,3 %"),
        (3000, 10380, "seconds", "50 min to 2 h 53 min", "50 min à 2 h 53 min"),
        (90000, 273600, "seconds", "1 d 1 h to 3 d 4 h", "1 j 1 h à 3 j 4 h"),
        (-0.7, 0.2, "scale_gap", "-0.70 to +0.20", "-0,70 à +0,20"),
        (None, None, "percent", "—", "—"),
    ],
)
def test_intervals_in_their_units(low, high, unit, english, french):
    assert format_interval(low, high, unit, "en") == english
    assert format_interval(low, high, unit, "fr") == french


def test_a_kpi_that_never_had_a_value_says_too_few(database):
    """Open months without a value name no month, but say why there is none."""
    with duckdb.connect(database) as connection:
        connection.execute("""
            delete from kpis.rpt_kpi_scorecard where kpi_id = 'roi';
            insert into kpis.rpt_kpi_scorecard by name
            select 'roi' as kpi_id, 'month' as period_grain, 'overall' as cut,
                'all' as cut_value, month as period_start_date, 0 as sample_size,
                'insufficient_data' as status, false as is_mature,
                true as is_provisional
            from (values (date '2025-02-01'), (date '2025-03-01')) as months(month)
        """)
    line = cells(printed(database), "Return on investment")
    assert line == ["Return on investment", *"————", "too few", "0", "—", "—"]
