"""Small adversarial worlds: few people, ties to the second, changes of the clock."""

import csv
import io
import re
from datetime import datetime, timedelta
from functools import cache

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.oracle.world import Exports

Row = dict[str, str]

# Around these the rules bend: a month with currency rates, clocks that spring forward
# and fall back, a team that changes hands, and the turn of a year.
ANCHORS = (
    datetime(2025, 1, 15, 10),
    datetime(2025, 3, 30, 1),
    datetime(2025, 8, 31, 22),
    datetime(2025, 10, 26, 1),
    datetime(2025, 12, 31, 23),
)
MINUTE, HOUR, DAY = 60, 3600, 86400
# Every window of a rule: a tie, and a second beside it on either side.
EDGES = (
    *(0, 5, 20, 2 * MINUTE, 15 * MINUTE, HOUR, 8 * HOUR, DAY),
    *(3 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 30 * DAY),
)
LONG_EDGES = (60 * DAY, 90 * DAY, 180 * DAY, 365 * DAY)
# How long after a contact the same customer is heard of again.
CALL_EDGES = (-15 * MINUTE, 0, 15 * MINUTE)
RETURN_EDGES = (0, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY)
ORDER_EDGES = (0, 7 * DAY, 30 * DAY, 60 * DAY, 90 * DAY)
ACCOUNTS = ("1", "2", "3", "4")
EMAILS = ("ann@x.fr", " Ann@X.fr ", "bob@x.fr", "eve@x.fr", "nobody")
PHONES = ("06 11 22 33 44", "+33 (0)6 11 22 33 44", "0033622334455", "118")
AGENTS = ("A1", "A2", "E101", "E121")
TEAMS = ("Support N1", "Support N2", "Téléphone N1", "Chat N1", "Elsewhere")
REASONS = ("livraison_retard", "facturation", "else")
CHANNELS = ("phone", "email", "chat", "web", "social", "Fax")
# The last is no scale, the one before it none that the site declares.
SCALES = (("1", "5"), ("1", "5"), ("0", "10"), ("1", "7"), ("1", "4"), ("3", "3"))
NPS_SCORES = ("0", "6", "7", "8", "9", "10", "11", "6.5")
CURRENCIES = ("EUR", "usd", "GBP", "CHF")


