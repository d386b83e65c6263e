"""Activity and quality reviews: the truth against the files, read again."""

import csv
import json
import shutil
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import reread

from savoir.demo import workforce, write_demo
from savoir.demo.world import AGENTS
from savoir.landing import land

FILES = ("agent_activity_2025.csv", "agent_activity_2026.csv")
LOGGED_IN = {"logged_in", "available", "on_contact", "wrap"}
STATES = LOGGED_IN | {"break", "scheduled"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_demo(tmp_path_factory.mktemp("workforce"), show_progress=False)


@pytest.fixture(scope="module")
def truth(demo):
    return json.loads((demo / "_truth" / "truth.json").read_text("utf-8"))


def read(demo, name):
    path = demo / "generic" / name
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


@pytest.fixture(scope="module")
def rows(demo):
    """Good rows of both files, the repeated ones twice."""
    found = [row for name in FILES for row in read(demo, name)]
    return [row for row in found if row["state"] in STATES]


@pytest.fixture(scope="module")
def contacts(demo):
    return reread.contacts(demo, reread.People(demo))


def paris(text):
    """Seconds since 1970 of a wall clock in Paris."""
    return int(datetime.fromisoformat(text).replace(tzinfo=reread.PARIS).timestamp())


def seconds(text):
    return int(datetime.fromisoformat(text).timestamp())


# ---------- worked by hand


def test_spans_that_meet_or_overlap_count_once():
    assert workforce.union([(10, 20), (0, 5), (5, 8), (12, 18), (19, 25)]) == [
        (0, 8),
        (10, 25),
    ]
    assert workforce.overlap([(0, 8), (10, 25)], [(6, 12), (20, 30)]) == [
        (6, 8),
        (10, 12),
        (20, 25),
    ]


def test_time_is_split_at_midnight_in_paris():
    night = (paris("2025-03-31T20:00:00"), paris("2025-04-01T04:00:00"))
    assert workforce.seconds_by_month([night]) == {
        "2025-03": 4 * 3600,
        "2025-04": 4 * 3600,
    }


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2025-03-29T20:00:00", "2025-03-30T04:00:00", 7),
        ("2025-10-25T20:00:00", "2025-10-26T04:00:00", 9),
        ("2026-03-28T00:00:00", "2026-03-30T00:00:00", 24 + 23),
    ],
)
def test_nights_of_a_clock_change_are_as_long_as_they_were(start, end, hours):
    spans = [(paris(start), paris(end))]
    assert workforce.seconds_by_month(spans).total() == hours * 3600


def test_an_agent_with_two_logins_at_once_worked_once():
    def did(state, start, end):
        day = "2026-06-02T"
        return workforce.Activity("E121", state, paris(day + start), paris(day + end))

    measured = workforce._measured(
        [
            did("scheduled", "09:00", "12:00"),
            did("logged_in", "09:10", "11:00"),
            did("logged_in", "10:20", "11:12"),  # the second one runs 12 minutes on
            did("on_contact", "10:00", "10:45"),
            did("wrap", "11:30", "12:20"),  # logged in without saying so
            did("break", "11:12", "11:30"),
        ]
    )
    minutes = {
        kind: sum(end - start for start, end in spans) // 60
        for kind, spans in measured.items()
    }
    assert minutes == {
        "logged_in": 122 + 50,  # 09:10-11:12 and 11:30-12:20
        "contact": 45,
        "wrap": 50,
        "scheduled": 180,
        "adherent": 122 + 30,  # of the wrap-up, until 12:00
    }


# ---------- activity


def swept(rows):
    """Seconds per agent and month, found from one instant at which anything changes
    to the next: how many rows of each state were open between them."""
    midnight, changes = datetime(2025, 1, 1, tzinfo=reread.PARIS), defaultdict(list)
    midnights = []
    while midnight.year < 2027:
        midnights.append((int(midnight.timestamp()), None, 0))
        midnight += timedelta(days=1)  # on the wall clock
    for row in rows:
        for column, step in (("started_at", 1), ("ended_at", -1)):
            at = seconds(row[column])
            changes[row["agent_id"]].append((at, row["state"], step))
    found = defaultdict(Counter)
    for agent, own in changes.items():
        open_, before = Counter(), None
        for at, state, step in sorted([*own, *midnights], key=lambda c: c[0]):
            states = {state for state, number in open_.items() if number}
            if states:
                month = reread.month(datetime.fromtimestamp(before, UTC))
                is_in = bool(states & LOGGED_IN)
                found[agent, month].update(
                    logged_in_seconds=is_in * (at - before),
                    contact_seconds=("on_contact" in states) * (at - before),
                    wrap_seconds=("wrap" in states) * (at - before),
                    scheduled_seconds=("scheduled" in states) * (at - before),
                    adherent_seconds=(is_in and "scheduled" in states) * (at - before),
                )
            open_[state] += step
            before = at
    return found


