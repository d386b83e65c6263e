"""Dates that may have the day or the month first: declared, proven, or an error."""

import pytest

from savoir.landing import systems
from savoir.landing.dates import declared_orders

HEADER = "id,date,resolved at,network\n"


def mentions(*rows: str) -> str:
    return HEADER + "".join(f"{n},{row},x\n" for n, row in enumerate(rows, 1))


def published(folders) -> list[str]:
    return folders.column("social/mentions", "published_at")


def test_a_file_that_could_be_either_is_an_error(folders):
    folders.write("social/a.csv", mentions("2026-03-01,", "03/04/2026,05/04/2026 9:00"))
    folders.write("social/b.csv", mentions("2026-03-01,"))
    refused, landed = sorted(folders.land().files, key=lambda row: row.file)
    assert (refused.status, refused.message) == (
        "unreadable",
        "closed_at, line 3: '05/04/2026 9:00' may have the day or the month first, and "
        "no date of the file says which; set variable social_date_order to dmy or mdy "
        "in dbt_project.yml",
    )
    assert (landed.status, published(folders)) == ("landed", ["2026-03-01"])


@pytest.mark.parametrize(
    ("other", "landed"),
    [("13/04/2026,", "2026-04-03 00:00:00"), ("04/13/2026,", "2026-03-04 00:00:00")],
)
def test_one_date_proves_the_order_of_its_file(other, landed, folders, only):
    assert only("social/a.csv", mentions("03/04/2026,", other)).rows_landed == 2
    assert published(folders)[0] == landed


def test_another_column_of_the_file_proves_it_too(folders, only):
    only("social/a.csv", mentions("03/04/2026,13/04/2026"))
    assert published(folders) == ["2026-04-03 00:00:00"]


def test_no_file_proves_the_order_of_another(folders):
    folders.write("social/a.csv", mentions("13/04/2026,"))
    folders.write("social/b.csv", mentions("03/04/2026,"))
    statuses = {row.file: row.status for row in folders.land().files}
    assert statuses == {"social/a.csv": "landed", "social/b.csv": "unreadable"}


def test_dates_that_prove_both_orders_are_an_error(only):
    row = only("social/a.csv", mentions("13/04/2026,", "04/03/2026,", "04/13/2026,"))
    assert row.message == (
        "published_at, line 2: '13/04/2026' has the day first, published_at, line 4: "
        "'04/13/2026' the month; one order expected (set variable social_date_order to "
        "dmy or mdy in dbt_project.yml, and what does not fit is rejected)"
    )


@pytest.mark.parametrize("text", ["04/04/2026", "04.04.26 9:00", "99/99/2026", "soon"])
def test_what_is_the_same_either_way_proves_and_needs_nothing(text, only):
    assert only("social/a.csv", mentions(f"{text},")).status == "landed"


def test_a_declared_order_rejects_what_does_not_fit(folders, only):
    content = mentions("03/04/2026,", "04/13/2026,", "13/04/2026,")
    row = only("social/a.csv", content, "dmy")
    assert (row.rows_landed, row.rows_rejected) == (2, 1)
    assert published(folders) == ["2026-04-03 00:00:00", "2026-04-13 00:00:00"]
    assert folders.reasons() == [
        (
            3,
            "published_at: '04/13/2026' is not a date and time (such as "
            "2025-03-31T14:05:00Z or 31/03/2025 14:05)",
        )
    ]


def test_a_declaration_lands_again_what_it_concerns(folders, only):
    folders.write("zendesk/groups.json", '[{"id": 9, "name": "Retours"}]')
    folders.write("social/a.csv", mentions("03/04/2026,"))
    for order, landed in [(None, []), ("dmy", ["04-03"]), ("mdy", ["03-04"])]:
        orders = {"social": order} if order else {}
        report = folders.land(known=systems.known(orders))
        assert [day[5:10] for day in published(folders)] == landed
        assert report.unchanged == (1 if order else 0)
    assert folders.land(known=systems.known({"social": "mdy"})).unchanged == 2


def test_the_line_is_right_below_a_record_of_several(only):
    content = HEADER + '1,2026-03-01,,"x\ny"\n2,03/04/2026,,x\n'
    assert only("social/a.csv", content).message.startswith("published_at, line 4: ")


def test_rejected_records_prove_nothing(only):
    row = only("social/a.csv", mentions("03/04/2026,", "13/04/2026,,,,"))
    assert row.message.startswith("published_at, line 2: '03/04/2026' may have")


def test_orders_are_declared_in_the_project():
    variables = {"social_date_order": "mdy", "five9_date_order": None, "other": 1}
    assert declared_orders(variables) == {"social": "mdy"}
    with pytest.raises(ValueError, match="social_date_order: dmy or mdy expected, not"):
        declared_orders({"social_date_order": "ymd"})
