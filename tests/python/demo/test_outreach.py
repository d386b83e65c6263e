"""Proactive messages and SERVQUAL: the truth against the files, read again."""

import csv
import json
import shutil
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest
import reread

from savoir.demo import write_demo
from savoir.landing import land

WEEK = timedelta(days=7)
DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_demo(tmp_path_factory.mktemp("outreach"), show_progress=False)


@pytest.fixture(scope="module")
def truth(demo):
    return json.loads((demo / "_truth" / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def people(demo):
    return reread.People(demo)


@pytest.fixture(scope="module")
def contacts(demo, people):
    return reread.contacts(demo, people)


@pytest.fixture(scope="module")
def messages(demo):
    """Good rows, with their times read."""
    text = (demo / "generic" / "proactive_messages.csv").read_text("utf-8")
    rows = [
        row for row in csv.DictReader(text.splitlines()) if row["sent_at"] != "hier"
    ]
    for row in rows:
        for column in ("sent_at", "engaged_at"):
            row[column] = datetime.fromisoformat(row[column]) if row[column] else None
    return rows


@pytest.fixture(scope="module")
def answers(demo):
    return reread.answers(demo, "Enquete SERVQUAL")


# ---------- proactive messages


def test_messages(messages, truth):
    by_month = defaultdict(Counter)
    for row in messages:
        by_month[reread.month(row["sent_at"])].update(
            delivered=1, engaged=int(row["engaged_at"] is not None)
        )
    assert truth["proactive"] == by_month
    assert len(messages) == pytest.approx(1200, abs=5)
    engaged = sum(counts["engaged"] for counts in by_month.values())
    assert engaged / len(messages) == pytest.approx(0.35, abs=0.05)
    as_of = reread.at(truth["as_of"])
    for row in messages:
        assert row["customer_id"] == ""
        assert row["campaign"] in ("retard_livraison", "rappel_produit")
        assert row["sent_at"] <= (row["engaged_at"] or as_of) <= as_of
    assert len({row["message_id"] for row in messages}) == len(messages)


def test_messages_go_to_known_customers_who_ordered(demo, messages, people):
    ordered = {}
    for rows in reread.order_rows(demo).values():
        email, at = rows[0]["Email"], reread.shop_time(rows[0]["Created at"])
        email = reread.plain_email(email)
        ordered[email] = min(at, ordered.get(email, at))
        assert email
    for row in messages:
        assert ordered[row["customer_email"]] < row["sent_at"]


def test_engaged_customers_contact_the_service_less(messages, truth, people, contacts):
    opened = defaultdict(list)
    for contact in contacts:
        opened[contact["person"]].append(contact["start"])
    shares = {"engaged": {"num": 0, "den": 0}, "ignored": {"num": 0, "den": 0}}
    waits = set()
    for row in messages:
        at = row["sent_at"]
        if at + WEEK > reread.at(truth["as_of"]):
            continue
        times = opened[people.of(row["customer_email"])]
        waits |= {time - at for time in times}
        share = shares["engaged" if row["engaged_at"] else "ignored"]
        share["den"] += 1
        share["num"] += any(at < time <= at + WEEK for time in times)
    assert truth["proactive_contacts"] == shares
    assert {WEEK, WEEK + timedelta(seconds=1)} <= waits
    rates = {name: share["num"] / share["den"] for name, share in shares.items()}
    # three standard errors of 0.04 in 400 and of 0.12 in 800
    assert rates["engaged"] == pytest.approx(0.04, abs=0.03)
    assert rates["ignored"] == pytest.approx(0.12, abs=0.035)


# ---------- SERVQUAL


def test_servqual(answers, truth):
    months, dimensions = defaultdict(Counter), defaultdict(Counter)
    blank = 0
    for row in answers:
        if row["Finished"] != "True":
            continue
        for dimension in DIMENSIONS:
            expected = row[f"Q_EXP_{dimension.upper()}"]
            perceived = row[f"Q_PERC_{dimension.upper()}"]
            if not (expected and perceived):
                blank += bool(expected or perceived)
                continue
            assert {expected, perceived} <= set("1234567")
            gap = int(perceived) - int(expected)
            month = reread.month(reread.answered_at(row))
            months[month].update(pairs=1, gap=gap)
            dimensions[dimension].update(pairs=1, gap=gap)
    assert truth["servqual"] == months
    assert truth["servqual_by_dimension"] == dimensions
    assert blank > 0
    assert any(row["Finished"] == "False" for row in answers)
    gaps = {
        name: counts["gap"] / counts["pairs"] for name, counts in dimensions.items()
    }
    assert min(gaps, key=gaps.get) == "responsiveness"
    overall = sum(counts["gap"] for counts in months.values())
    overall /= sum(counts["pairs"] for counts in months.values())
    assert overall == pytest.approx(-0.5, abs=0.15)


def test_respondents_had_a_ticket_resolved(answers, truth, contacts):
    by_ticket = {str(c["ticket"]["id"]): c for c in contacts if "ticket" in c}
    by_call = {c["call"]["id"]: c for c in contacts if c["call"]}
    assert len(answers) == pytest.approx(300, abs=20)
    for row in answers:
        contact = by_ticket.get(row["ticket_id"]) or by_call[row["call_id"]]
        assert "ticket" in contact
        assert contact["resolved"]
        assert contact["person"] is not None
        waited = reread.answered_at(row) - contact["end"]
        assert timedelta(days=10) <= waited <= timedelta(days=25)
    assert {bool(row["ticket_id"]) for row in answers} == {True, False}
    assert {bool(row["call_id"]) for row in answers} == {True, False}


def test_the_survey_lands_whole(demo, truth, tmp_path):
    name = "qualtrics/Enquete SERVQUAL_June 30, 2026_23.59.csv"
    file = tmp_path / "landing" / name
    file.parent.mkdir(parents=True)
    shutil.copy(demo / name, file)
    (row,) = land(tmp_path / "landing", tmp_path / "raw", show_progress=False).files
    assert (row.status, row.rows_read, row.rows_rejected) == (
        "landed",
        truth["files"][name]["rows"],
        0,
    )