def test_activity(rows, truth):
    by_month, by_agent = defaultdict(Counter), defaultdict(Counter)
    for (agent, month), counted in swept(rows).items():
        by_month[month].update(counted)
        by_agent[agent].update(counted)
    assert truth["activity"] == by_month
    assert truth["activity_by_agent"] == by_agent
    assert len(by_month) == 18


def first_answers(demo, contacts):
    """(agent, instant) of the first human answer of each contact that had one."""
    users = reread.zendesk(demo, "users.json", "users")
    humans = {user["id"] for user in users if user["role"] != "end-user"} - {reread.BOT}
    by_phone = {agent.extension: agent.id for agent in AGENTS if agent.extension}
    for contact in contacts:
        call = contact["call"]
        if call and call["outcome"] == "answered":
            at = call["start"] + timedelta(seconds=call["wait"])
            yield f"E{by_phone[call['agent']] % 1000}", at
        elif "ticket" in contact:
            replies = reread.replies(contact["history"], humans)
            for at, author in replies[:1]:
                yield f"E{author % 1000}", at


def test_every_month_is_an_ordinary_one(demo, contacts, rows):
    answered = Counter(reread.month(at) for _, at in first_answers(demo, contacts))
    by_month = defaultdict(Counter)
    for (_, month), counted in swept(rows).items():
        by_month[month].update(counted)
    assert answered.keys() == by_month.keys()
    for month, time in by_month.items():
        per_hour = answered[month] / (time["logged_in_seconds"] / 3600)
        busy = time["contact_seconds"] + time["wrap_seconds"]
        assert 3.45 < per_hour < 4.55, month
        assert 0.72 < busy / time["logged_in_seconds"] < 0.8, month
        assert 0.9 < time["adherent_seconds"] / time["scheduled_seconds"] < 0.95, month


def test_agents_are_logged_in_when_they_answer(demo, contacts, rows):
    logins = defaultdict(list)
    for row in rows:
        if row["state"] == "logged_in":
            span = (seconds(row["started_at"]), seconds(row["ended_at"]))
            logins[row["agent_id"]].append(span)
    answers = list(first_answers(demo, contacts))
    assert len(answers) > 3000
    for agent, instant in answers:
        at = int(instant.timestamp())
        assert any(start <= at < end for start, end in logins[agent])


def test_each_row_has_a_length_and_lies_in_the_eighteen_months(rows):
    assert len(rows) < 60_000
    first, last = paris("2025-01-01T00:00:00"), paris("2026-06-30T23:59:59")
    for row in rows:
        assert first <= seconds(row["started_at"]) < seconds(row["ended_at"]) <= last
        local = datetime.fromtimestamp(seconds(row["started_at"]), reread.PARIS)
        assert row["started_at"] == local.isoformat()


def test_work_is_inside_a_login(rows):
    spans = defaultdict(list)
    for row in rows:
        span = (seconds(row["started_at"]), seconds(row["ended_at"]))
        spans[row["agent_id"], row["state"]].append(span)
    for agent, state in list(spans):
        if state in ("available", "on_contact", "wrap", "break"):
            work = workforce.union(spans[agent, state])
            logins = workforce.union(spans[agent, "logged_in"])
            assert workforce.overlap(work, logins) == work


def test_no_agent_has_two_contacts_in_hand(rows):
    busy = defaultdict(set)
    for row in rows:
        if row["state"] in ("on_contact", "wrap", "available", "break"):
            span = (seconds(row["started_at"]), seconds(row["ended_at"]))
            busy[row["agent_id"]].add(span)
    for spans in busy.values():
        assert all(one[1] <= next_[0] for one, next_ in pairwise(sorted(spans)))


