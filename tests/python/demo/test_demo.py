"""The demo generator: repeatable, small, and true to what its truth file says."""

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
import reread

import savoir
from savoir.demo import write_demo
from savoir.demo.clock import business_seconds, open_seconds
from savoir.demo.dice import Dice

N2 = "36000002"
DAY, WEEK = timedelta(days=1), timedelta(days=7)
TARGETS = {
    "email": timedelta(hours=8),
    "web": timedelta(hours=8),
    "facebook": timedelta(hours=1),
    "chat": timedelta(minutes=2),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_demo(tmp_path_factory.mktemp("demo"), show_progress=False)


@pytest.fixture(scope="module")
def truth(demo):
    return json.loads((demo / "_truth" / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def people(demo):
    return reread.People(demo)


@pytest.fixture(scope="module")
def contacts(demo, people):
    return reread.contacts(demo, people)


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# ---------- repeatable and small


def test_same_seed_and_scale_give_the_same_bytes_in_any_process(tmp_path):
    here = write_demo(tmp_path / "here", scale=0.1, show_progress=False)
    there = tmp_path / "there"
    code = (
        "import sys, pathlib, savoir.demo as demo;"
        "demo.write_demo(pathlib.Path(sys.argv[1]), scale=0.1, show_progress=False)"
    )
    elsewhere = {
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "PYTHONPATH": str(Path(savoir.__file__).parents[1]),
    }
    subprocess.run(
        [sys.executable, "-c", code, str(there)],
        env=os.environ | elsewhere,
        check=True,
    )
    assert digest(here) == digest(there)


def test_another_seed_gives_other_exports(tmp_path):
    one = digest(write_demo(tmp_path / "1", seed=1, scale=0.05, show_progress=False))
    two = digest(write_demo(tmp_path / "2", seed=2, scale=0.05, show_progress=False))
    same = {path for path in one if one[path] == two[path]}
    assert same == {
        "README.txt",
        "shopify/products_export.csv",
        "zendesk/groups.json",
    }


@pytest.mark.parametrize("scale", [0, -1, 26])
def test_a_scale_out_of_range_is_refused(tmp_path, scale):
    with pytest.raises(ValueError, match="scale"):
        write_demo(tmp_path, scale=scale, show_progress=False)


def test_scale_multiplies_customers(tmp_path, truth):
    folder = write_demo(tmp_path, scale=0.5, show_progress=False)
    half = json.loads((folder / "_truth" / "truth.json").read_text("utf-8"))
    share = half["customers"]["number"] / truth["customers"]["number"]
    assert share == pytest.approx(0.5, abs=0.03)


def test_the_size_is_as_announced(demo, truth):
    size = sum(path.stat().st_size for path in demo.rglob("*") if path.is_file())
    assert size <= 25_000_000
    surveys = truth["surveys"]["responses"]
    answered = surveys["service_finished"] + surveys["relationship_finished"]
    answered += surveys["zendesk"]["good"] + surveys["zendesk"]["bad"]
    assert truth["tickets"]["distinct"] == pytest.approx(3200, rel=0.1)
    assert truth["calls"]["offered"] == pytest.approx(1750, rel=0.1)
    assert truth["orders"]["distinct"] == pytest.approx(10_000, rel=0.1)
    assert answered == pytest.approx(1600, rel=0.1)


def test_addresses_and_telephones_are_reserved_for_fiction(demo):
    ranges = r"\+33(19900|26191|35301|46571|53649|63998)\d{4}"
    pairs = [
        (row["Email"], phone)
        for rows in reread.order_rows(demo).values()
        for row in rows
        for phone in (row["Billing Phone"], row["Shipping Phone"], row["Phone"])
    ]
    pairs += [
        (user["email"], user["phone"])
        for user in reread.zendesk(demo, "users.json", "users")
    ]
    pairs += [(None, call["phone"]) for call in reread.calls(demo).values()]
    pairs += [(row["RecipientEmail"], None) for row in service(demo)]
    emails = {reread.plain_email(email) for email, _ in pairs if email} - {None}
    phones = {reread.plain_phone(phone) for _, phone in pairs if phone} - {None}
    assert len(emails) > 1000
    assert len(phones) > 500
    assert not [e for e in emails if not re.search(r"@example\.(com|fr|org)$", e)]
    assert not [p for p in phones if not re.fullmatch(ranges, p)]


# ---------- the truth against the exports, read again


def test_tickets(demo, truth):
    tickets, found = reread.tickets(demo), truth["tickets"]
    users = reread.zendesk(demo, "users.json", "users")
    agents = {user["id"] for user in users if user["role"] != "end-user"}
    history = reread.audits(demo)
    reasons = {
        id_: reread.excluded(ticket, history[id_], agents)
        for id_, ticket in tickets.items()
    }
    assert found["rows"] == len(reread.ticket_rows(demo))
    assert found["distinct"] == len(tickets)
    assert found["excluded"] == dict(Counter(filter(None, reasons.values())))
    for reason, ids in found["excluded_ids"].items():
        assert sorted(ids) == sorted(id_ for id_, r in reasons.items() if r == reason)


def test_audits_end_in_the_state_of_the_ticket(demo):
    history = reread.audits(demo)
    for id_, ticket in reread.tickets(demo).items():
        if ticket["status"] == "deleted":
            assert id_ not in history
            continue
        assert history[id_][-1]["created_at"] == ticket["updated_at"]
        for field in ("status", "group_id", "assignee_id"):
            last = reread.changes(history[id_], field)[-1][1]
            assert last == (str(ticket[field]) if ticket[field] else None)


def test_each_change_starts_from_the_value_before(demo):
    for history in reread.audits(demo).values():
        values = {}
        for event in (event for audit in history for event in audit["events"]):
            if event["type"] == "Change":
                assert event["previous_value"] == values.get(event["field_name"])
                assert event["value"] != event["previous_value"]
            if event["type"] in ("Create", "Change"):
                values[event["field_name"]] = event["value"]


def test_calls(demo, truth):
    calls, found = reread.calls(demo), truth["calls"]
    outcomes = Counter(call["outcome"] for call in calls.values())
    answered = [call for call in calls.values() if call["outcome"] == "answered"]
    lost = [call for call in calls.values() if call["outcome"] == "abandoned"]
    assert found["offered"] == len(calls)
    assert {name: found[name] for name in outcomes} == dict(outcomes)
    assert found["abandoned_short"] == sum(call["wait"] <= 5 for call in lost) > 0
    assert found["wait_seconds_answered"] == sum(call["wait"] for call in answered)
    assert found["talk_seconds_answered"] == sum(call["talk"] for call in answered)
    for call in answered:
        length = timedelta(seconds=call["wait"] + call["talk"])
        assert call["end"] - call["start"] == length


def test_customers(truth, people):
    groups = [
        sorted({value for _, _, value in group})
        for group in truth["customers"]["groups"]
    ]
    assert people.groups() == sorted(groups)
    assert truth["customers"]["number"] == len(groups)
    assert set(truth["customers"]["shared_phones"]) == people.shared


def test_contacts_and_links(truth, contacts):
    found, calls = truth["contacts"], truth["calls"]
    linked = {
        contact["call"]["id"]: contact["ticket"]["id"]
        for contact in contacts
        if "ticket" in contact and contact["call"]
    }
    assert calls["linked"] == linked
    assert 0.2 < len(calls["linked_by_time"]) / len(linked) < 0.4
    assert found["countable"] == len(contacts)
    assert found["landed"] == len(contacts) + sum(found["excluded"].values())
    nobody = [c["call"]["id"] for c in contacts if c["person"] is None]
    assert sorted(nobody) == calls["anonymous"]
    assert found["unidentified"] == len(nobody)
    assert found["resolved"] == sum(contact["resolved"] for contact in contacts)
    ids = truth["tickets"]
    for key, test in (
        ("reopened_ids", lambda c: c["reopened"]),
        ("escalated_ids", lambda c: N2 in c["handed_to"]),
        ("transferred_ids", lambda c: set(c["handed_to"]) - {N2}),
        ("unresolved_ids", lambda c: not c["resolved"]),
    ):
        matching = [c["ticket"]["id"] for c in contacts if "ticket" in c and test(c)]
        assert ids[key] == sorted(matching)
        assert matching


def test_issues_and_first_contact_resolution(truth, contacts):
    as_of = reread.at(truth["as_of"])
    planted = {tuple(issue["contacts"]): issue for issue in truth["issues"]}
    shares = defaultdict(lambda: {"num": 0, "den": 0})
    issues = reread.issues(contacts)
    assert len(issues) == len(planted)
    for chain in issues:
        issue, first = planted[tuple(contact["id"] for contact in chain)], chain[0]
        success = (
            len(chain) == 1
            and first["resolved"]
            and not first["reopened"]
            and not first["handed_to"]
        )
        mature = first["end"] + timedelta(days=7) <= as_of
        assert reread.at(issue["opened_at"]) == first["start"]
        assert reread.at(issue["ended_at"]) == max(c["end"] for c in chain)
        assert (issue["fcr"], issue["is_mature"]) == (success, mature)
        if mature:
            share = shares[reread.month(first["start"])]
            share["den"] += 1
            share["num"] += success
    assert truth["fcr_by_month"] == shares


def test_repurchases(demo, truth, people, contacts):
    bought = defaultdict(list)
    for name, rows in reread.order_rows(demo).items():
        if reread.is_valid(rows):
            person = people.of(reread.plain_email(rows[0]["Email"]))
            bought[person].append((reread.shop_time(rows[0]["Created at"]), name))
    ended = defaultdict(list)
    for chain in reread.issues(contacts):
        ended[chain[0]["person"]].append((max(c["end"] for c in chain), chain))
    credited = {}
    for person, orders in bought.items():
        for instant, name in sorted(orders):
            before = [pair for pair in ended[person] if pair[0] < instant]
            if before:
                end, chain = max(before, key=lambda pair: pair[0])
                if instant <= end + timedelta(days=30):
                    key = tuple(contact["id"] for contact in chain)
                    credited.setdefault(key, name)
    as_of = reread.at(truth["as_of"])
    person_of = {contact["id"]: contact["person"] for contact in contacts}
    shares = defaultdict(lambda: {"num": 0, "den": 0})
    for issue in truth["issues"]:
        key, found = tuple(issue["contacts"]), issue["repurchase"]
        opened = reread.at(issue["opened_at"])
        earlier = [order for order in bought[person_of[key[0]]] if order[0] < opened]
        assert found["has_earlier_order"] == bool(earlier)
        end = reread.at(issue["ended_at"])
        assert found["order"] == credited.get(key)
        assert found["is_mature"] == (end + timedelta(days=30) <= as_of)
        if found["is_mature"] and found["has_earlier_order"]:
            share = shares[reread.month(end)]
            share["den"] += 1
            share["num"] += key in credited
    assert truth["repurchase"]["by_month"] == shares


def test_the_planted_repurchases_come_out(truth):
    planted = truth["repurchase_chances"]
    for kind, share in truth["repurchase"]["by_kind"].items():
        # four standard errors of a proportion near 0.3 with 300 issues
        assert share["num"] / share["den"] == pytest.approx(planted[kind], abs=0.1)


def test_orders(demo, truth, contacts):
    gestures = defaultdict(Decimal)
    for contact in contacts:
        if "ticket" in contact:
            fields = {f["id"]: f["value"] for f in contact["ticket"]["custom_fields"]}
            order, amount = fields.get(360000000004), fields.get(360000000005)
            gestures[order] += Decimal(amount or 0)
    orders, found = reread.order_rows(demo), truth["orders"]
    with (demo / "shopify" / "products_export.csv").open(encoding="utf-8") as file:
        costs = {
            row["Variant SKU"]: Decimal(row["Cost per item"])
            for row in csv.DictReader(file)
        }
    valid = [rows for rows in orders.values() if reread.is_valid(rows)]
    net = refunds = cost = Decimal(0)
    for rows in valid:
        total, taxes, shipping, refunded = (
            Decimal(rows[0][c])
            for c in ("Total", "Taxes", "Shipping", "Refunded Amount")
        )
        assert taxes == total / 6
        net += (total - shipping) / Decimal("1.2")
        goodwill = gestures[rows[0]["Name"]]
        refunds += max(refunded / Decimal("1.2") - goodwill, Decimal(0))
        cost += sum(
            costs[r["Lineitem sku"]] * int(r["Lineitem quantity"]) for r in rows
        )
    assert len(costs) == 24
    assert found["distinct"] == len(orders)
    assert found["rows_of_distinct_orders"] == sum(map(len, orders.values()))
    assert found["valid"] == len(valid)
    assert Decimal(found["net"]) == net
    assert Decimal(found["margin"]) == net - refunds - cost
    for key, tag in (("replacement", "replacement"), ("upsell", "upsell")):
        assert found[key] == sorted(
            name for name, rows in orders.items() if rows[0]["Tags"] == tag
        )
    for rows in orders.values():
        total = Decimal(rows[0]["Subtotal"]) + Decimal(rows[0]["Shipping"])
        assert total == Decimal(rows[0]["Total"]) == 6 * Decimal(rows[0]["Taxes"])


def service(demo):
    return reread.answers(demo, "Enquete SAV")


def counted(rows):
    return [row for row in rows if row["Finished"] in ("True", "1") and is_answer(row)]


def is_answer(row):
    return row["Status"] in ("IP Address", "0")


def groups_of(scores):
    return {
        "promoters": sum(score >= 9 for score in scores),
        "passives": sum(score in (7, 8) for score in scores),
        "detractors": sum(score <= 6 for score in scores),
    }


def contact_of(row, contacts_by_ticket, contacts_by_call):
    if row["ticket_id"]:
        return contacts_by_ticket[int(row["ticket_id"])]
    return contacts_by_call[row["call_id"]]


@pytest.fixture(scope="module")
def service_answers(demo, contacts):
    """(row, contact) of every counted answer, oldest first."""
    by_ticket = {c["ticket"]["id"]: c for c in contacts if "ticket" in c}
    by_call = {c["call"]["id"]: c for c in contacts if c["call"]}
    rows = sorted(counted(service(demo)), key=lambda row: row["RecordedDate"])
    return [(row, contact_of(row, by_ticket, by_call)) for row in rows]


def test_nps(demo, truth, people, service_answers):
    found, latest, times = truth["surveys"], {}, set()
    for row, contact in service_answers:
        if email := reread.plain_email(row["RecipientEmail"]):
            assert people.of(email) == contact["person"]
        if row["Q_NPS"]:
            instant = reread.answered_at(row)
            latest[contact["person"], reread.month(instant)] = int(row["Q_NPS"])
            assert (contact["person"], instant) not in times
            times.add((contact["person"], instant))
    by_month = defaultdict(list)
    for (_, month), score in latest.items():
        by_month[month].append(score)
    assert found["nps"]["by_month"] == {m: groups_of(s) for m, s in by_month.items()}
    assert found["nps"]["all"] == groups_of(list(latest.values()))
    assert len(times) - len(latest) == len(found["nps"]["superseded"]) > 0
    barometer = counted(reread.answers(demo, "Barometre relationnel"))
    scores = [int(row["Q_NPS"]) for row in barometer]
    assert found["relationship_nps"] == groups_of(scores)


def test_csat_takes_the_latest_answer_in_28_days_from_both_systems(
    demo, truth, contacts, service_answers
):
    by_ticket = {c["ticket"]["id"]: c for c in contacts if "ticket" in c}
    scored = [
        (reread.answered_at(row), contact, int(row["Q_CSAT"]) >= 4)
        for row, contact in service_answers
        if row["Q_CSAT"]
    ]
    for row in reread.zendesk(
        demo, "satisfaction_ratings.json", "satisfaction_ratings"
    ):
        if row["score"] in ("good", "bad"):
            contact = by_ticket[row["ticket_id"]]
            scored.append(
                (reread.at(row["updated_at"]), contact, row["score"] == "good")
            )
    latest, late = {}, 0
    for instant, contact, good in sorted(scored, key=lambda answer: answer[0]):
        assert instant > contact["end"]
        if instant - contact["end"] <= timedelta(days=28):
            latest[contact["id"]] = (reread.month(instant), good)
        else:
            late += 1
    months = Counter(month for month, _ in latest.values())
    satisfied = Counter(month for month, good in latest.values() if good)
    found = truth["surveys"]["csat"]
    assert found["by_month"] == {
        month: {"valid": months[month], "satisfied": satisfied[month]}
        for month in months
    }
    assert len(found["too_late"]) == late > 0
    assert len(found["superseded"]) == len(scored) - late - len(latest) > 0


def test_effort_and_the_customers_own_fcr(truth, service_answers):
    found = truth["surveys"]
    scores = [int(row["Q_CES"]) for row, _ in service_answers if row["Q_CES"]]
    own = Counter(row["Q_FCR"] for row, _ in service_answers if row["Q_FCR"])
    assert found["ces"] == {
        "answers": len(scores),
        "sum_of_scores": sum(scores),
        "sum_of_effort": sum(8 - score for score in scores),
    }
    assert found["fcr_by_customer"] == {"yes": own["1"], "no": own["2"]}


def test_costs(demo, truth, contacts):
    by_month = defaultdict(Decimal)
    negative = 0
    for year in (2025, 2026):
        path = demo / "cost_ledger" / f"grand_livre_sav_{year}.csv"
        for row in csv.DictReader(path.read_text("cp1252").splitlines(), delimiter=";"):
            month = row["Mois"]
            if "/" in month:
                month = f"{month[3:]}-{month[:2]}"
            amount = re.sub(r"\s", "", row["Montant"]).replace(",", ".")
            if row["Catégorie"] != "Divers":
                by_month[month] += Decimal(amount)
                negative += amount.startswith("-")
    found = truth["costs"]
    assert negative == 1
    assert len(by_month) == 18
    assert {m: Decimal(a) for m, a in found["by_month"].items()} == by_month
    gestures = defaultdict(Decimal)
    for contact in contacts:
        fields = contact["ticket"]["custom_fields"] if "ticket" in contact else []
        for field in fields:
            if field["id"] == 360000000005 and field["value"]:
                gestures[reread.month(contact["start"])] += Decimal(field["value"])
    found = {m: Decimal(a) for m, a in found["compensation_by_month"].items()}
    assert found == gestures


def test_rejected_lines_are_the_wrong_ones(demo, truth):
    wrong = {
        "asterisk/queue_log.2025": r"\d+\|[\d.]+",
        "asterisk/queue_log.2026": r"2026-03-02 10:14:05\|.*",
        "shopify/orders_export_2025.csv": ",.*Lampe de bureau Arc.*",
        "shopify/orders_export_2026.csv": "#.*,abc,.*",
        "qualtrics/Enquete SAV_June 30, 2026_23.59.csv": r"([^,]*,){8}R_\w+",
        "cost_ledger/grand_livre_sav_2025.csv": ".*;Divers;.*",
    }
    kept = {path for path in truth["rejects"] if not path.startswith("generic/")}
    assert kept == set(wrong)
    for path, pattern in wrong.items():
        lines = (demo / path).read_bytes().decode("cp1252").split("\n")
        (line,) = truth["rejects"][path]
        assert re.fullmatch(pattern, lines[line - 1].rstrip("\r"))
        assert len(truth["rejects"][path]) / truth["files"][path]["rows"] < 0.01


def test_rows_and_repetitions_of_each_file(demo, truth):
    files, repeated = truth["files"], truth["duplicates"]
    tickets = reread.ticket_rows(demo)
    pages = {path for path in files if path.startswith("zendesk/tickets_")}
    assert sum(files[path]["rows"] for path in pages) == len(tickets)
    distinct = len({row["id"] for row in tickets})
    assert sum(repeated.get(path, 0) for path in pages) == len(tickets) - distinct
    logs = ("asterisk/queue_log.2025", "asterisk/queue_log.2026")
    lines = [line for p in logs for line in (demo / p).read_text("utf-8").splitlines()]
    assert sum(files[path]["rows"] for path in logs) == len(lines)
    assert repeated[logs[1]] == len(lines) - len(set(lines))
    rows = sum(map(len, reread.order_rows(demo).values()))
    orders = [path for path in files if path.startswith("shopify/orders")]
    written = sum(files[p]["rows"] - files[p]["rows_rejected"] for p in orders)
    assert written - rows == sum(repeated.get(path, 0) for path in orders) > 0
    both = [
        (demo / "zendesk" / f"ticket_audits_{year}.ndjson").read_text("utf-8")
        for year in (2025, 2026)
    ]
    ids = [
        audit["id"]
        for text in both
        for line in text.splitlines()
        for audit in json.loads(line)["audits"]
    ]
    again = repeated["zendesk/ticket_audits_2026.ndjson"]
    assert again == len(ids) - len(set(ids)) > 0


# ---------- what is planted one by one


def test_late_refunds_are_in_the_later_export_only(demo, truth):
    states = {}
    for year in (2025, 2026):
        path = demo / "shopify" / f"orders_export_{year}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            states[year] = {
                row["Name"]: (row["Financial Status"], row["Refunded Amount"])
                for row in csv.DictReader(file)
                if row["Total"]
            }
    names = truth["orders"]["late_refunds"]
    assert len(names) == truth["planted_rates"]["late_refunds"]
    for name in names:
        assert states[2025][name] == ("paid", "0.00")
        assert states[2026][name][0] in ("refunded", "partially_refunded")
        assert Decimal(states[2026][name][1]) > 0
    both = states[2025].keys() & states[2026].keys()
    same = [name for name in both if states[2025][name] == states[2026][name]]
    assert len(same) == truth["planted_rates"]["repeated_orders"]


def test_the_last_event_is_the_horizon(demo, truth, contacts):
    instants = [reread.at(row["updated_at"]) for row in reread.ticket_rows(demo)]
    instants += [contact["end"] for contact in contacts]
    instants += [reread.answered_at(row) for row in service(demo)]
    orders = reread.order_rows(demo).values()
    instants += [
        reread.shop_time(rows[0][column])
        for rows in orders
        for column in ("Created at", "Paid at", "Fulfilled at", "Cancelled at")
        if rows[0][column]
    ]
    assert truth["as_of"] == "2026-06-30T21:59:59Z"
    assert max(instants) == reread.at(truth["as_of"])


def test_gaps_of_exactly_seven_days_and_one_second_more(truth, contacts):
    issues = reread.issues(contacts)
    inside = [
        after["start"] - before["end"]
        for chain in issues
        for before, after in pairwise(chain)
    ]
    by_person = defaultdict(list)
    for chain in issues:
        by_person[chain[0]["person"]].append(chain)
    between = [
        after[0]["start"] - max(contact["end"] for contact in before)
        for chains in by_person.values()
        for before, after in pairwise(chains)
    ]
    week, second = timedelta(days=7), timedelta(seconds=1)
    rates = truth["planted_rates"]
    assert inside.count(week) == rates["gap_exactly_seven_days"]
    assert between.count(week + second) == rates["gap_one_second_more"]
    others = [gap for gap in between if gap != week + second]
    assert min(others) > timedelta(days=16)


def test_shared_telephones_do_not_make_one_person(truth, people):
    shared = truth["customers"]["shared_phones"]
    assert len(shared) == truth["planted_rates"]["households"]
    for one, other in shared.values():
        assert people.of(one) != people.of(other)


def test_a_ticket_that_is_open_again_now(demo, truth):
    history = reread.audits(demo)
    assert truth["tickets"]["open_again_ids"]
    for id_ in truth["tickets"]["open_again_ids"]:
        statuses = [status for _, status in reread.changes(history[id_], "status")]
        assert "solved" in statuses
        assert statuses[-1] == "open"


def test_tickets_rated_bad_then_good(demo, truth):
    scores = defaultdict(list)
    rows = reread.zendesk(demo, "satisfaction_ratings.json", "satisfaction_ratings")
    for row in sorted(rows, key=lambda row: row["updated_at"]):
        scores[row["ticket_id"]].append(row["score"])
    twice = [pair for pair in scores.values() if pair == ["bad", "good"]]
    assert len(twice) == truth["planted_rates"]["rated_twice"]
    assert {row["score"] for row in rows} == {"good", "bad", "offered", "unoffered"}


def test_contacts_surveyed_twice_in_one_month(service_answers):
    months = Counter(
        (contact["id"], reread.month(reread.answered_at(row)))
        for row, contact in service_answers
    )
    assert sum(number == 2 for number in months.values()) >= 6


def test_a_former_agent_answered_and_machines_did_too(demo, truth):
    users = reread.zendesk(demo, "users.json", "users")
    former = {user["id"] for user in users if user["active"] is False}
    firsts, machines = [], 0
    history = reread.audits(demo)
    for id_, replied_at in truth["tickets"]["first_human_reply_at"].items():
        public = [
            (audit["created_at"], event)
            for audit in history[int(id_)]
            for event in audit["events"]
            if event["type"] == "Comment" and event["public"]
        ]
        machines += any(event["author_id"] == -1 for _, event in public)
        (author,) = {e["author_id"] for i, e in public if i == replied_at}
        firsts.append(author)
    assert -1 not in firsts
    assert reread.BOT not in firsts
    assert machines > 0
    assert former & set(firsts)


def test_a_month_is_a_local_month(truth):
    (issue,) = [i for i in truth["issues"] if i["opened_at"] == "2025-03-31T22:30:00Z"]
    assert issue["is_mature"]
    april = [i for i in truth["issues"] if i["opened_at"].startswith("2025-04")]
    mature = sum(i["is_mature"] for i in april)
    assert truth["fcr_by_month"]["2025-04"]["den"] == mature + 1


# ---------- the dice


def test_shares_taken_in_turn_are_kept_at_any_time():
    dice = Dice(1, "test")
    items = (("often", 0.75), ("rarely", 0.25))
    drawn = [dice.in_turn("key", items) for _ in range(400)]
    for number in range(20, 400):
        assert drawn[:number].count("rarely") == pytest.approx(number / 4, abs=2)


@pytest.mark.parametrize(
    ("at", "next_day"),
    [
        ((2025, 4, 30, 18), (2025, 5, 2)),  # Labour Day
        ((2026, 4, 4, 18), (2026, 4, 7)),  # a Saturday before Easter
        ((2025, 12, 25, 8), (2025, 12, 26)),
    ],
)
def test_nobody_works_on_holidays(at, next_day):
    wait = Dice(1, "test").open_hours(paris(*at)) - paris(*next_day, 9)
    assert 0 <= wait <= 90 * 60


# ---------- the clocks of the sites


def paris(*parts):
    return int(datetime(*parts, tzinfo=reread.PARIS).timestamp())


@pytest.mark.parametrize(
    ("day", "hours"), [((2025, 3, 30), 23), ((2025, 10, 26), 25), ((2025, 6, 1), 24)]
)
def test_a_day_without_closing_is_as_long_as_the_clocks_make_it(day, hours):
    start, noon = paris(*day), paris(*day, 12)
    end = int((datetime(*day, tzinfo=reread.PARIS) + DAY).timestamp())
    found = open_seconds(start, end, reread.PARIS, lambda _: (0, 24))
    assert found == end - start == hours * 3600
    afternoon = open_seconds(noon, end, reread.PARIS, lambda _: (0, 24))
    assert afternoon == 12 * 3600


@pytest.mark.parametrize(
    ("site", "start", "end", "seconds"),
    [
        # 8 May is a holiday: an hour on Wednesday, an hour on Friday
        ("Lyon", (2025, 5, 7, 17), (2025, 5, 9, 10), 2 * 3600),
        ("Tanger", (2025, 5, 7, 17), (2025, 5, 9, 10), 41 * 3600),
        # Saturday until 18, then Monday from 8 since the partner came
        ("Nantes", (2025, 8, 30, 17), (2025, 9, 1, 10), 3 * 3600),
        ("Lyon", (2025, 8, 30, 17), (2025, 9, 1, 10), 2 * 3600),
        # 78 weeks of six days, 17 holidays among them
        ("Lyon", (2025, 1, 1), (2026, 7, 1), (78 * 6 - 17) * 9 * 3600),
        ("Lyon", (2025, 6, 2, 10), (2025, 6, 2, 10), 0),
    ],
)
def test_business_seconds(site, start, end, seconds):
    assert business_seconds(site, paris(*start), paris(*end)) == seconds


# ---------- the work of the service, read again


@pytest.fixture(scope="module")
def humans(demo):
    users = reread.zendesk(demo, "users.json", "users")
    return {user["id"] for user in users if user["role"] != "end-user"} - {reread.BOT}


@pytest.fixture(scope="module")
def written(contacts, humans):
    """Contacts by ticket without a call, with who answered and when."""
    found = []
    for contact in contacts:
        if "ticket" not in contact or contact["call"]:
            continue
        people = reread.replies(contact["history"], humans)
        machine = reread.replies(contact["history"], {reread.BOT})
        by_bot = contact["resolved"] and bool(machine) and not people
        acts = [
            reread.at(audit["created_at"])
            for audit in contact["history"]
            if audit["author_id"] == reread.BOT
            and (not people or reread.at(audit["created_at"]) < people[0][0])
        ]
        row = {"human": people, "bot": machine, "by_bot": by_bot}
        row["channel"] = contact["ticket"]["via"]["channel"]
        row["waits_from"] = acts[-1] if acts else contact["start"]
        found.append(contact | row)
    return found


def shares(outcomes):
    found = defaultdict(lambda: {"num": 0, "den": 0})
    for instant, success in outcomes:
        share = found[reread.month(instant)]
        share["den"] += 1
        share["num"] += success
    return found


def test_first_responses(truth, written):
    as_of = reread.at(truth["as_of"])
    found = defaultdict(lambda: defaultdict(Counter))
    for contact in written:
        channel = contact["channel"]
        row = found[channel.replace("facebook", "social")][
            reread.month(contact["start"])
        ]
        target = TARGETS[channel]
        if contact["human"]:
            wait = contact["human"][0][0] - contact["waits_from"]
            seconds = int(wait.total_seconds())
            row.update(answered=1, seconds=seconds, due=1, in_target=wait <= target)
        else:
            is_late = contact["waits_from"] + target <= as_of
            row.update(due=is_late and not contact["by_bot"])
    assert set(truth["response"]) == set(found) == {"email", "web", "chat", "social"}
    for channel, months in found.items():
        assert set(truth["response"][channel]) == set(months)
        for month, row in months.items():
            expected = dict(truth["response"][channel][month])
            assert 0 <= expected.pop("business_seconds") <= expected["seconds"]
            assert expected == {name: row[name] for name in expected}


def test_resolutions(truth, contacts):
    found = defaultdict(Counter)
    for contact in contacts:
        if not contact["resolved"]:
            continue
        statuses = contact.get("statuses", [])
        pending = sum(
            (min(until, contact["end"]) - since).total_seconds()
            for (since, status), (until, _) in pairwise(statuses)
            if status == "pending"
        )
        found[reread.month(contact["end"])].update(
            resolved=1,
            seconds=int((contact["end"] - contact["start"]).total_seconds()),
            pending_seconds=int(pending),
        )
    for month, row in truth["resolution"].items():
        assert 0 < row["business_seconds"] <= row["seconds"]
        assert {name: row[name] for name in found[month]} == dict(found[month])
    as_of = reread.at(truth["as_of"])
    attended = [
        contact
        for contact in contacts
        if not contact.get("missed") and (contact["resolved"] or "ticket" in contact)
    ]
    assert truth["resolution_in_target"] == shares(
        (c["start"], c["resolved"] and c["end"] - c["start"] <= DAY)
        for c in attended
        if c["resolved"] or c["start"] + DAY <= as_of
    )


def test_one_touch_and_reopening(truth, contacts, written):
    assert truth["one_touch"] == shares(
        (c["end"], len(c["human"]) == 1 and not c["reopened"])
        for c in written
        if c["resolved"] and not c["by_bot"]
    )
    assert truth["reopen"] == shares(
        (c["solved"][0], c["reopened"])
        for c in contacts
        if c.get("solved") and not c["missed"]
    )


def test_automation(truth, contacts, written):
    as_of = reread.at(truth["as_of"])
    starts = defaultdict(list)
    for contact in contacts:
        starts[contact["person"]].append(contact["start"])
    outcomes = []
    for contact in written:
        if contact["bot"] and contact["end"] + WEEK <= as_of:
            later = [s for s in starts[contact["person"]] if s > contact["start"]]
            came_back = bool(later) and min(later) - contact["end"] <= WEEK
            outcomes.append((contact["start"], contact["by_bot"] and not came_back))
    assert truth["automation"] == shares(outcomes)


def test_telephony_and_chats(truth, contacts, written):
    found = defaultdict(Counter)
    for call in (contact["call"] for contact in contacts if contact["call"]):
        wait, outcome = call.get("wait"), call["outcome"]
        found[reread.month(call["start"])].update(
            offered=1,
            answered=outcome == "answered",
            abandoned=outcome == "abandoned",
            short=outcome == "abandoned" and wait <= 5,
            timeout=outcome == "timeout",
            answered_in_20=outcome == "answered" and wait <= 20,
            abandoned_in_20=outcome == "abandoned" and wait <= 20,
            wait_seconds_of_answered=wait if outcome == "answered" else 0,
        )
    assert truth["telephony"] == {month: dict(row) for month, row in found.items()}
    chats = defaultdict(Counter)
    for contact in written:
        if contact["channel"] == "chat" and not contact["by_bot"]:
            missed = contact["missed"]
            wait = contact["end"] - contact["waits_from"]
            chats[reread.month(contact["start"])].update(
                offered=1,
                abandoned=missed,
                short=missed and wait <= timedelta(seconds=5),
            )
    assert truth["chats"] == {month: dict(row) for month, row in chats.items()}


def test_backlog(truth, contacts):
    for month, row in truth["backlog"].items():
        year, number = int(month[:4]), int(month[5:])
        following = datetime(year + number // 12, number % 12 + 1, 1)
        last = following.replace(tzinfo=reread.PARIS).astimezone(UTC)
        last -= timedelta(seconds=1)
        is_open = 0
        for contact in contacts:
            statuses = [s for i, s in contact.get("statuses", []) if i <= last]
            if statuses:
                is_open += statuses[-1] not in ("solved", "closed")
            else:
                is_open += contact["start"] <= last < contact["end"]
        assert row == {"open": is_open}


def test_invitations(demo, truth):
    rows = reread.zendesk(demo, "satisfaction_ratings.json", "satisfaction_ratings")
    offered, rated = defaultdict(list), set()
    for row in rows:
        assert row["created_at"] <= row["updated_at"]
        if row["score"] != "unoffered":
            offered[row["ticket_id"]].append(reread.at(row["created_at"]))
        if row["score"] in ("good", "bad"):
            rated.add(row["ticket_id"])
    found = shares((min(instants), id_ in rated) for id_, instants in offered.items())
    assert truth["invitations"] == {
        month: {"delivered": row["den"], "responded": row["num"]}
        for month, row in found.items()
    }


def test_regions_and_referrals(demo, truth, people, contacts):
    latest, first, regions = {}, {}, defaultdict(set)
    for rows in reread.order_rows(demo).values():
        instant = reread.shop_time(rows[0]["Created at"])
        person = people.of(reread.plain_email(rows[0]["Email"]))
        region = rows[0]["Shipping Province Name"]
        regions[person].add(region)
        latest[person] = max(latest.get(person, (instant, region)), (instant, region))
        if reread.is_valid(rows):
            pair = (instant, rows[0]["Discount Code"])
            first[person] = min(first.get(person, pair), pair)
    assert all(len(names) == 1 for names in regions.values())
    counted = Counter(latest.get(c["person"], (0, "unknown"))[1] for c in contacts)
    assert truth["contacts_by"]["region"] == counted
    assert len(counted) == 8
    codes = defaultdict(set)
    for instant, code in first.values():
        if code.startswith("PARRAIN-"):
            codes[reread.month(instant)].add(code)
    for month, row in truth["retention"].items():
        assert row["referring"] == len(codes[month])
        assert row["retained"] + row["lost"] == row["start"]


def test_customers_and_what_they_are_worth_so_far(demo, truth):
    customers = {
        reread.plain_email(rows[0]["Email"])
        for rows in reread.order_rows(demo).values()
        if reread.is_valid(rows)
    }
    last = truth["clv"]["2026-06"]
    assert last["customers"] == len(customers)
    assert last["margin"] == truth["orders"]["margin"]
    assert truth["churn_days"]["2025"] == 180
    assert 60 < truth["churn_days"]["2026"] < 365
    # each year has a threshold of its own, so its ends meet, and not those of two years
    for year in ("2025", "2026"):
        months = [month for month in sorted(truth["retention"]) if month[:4] == year]
        kept = [truth["retention"][month] for month in months]
        assert all(b["end"] == a["start"] for b, a in pairwise(kept))


# ---------- the experiment


def test_the_experiment_draws_customers_with_their_first_contact(demo, truth, contacts):
    """In writing, after an order; the article is the whole answer of one arm."""
    text = (demo / "generic" / "experiment_assignments_2025.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    ((experiment, planted),) = truth["experiments"].items()
    users = reread.zendesk(demo, "users.json", "users")
    agents = {user["id"] for user in users if user["role"] != "end-user"}
    emails = {user["id"]: user["email"] for user in users}
    by_id = {contact["id"]: contact for contact in contacts}
    by_person = defaultdict(list)
    for contact in contacts:
        by_person[contact["person"]].append(contact)
    first_day = datetime(2025, 2, 1, tzinfo=reread.PARIS)
    last_day = datetime(2025, 6, 1, tzinfo=reread.PARIS)
    found = set()
    for arm in ("treatment", "control"):
        assert len(planted[arm]) > 80
        for contact in (by_id[id_] for id_ in planted[arm]):
            customer = emails[contact["ticket"]["requester_id"]]
            drawn_at = contact["start"].strftime("%Y-%m-%dT%H:%M:%SZ")
            found.add((experiment, customer, arm, drawn_at))
            earlier = [
                other
                for other in by_person[contact["person"]]
                if first_day <= other["start"] < contact["start"]
            ]
            assert earlier == []
            assert first_day <= contact["start"] < last_day + DAY
            assert contact["ticket"]["via"]["channel"] in ("email", "web")
            answered = reread.replies(contact["history"], agents - {reread.BOT})
            if arm == "control":
                assert answered == []
                assert contact["resolved"]
    assert {tuple(row.values()) for row in rows} == found
    assert len(rows) == len(found)


# ---------- the incidents of June 2026


def test_the_incidents_show_in_june_and_nowhere_else(truth):
    def rate(block, num, den):
        return {month: row[num] / row[den] for month, row in block.items()}

    abandoned = rate(truth["telephony"], "abandoned", "offered")
    csat = rate(truth["surveys"]["csat"]["by_month"], "satisfied", "valid")
    answering = rate(truth["invitations"], "responded", "delivered")
    settled = rate(truth["fcr_by_team"]["Support N1"], "num", "den")
    june = "2026-06"
    assert abandoned.pop(june) > 0.17 > 0.08 > max(abandoned.values())
    assert csat.pop(june) > 0.95 > max(csat.values())
    assert answering.pop(june) < 0.12 < 0.2 < min(answering.values())
    assert settled.pop(june) < 0.45 < 0.65 < min(settled.values())
    assert set(truth["incidents"]) == {
        "abandonment",
        "first_contact_resolution",
        "satisfaction",
    }