class Maker:
    """Draws the records of one world; instants are drawn near those before them."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.moments = [draw(st.sampled_from(ANCHORS))]
        self.opened_at: dict[str, datetime] = {}
        self.ended_at: dict[str, datetime] = {}
        # whose contacts ended when
        self.ended: list[tuple[datetime, Row]] = []

    def pick(self, values: tuple) -> object:
        return self.draw(st.sampled_from(values))

    def maybe(self, values: tuple) -> object | None:
        return self.pick((None, *values))

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def chance(self, one_in: int = 2) -> bool:
        return self.number(1, one_in) == one_in

    def after(self, instant: datetime, edges: tuple[int, ...] = EDGES) -> datetime:
        """Return an instant at, or a second beside, the edge of a window."""
        edge = self.pick(edges)
        # what follows something never comes before it, but for a call and its ticket
        beside = self.number(-1, 1) if edge else self.number(0, 1)
        later = instant + timedelta(seconds=edge + beside)
        self.moments.append(later)
        return later

    def moment(self) -> datetime:
        """Return an instant near one that something else happened at."""
        instant = self.after(self.pick(tuple(self.moments)))
        return min(instant, self.moments[0] + timedelta(days=100))

    def somebody(self, edges: tuple[int, ...], *columns: str) -> tuple[datetime, Row]:
        """Return an instant and a customer: often one who was in contact before."""
        if not self.ended or self.chance(3):
            return self.moment(), self.customer(*columns)
        ended, customer = self.pick(tuple(self.ended))
        names = [f"customer_{column}" for column in columns]
        known = {name: customer.get(name) for name in names}
        return self.after(ended, edges), known

    def amount(self) -> str:
        return f"{self.number(0, 20)}.{self.number(0, 99):02}"

    def customer(self, *columns: str) -> Row:
        pools = {"id": ACCOUNTS, "email": EMAILS, "phone": PHONES}
        return {f"customer_{c}": self.maybe(pools[c]) for c in columns}

    def written(self, instant: datetime | None) -> str | None:
        """Write an instant in one of the ways the contract allows."""
        if instant is None:
            return None
        spaced = f"{instant:%Y-%m-%d %H:%M:%S}"
        shifted = instant + timedelta(hours=2)
        return self.pick(
            (
                spaced,
                f"{instant:%Y-%m-%dT%H:%M:%SZ}",
                f"{shifted:%Y-%m-%dT%H:%M:%S}+02:00",
            )
        )

    def rows(self, most: int, make, *more) -> list[Row]:
        """Draw rows, some of them a second time with other values."""
        rows = []
        for number in range(1, self.pick((0, 1, most // 2, most, most)) + 1):
            rows.append(make(self, number, *more))
            if self.chance(8):
                rows.append(make(self, number, *more))
        return rows


def contact(maker: Maker, number: int, knows_resolution: bool) -> Row:
    opened, customer = maker.somebody(RETURN_EDGES, "id", "email", "phone")
    answered = maker.after(opened) if maker.chance(3) else None
    resolved = maker.after(answered or opened) if knows_resolution else None
    maker.opened_at[f"T{number}"] = opened
    row = {
        "contact_id": f"T{number}",
        "opened_at": maker.written(opened),
        "channel": maker.pick(CHANNELS),
        "first_response_at": maker.written(answered),
        "agent_id": maker.maybe(AGENTS),
        "team": maker.maybe(TEAMS),
        "reason": maker.maybe(REASONS),
        "talk_seconds": maker.maybe(("0", "30", "600")),
        "hold_seconds": maker.maybe(("15",)) if maker.chance(4) else None,
        "wrap_seconds": maker.maybe(("45",)) if maker.chance(4) else None,
    } | customer
    maker.ended.append((resolved or opened, customer))
    maker.ended_at[f"T{number}"] = resolved or opened
    if knows_resolution:
        row["status"] = maker.maybe(
            ("open", "solved", "Closed", "resolved", "abandoned")
        )
        row["resolved_at"] = maker.written(resolved) if maker.chance() else None
        row["closed_at"] = maker.written(resolved) if maker.chance(4) else None
    if maker.chance(3):
        row |= {
            "direction": maker.maybe(("inbound", "outbound")),
            "exclusion_reason": maker.maybe(("spam", "merged", "internal")),
            "handled_by_bot": maker.maybe(("true", "true", "false")),
            "escalated": maker.maybe(("1", "0")),
            "reopened_count": maker.maybe(("0", "1")),
            "transferred_count": maker.maybe(("0", "2")),
        }
    if maker.chance(3):
        row |= {
            "call_id": maker.maybe(("C1", "C2")),
            "order_id": maker.maybe(("O1", "O2")),
            "compensation_amount": maker.amount(),
            "currency": maker.maybe(CURRENCIES),
            "product": maker.maybe(("lamps", "chairs")),
            "site": maker.maybe(("Tanger", "Nantes")),
            "tier": maker.maybe(("1", "2")),
        }
    return row


def history(maker: Maker, of_contact: Row) -> list[Row]:
    """Draw what happened to a contact: any order of events that an export may hold."""
    at = maker.opened_at[of_contact["contact_id"]]
    rows = [
        {
            "contact_id": of_contact["contact_id"],
            "occurred_at": maker.written(at),
            "event_type": "opened",
            "actor_type": maker.pick(("customer", "customer", "system", "agent")),
        }
    ]
    kinds = (
        *("public_reply", "customer_reply", "solved", "reopened", "closed"),
        *("team_changed", "tier_changed", "status_changed", "internal_note"),
    )
    if maker.chance(6):
        rows.clear()
    for _ in range(maker.number(0, 6)):
        at = maker.after(at)
        kind = maker.pick(kinds)
        values = {
            "team_changed": TEAMS,
            "tier_changed": ("1", "2"),
            "status_changed": ("open", "pending"),
        }.get(kind, ())
        actor = maker.pick(("agent", "agent", "bot", "customer", "system"))
        if kind == "customer_reply":
            actor = "customer"
        rows.append(
            {
                "contact_id": of_contact["contact_id"],
                "occurred_at": maker.written(at),
                "event_type": kind,
                "actor_type": actor,
                "actor_id": maker.pick(AGENTS) if actor == "agent" else actor,
                "from_value": maker.maybe(values),
                "to_value": maker.maybe(values),
            }
        )
    return rows


def call(maker: Maker, number: int) -> Row:
    started, customer = maker.somebody(CALL_EDGES, "id", "phone")
    outcome = maker.pick(
        ("answered", "answered", "abandoned", "abandoned", "callback", "overflow", None)
    )
    wait = maker.pick((0, 4, 5, 6, 19, 20, 21, 90))
    answered = started + timedelta(seconds=wait) if outcome == "answered" else None
    row = {
        "call_id": f"C{number}",
        "started_at": maker.written(started),
        "outcome": outcome,
        "answered_at": None if maker.chance(5) else maker.written(answered),
        "ended_at": maker.written(maker.after(answered or started))
        if maker.chance()
        else None,
        "wait_seconds": None if answered and maker.chance(4) else str(wait),
        "talk_seconds": maker.maybe(("0", "300")),
        "hold_seconds": maker.maybe(("25",)),
        "wrap_seconds": maker.maybe(("40",)),
        "agent_id": maker.maybe(AGENTS),
        "queue": maker.maybe(TEAMS),
        "team": maker.maybe(TEAMS),
        "site": maker.maybe(("Tanger", "Nantes")),
        "reason": maker.maybe(REASONS),
        "resolved": maker.maybe(("true", "false")),
        "contact_id": maker.maybe(("T1", "T2", "T99")) if maker.chance(3) else None,
    } | customer
    return row | ({"direction": "outbound"} if maker.chance(6) else {})


def answer(maker: Maker, number: int) -> Row:
    kind = maker.pick(
        (
            *("csat", "csat", "csat", "nps", "nps", "ces", "fcr"),
            *("servqual_perception", "servqual_expectation"),
        )
    )
    low, high = maker.pick(SCALES)
    scores = NPS_SCORES if kind == "nps" else (low, high, high, "4", "2.5", "9")
    declared = maker.chance()
    answered, customer = maker.somebody((0, 28 * DAY), "id", "email")
    # few contacts, so that several answers are about one
    about = maker.pick(("T1", "T1", "T2", "T2", "C1", "T99", None))
    if about in maker.ended_at:
        answered = maker.after(maker.ended_at[about], (0, DAY, 28 * DAY))
    is_half = kind.startswith("servqual")
    return {
        # both halves of a pair come from one response
        "response_id": "S1" if is_half else f"R{number % 6}",
        "survey_id": maker.pick(("Enquete", "Enquete", "Barometre relationnel")),
        "question_type": kind,
        "score": maker.pick(scores),
        "responded_at": maker.written(answered),
        "scale_min": low if declared else None,
        "scale_max": high if declared else None,
        "scale_direction": maker.maybe(("high_is_good", "low_is_good")),
        "contact_id": about,
        "agent_id": maker.maybe(AGENTS),
        "dimension": "empathy" if is_half else maker.maybe(("empathy",)),
    } | customer


def order(maker: Maker, number: int) -> Row:
    ordered, customer = maker.somebody(ORDER_EDGES, "id", "email", "phone")
    if maker.chance(3):
        # long before: somebody who is a customer already
        ordered -= timedelta(seconds=maker.pick(LONG_EDGES) + maker.number(-1, 1))
    return {
        "order_id": f"O{number}",
        "ordered_at": maker.written(ordered),
        "net_amount": maker.amount(),
        "status": maker.pick(
            (None, "paid", "paid", "cancelled", "refunded", "replacement")
        ),
        "currency": maker.maybe(CURRENCIES) if maker.chance(4) else None,
        "cost_amount": maker.amount() if maker.chance() else None,
        "shipping_cost_amount": maker.maybe(("1.5",)),
        "payment_fee_amount": maker.maybe(("0.25",)),
        "refunded_amount": maker.amount() if maker.chance(3) else None,
        "agent_id": maker.maybe(AGENTS) if maker.chance(4) else None,
        "referral_code": maker.maybe(("FRIEND", "PAL")),
        "product_category": maker.maybe(("lamps", "chairs")),
        "region": maker.maybe(("Bretagne", "Alsace")),
    } | customer


def cost(maker: Maker, _: int) -> Row:
    month = maker.pick(tuple(maker.moments)).replace(day=1)
    has_rates = (month.year, month.month) == (2025, 1)
    return {
        "period_month": f"{month:%Y-%m-%d}",
        "category": maker.pick(("salaries", "outsourcing", "tools", "Overhead")),
        "amount": maker.amount(),
        "currency": maker.maybe(("EUR", "USD")) if has_rates else None,
        "team": maker.maybe(TEAMS),
        "site": maker.maybe(("Lyon", "Tanger")),
        "partner": maker.maybe(("Atlas Relations",)),
    }


def activity(maker: Maker, _: int) -> Row:
    started = maker.moment()
    return {
        "agent_id": maker.pick(AGENTS),
        "state": maker.pick(
            ("logged_in", "available", "on_contact", "wrap", "break", "scheduled")
        ),
        "started_at": maker.written(started),
        "ended_at": maker.written(maker.after(started)),
    }


def review(maker: Maker, number: int) -> Row:
    return {
        "review_id": f"Q{number}",
        "contact_id": maker.pick(("T1", "T2", "C1", "T99")),
        "agent_id": maker.maybe(AGENTS),
        "points": str(maker.number(0, 10)),
        "possible_points": "10",
        "reviewed_at": maker.written(maker.moment()),
    }


def message(maker: Maker, number: int) -> Row:
    sent, customer = maker.somebody((0, -7 * DAY), "id", "email")
    return {
        "message_id": f"M{number}",
        "sent_at": maker.written(sent),
        "engaged_at": maker.written(maker.after(sent)) if maker.chance() else None,
        "campaign": maker.maybe(("delay",)),
    } | customer


@st.composite
def worlds(draw: st.DrawFn) -> Exports:
    """Draw the exports of a small world."""
    maker = Maker(draw)
    contacts = maker.rows(14, contact, maker.chance(5) is False)
    exports = {
        "contacts.csv": contacts,
        "contact_events.csv": [
            event
            for row in {row["contact_id"]: row for row in contacts}.values()
            if maker.chance()
            for event in history(maker, row)
        ],
        "calls.csv": maker.rows(5, call),
        "orders.csv": maker.rows(8, order),
        "survey_responses.csv": maker.rows(8, answer),
        "support_costs.csv": maker.rows(4, cost),
        "agent_activity.csv": maker.rows(5, activity),
        "quality_reviews.csv": maker.rows(3, review),
        "proactive_messages.csv": maker.rows(3, message),
    }
    return {file: list(map(compact, rows)) for file, rows in exports.items() if rows}


def drawn(count: int) -> list[Exports]:
    """Draw so many worlds, the same on any day."""
    found: list[Exports] = []

    @settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(exports=worlds())
    def collect(exports):
        found.append(exports)

    collect()
    return found


CROWD = 15  # worlds
ALONE = (
    ("contacts.csv", "support_costs.csv"),
    ("contact_events.csv",),
    ("calls.csv",),
    ("orders.csv", "support_costs.csv"),
    ("survey_responses.csv",),
)


@cache
def crowds(count: int = 60) -> list[list[Exports]]:
    """Draw so many worlds, and put those of like time together, to be merged into one.

    A crowd costs a warehouse little more than a small world, and holds more cases.
    Others have exports of one system alone: what it says has no other witness. In the
    last one no contact was ever said to be resolved.
    """
    found = sorted(drawn(count), key=likeness)
    together = [found[n : n + CROWD] for n in range(0, count, CROWD)]
    unresolved = [world for world in found if not likeness(world)[0]][:90]
    alone = [
        [
            {file: world[file] for file in files if file in world}
            for world in together[1]
        ]
        for files in ALONE
    ]
    return [*together, *alone, unresolved]


def likeness(exports: Exports) -> tuple[bool, str]:
    """Say whether a world's contacts know of solutions, and when the first opened."""
    contacts = exports.get("contacts.csv", [])
    told = {"status", "resolved_at", "closed_at"}
    knows = any(told & row.keys() for row in contacts)
    return knows, min((row["opened_at"] for row in contacts), default="")