def test_slots(rows):
    hours, last = [], ""
    for row in rows:
        if row["state"] == "scheduled":
            assert row["started_at"][17:19] == row["ended_at"][17:19] == "00"
        if row["state"] == "logged_in":
            start, end = seconds(row["started_at"]), seconds(row["ended_at"])
            hours.append((end - start) / 3600)
            if row["agent_id"] == "E104":
                last = max(last, row["started_at"])
    assert sorted(hours)[len(hours) // 2] < 0.3
    assert max(hours) < 4
    assert sum(row["state"] == "break" for row in rows) > 100
    assert last.startswith("2025-09")


@pytest.mark.parametrize("change", ["2025-03-30", "2025-10-26", "2026-03-29"])
def test_nights_of_work_cross_midnight_and_the_clock_changes(rows, change):
    chat = ("E141", "E142", "E143", "E144")
    for instant in (paris(f"{change}T00:00:00"), seconds(f"{change}T01:00:00Z")):
        crossing = {
            row["state"]
            for row in rows
            if row["agent_id"] in chat
            and seconds(row["started_at"]) < instant < seconds(row["ended_at"])
        }
        assert {"scheduled", "logged_in", "on_contact"} <= crossing


def test_overlapping_logins_and_repeated_rows_are_planted(rows, truth):
    logins = defaultdict(set)
    for row in rows:
        if row["state"] == "logged_in":
            span = (seconds(row["started_at"]), seconds(row["ended_at"]))
            logins[row["agent_id"]].add(span)
    doubled = sum(len(spans) - len(workforce.union(spans)) for spans in logins.values())
    assert doubled >= 5
    repeated = len(rows) - len({tuple(row.values()) for row in rows})
    assert truth["duplicates"]["generic/agent_activity_2026.csv"] == repeated > 0


# ---------- quality reviews


@pytest.fixture(scope="module")
def reviews(demo):
    found = read(demo, "quality_reviews.csv")
    return [row for row in found if row["points"] != "dix-sept"]


def test_quality(reviews, truth):
    by_month = defaultdict(Counter)
    for row in reviews:
        month = reread.month(datetime.fromisoformat(row["reviewed_at"]))
        by_month[month].update(
            points=int(row["points"]), possible=int(row["possible_points"]), reviews=1
        )
    assert truth["quality"] == by_month
    points = sum(int(row["points"]) for row in reviews)
    assert points / (20 * len(reviews)) == pytest.approx(0.86, abs=0.04)
    assert {row["possible_points"] for row in reviews} == {"20"}


def test_reviews_are_of_the_agent_who_handled_the_contact(demo, contacts, reviews):
    contacts = {contact["id"].split(":")[1]: contact for contact in contacts}
    history = reread.audits(demo)
    assert len(reviews) == pytest.approx(0.06 * len(contacts), rel=0.5)
    for row in reviews:
        contact = contacts[row["contact_id"]]
        authors = {
            f"E{str(event['author_id'])[-3:]}"
            for audit in history[contact["ticket"]["id"] if "ticket" in contact else 0]
            for event in audit["events"]
            if event["type"] == "Comment" and event["public"]
        }
        is_call = contact["call"] and contact["call"]["outcome"] == "answered"
        assert row["agent_id"] in authors or is_call
        waited = datetime.fromisoformat(row["reviewed_at"]) - contact["end"]
        assert timedelta(days=1) <= waited <= timedelta(days=10)
    ids = [row["review_id"] for row in reviews]
    assert len(ids) == len(set(ids))


# ---------- landing


def test_landing_rejects_the_wrong_rows_alone(demo, truth, tmp_path):
    landing = tmp_path / "landing"
    shutil.copytree(demo / "generic", landing / "generic")
    report = land(landing, tmp_path / "raw", show_progress=False)
    assert {
        row.file: (row.status, row.rows_read, row.rows_rejected) for row in report.files
    } == {
        path: ("landed", file["rows"], file["rows_rejected"])
        for path, file in truth["files"].items()
        if path.startswith("generic/")
    }
    assert {path: n for path, n in truth["rejects"].items() if "generic/" in path} == {
        "generic/agent_activity_2025.csv": [line_of(demo, FILES[0], ",lunch,")],
        "generic/quality_reviews.csv": [line_of(demo, "quality_reviews.csv", "-sept,")],
        "generic/proactive_messages.csv": [
            line_of(demo, "proactive_messages.csv", ",hier,")
        ],
    }


def line_of(demo, name, text):
    lines = (demo / "generic" / name).read_text("utf-8").splitlines()
    (number,) = [number for number, line in enumerate(lines, 1) if text in line]
    return number