def merged(exports: list[Exports]) -> Exports:
    """Return several worlds as one, their people and records told apart."""
    together: Exports = {}
    for number, world in enumerate(exports, start=10):
        for file, rows in world.items():
            own = [
                {
                    column: told_apart(column, value, number)
                    for column, value in r.items()
                }
                for r in rows
            ]
            together[file] = [*together.get(file, ()), *own]
    return together


def told_apart(column: str, value: str, number: int) -> str:
    """Return a value as the numbered world's own, if it names a person or a record."""
    if column == "customer_phone":
        # the last two digits, but for those of a number too short to be one
        return f"{value[:-2]}{number}" if len(value) > 3 else value
    if column == "customer_email":
        return re.sub("@x", f"@x{number}", value, flags=re.IGNORECASE)
    if column.endswith("_id") and column not in ("agent_id", "survey_id", "actor_id"):
        return f"{value}-{number}"
    return value


def compact(row: dict[str, str | None]) -> Row:
    """Leave out what is missing."""
    return {column: value for column, value in row.items() if value is not None}


def as_csv(exports: Exports) -> str:
    """Write a world as the files one drops in `landing/generic/`."""
    parts = []
    for file, rows in exports.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        parts.append(f"--- landing/generic/{file}\n{text.getvalue()}")
    return "\n".join(parts)
