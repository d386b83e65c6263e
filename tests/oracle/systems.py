"""A world of any system's exports: the landed Parquet, read by each vendor's rules."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from tests.oracle.clock import seconds
from tests.oracle.reference import Reference, to_cents
from tests.oracle.world import (
    AnswerRow,
    CallRow,
    ContactRow,
    CostRow,
    Event,
    InvitationRow,
    OrderRow,
    World,
    instant,
)

Row = dict[str, str | None]

# The demo's own ticket fields, as its Zendesk account numbers them.
FIELDS = {
    "360000000001": "reason",
    "360000000002": "call_id",
    "360000000003": "handle_seconds",
    "360000000004": "order_id",
    "360000000005": "compensation",
}
MISSED_CHAT_TAG = "zopim_chat_missed"
REFERRAL_PREFIX = "PARRAIN-"
SURVEY_ZONE = "Europe/Paris"


def read_world(raw: Path, reference: Reference) -> World:
    """Return everything that landed in a folder, each record once."""
    generic = {
        f"{folder.name}.csv": rows
        for folder in sorted((raw / "generic").iterdir())
        if (rows := rows_of(raw, "generic", folder.name))
    }
    world = World.of(generic)
    zendesk = Zendesk(raw, reference)
    return replace(
        world,
        contacts=zendesk.contacts() + world.contacts,
        events=zendesk.events() + world.events,
        calls=asterisk_calls(raw, reference) + world.calls,
        answers=[*zendesk.answers(), *qualtrics(raw, reference), *world.answers],
        orders=shopify_orders(raw) + world.orders,
        costs=ledger(raw) + world.costs,
        invitations=zendesk.invitations(),
    )


def rows_of(raw: Path, system: str, entity: str) -> list[Row]:
    """Return the rows of an entity: files by name, lines as they come."""
    rows = [
        row
        for file in (raw / system / entity).glob("*.parquet")
        for row in pq.read_table(file).to_pylist()
    ]
    return sorted(rows, key=lambda row: (row["_file"], row["_line"]))


def last(rows: list[Row], key: str, newest: Callable[[Row], tuple]) -> dict[str, Row]:
    """Return by id the row that the vendor calls newest; else the last that came."""
    return {row[key]: row for row in sorted(rows, key=newest)}


def in_order(_: Row) -> tuple:
    return ()


def by_update(row: Row) -> tuple:
    return (row["updated_at"] or "",)


def decimal(text: str | None) -> Decimal | None:
    """Return a number, None where there is none or it is no number."""
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None


# Zendesk -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Zendesk:
    """Tickets with their audits and ratings."""

    raw: Path
    reference: Reference

    def rows(self, entity: str) -> list[Row]:
        return rows_of(self.raw, "zendesk", entity)

    @cached_property
    def tickets(self) -> dict[str, Row]:
        """Rule: pages overlap (same ticket again, newest `updated_at` wins)."""
        return last(
            self.rows("tickets"),
            "id",
            lambda row: (row["updated_at"], int(row["generated_timestamp"] or 0)),
        )

    @cached_property
    def users(self) -> dict[str, Row]:
        return last(self.rows("users"), "id", by_update)

    @cached_property
    def teams(self) -> dict[str, str]:
        groups = last(self.rows("groups"), "id", by_update)
        return {group: row["name"] for group, row in groups.items()}

    @cached_property
    def bots(self) -> set[str]:
        """Rule: who is a bot is declared; a bot writes through an agent account."""
        return {
            row["source_agent_id"]
            for row in self.reference.rows("bot_agents")
            if row["source_system"] == "zendesk"
        }

    def is_staff(self, user: str | None) -> bool:
        return self.users.get(user, {}).get("role") in ("agent", "admin")

    def events(self) -> list[Event]:
        return [event for own in self.histories.values() for event in own]

    @cached_property
    def histories(self) -> dict[str, list[Event]]:
        """The events of every ticket: comments, and changes of status, group, agent."""
        found = defaultdict(list)
        for audit in last(self.rows("ticket_audits"), "id", in_order).values():
            ticket = self.tickets.get(audit["ticket_id"])
            for change in json.loads(audit["events"] or "[]") if ticket else ():
                event_type = self.event_type(change, audit, ticket)
                if event_type:
                    found[ticket["id"]].append(
                        self.event(event_type, change, audit, ticket)
                    )
        return found

    def event(self, event_type: str, change: dict, audit: Row, ticket: Row) -> Event:
        ends = (change.get("previous_value"), change.get("value"))
        if change.get("field_name") == "group_id":
            ends = tuple(self.teams.get(end, end) for end in ends)
        return Event(
            contact_id=ticket["id"],
            occurred_at=instant(audit["created_at"]),
            event_type=event_type,
            actor_type=self.actor_type(change, audit, ticket),
            actor_id=f"zendesk:{actor(change, audit)}",
            from_value=ends[0],
            to_value=ends[1],
            event_id=f"zendesk:{change['id']}",
            system="zendesk",
        )

    def event_type(self, change: dict, audit: Row, ticket: Row) -> str | None:
        if change["type"] == "Comment":
            if not change.get("public"):
                return "internal_note"
            by_customer = self.actor_type(change, audit, ticket) == "customer"
            return "customer_reply" if by_customer else "public_reply"
        if change["type"] not in ("Create", "Change"):
            return None
        if change["field_name"] == "assignee_id":
            return "assigned"
        if change["field_name"] == "group_id":
            return "team_changed"
        if change["field_name"] != "status":
            return None
        if change["value"] in ("solved", "closed"):
            return change["value"]
        if change.get("previous_value") in ("solved", "closed"):
            return "reopened"
        return "opened" if change["type"] == "Create" else "status_changed"

    def actor_type(self, change: dict, audit: Row, ticket: Row) -> str:
        """Rule: human and automated actors told apart; a leaver was an agent."""
        who = actor(change, audit)
        via = change.get("via") or json.loads(audit["via"] or "{}")
        if via.get("channel") == "rule" or who == "-1":
            return "system"
        if who in self.bots:
            return "bot"
        if self.is_staff(who):
            return "agent"
        is_customer = who in self.users or who == ticket["requester_id"]
        return "customer" if is_customer else "agent"

    def contacts(self) -> list[ContactRow]:
        return [self.contact(ticket) for ticket in self.tickets.values()]

    def contact(self, ticket: Row) -> ContactRow:
        fields = {
            FIELDS[str(field["id"])]: str(field["value"])
            for field in json.loads(ticket["custom_fields"] or "[]")
            if field["value"] is not None and str(field["id"]) in FIELDS
        }
        channel = json.loads(ticket["via"])["channel"]
        if "call_id" in fields:
            channel = "voice"
        tags = json.loads(ticket["tags"] or "[]")
        is_agent_opened = (
            self.is_staff(ticket["submitter_id"])
            and not self.is_staff(ticket["requester_id"])
            and self.reference.channel_aliases.get(("zendesk", channel)) != "phone"
        )
        messages = [
            event.occurred_at
            for event in self.histories.get(ticket["id"], [])
            if event.event_type == "customer_reply"
        ]
        opened = instant(ticket["created_at"])
        updated = instant(ticket["updated_at"])
        is_done = ticket["status"] in ("solved", "closed")
        compensation = decimal(fields.get("compensation"))
        assignee = ticket["assignee_id"]
        user = self.users.get(ticket["requester_id"], {})
        return ContactRow(
            contact_id=ticket["id"],
            # "contacts opened by an agent start at the customer's first message"
            opened_at=min(messages, default=opened) if is_agent_opened else opened,
            channel=channel,
            status=ticket["status"],
            customer_id=ticket["requester_id"],
            customer_email=user.get("email"),
            customer_phone=user.get("phone"),
            resolved_at=updated if is_done else None,
            closed_at=updated if ticket["status"] == "closed" else None,
            agent_id=None
            if assignee is None or assignee in self.bots
            else f"zendesk:{assignee}",
            team=self.teams.get(ticket["group_id"], ticket["group_id"]),
            reason=fields.get("reason"),
            order_id=fields.get("order_id"),
            call_id=fields.get("call_id"),
            talk_seconds=whole(fields.get("handle_seconds")),
            compensation_amount=compensation and to_cents(compensation),
            exclusion_reason=self.exclusion(
                ticket, tags, is_agent_opened and not messages
            ),
            is_missed_chat=MISSED_CHAT_TAG in tags,
            system="zendesk",
        )

    def exclusion(self, ticket: Row, tags: list[str], unanswered: bool) -> str | None:
        """Rule: exactly one exclusion reason; the first that fits."""
        if ticket["status"] == "deleted":
            return "deleted"
        declared = [
            r for r in self.reference.rows("exclusion_tags") if r["tag"] in tags
        ]
        if declared:
            first = min(declared, key=lambda row: int(row["precedence"]))
            return first["exclusion_reason"]
        if json.loads(ticket["via"])["channel"] == "sample_ticket":
            return "test"
        if self.is_staff(ticket["requester_id"]):
            return "internal"
        return "outbound" if unanswered else None

    @cached_property
    def ratings(self) -> list[Row]:
        found = last(self.rows("satisfaction_ratings"), "id", by_update)
        return list(found.values())

    def answers(self) -> list[AnswerRow]:
        """Rule: `offered` and `unoffered` are not answers; scales beside good/bad."""
        return [
            self.answer(row)
            for row in self.ratings
            if row["score"] not in ("offered", "unoffered")
        ]

    def answer(self, row: Row) -> AnswerRow:
        is_word = row["score"] in ("good", "bad")
        return AnswerRow(
            response_id=row["id"],
            survey_id="satisfaction_rating",
            question_type="csat",
            score=Decimal(row["score"] == "good") if is_word else Decimal(row["score"]),
            responded_at=instant(row["updated_at"]),
            scale_min=Decimal(0) if is_word else None,
            scale_max=Decimal(1) if is_word else None,
            contact_id=row["ticket_id"],
            customer_id=row["requester_id"],
            customer_email=self.users.get(row["requester_id"], {}).get("email"),
            agent_id=row["assignee_id"] and f"zendesk:{row['assignee_id']}",
            team=self.teams.get(row["group_id"]),
            system="zendesk",
        )

    def invitations(self) -> list[InvitationRow]:
        """Rule: a ticket's rating rows are one invitation."""
        by_ticket = defaultdict(list)
        for row in self.ratings:
            if row["ticket_id"]:
                by_ticket[row["ticket_id"]].append(row)
        found = []
        for ticket, rows in by_ticket.items():
            delivered = [row for row in rows if row["score"] != "unoffered"]
            found.append(
                InvitationRow(
                    contact_id=ticket,
                    survey_id="satisfaction_rating",
                    invited_at=min(instant(r["created_at"]) for r in delivered or rows),
                    is_delivered=bool(delivered),
                    is_responded=any(row["score"] != "offered" for row in delivered),
                    system="zendesk",
                )
            )
        return found


def actor(change: dict, audit: Row) -> str:
    return str(change.get("author_id") or audit["author_id"])


def whole(text: str | None) -> int | None:
    number = decimal(text)
    return None if number is None else int(number.to_integral_value(ROUND_HALF_UP))


# Asterisk ----------------------------------------------------------------------------

ENDS = (
    *("COMPLETEAGENT", "COMPLETECALLER"),
    *("TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"),
)
OVERFLOWS = (
    *("EXITWITHTIMEOUT", "EXITEMPTY", "LEAVEEMPTY", "LEAVEUNAVAIL", "JOINEMPTY"),
)


def asterisk_calls(raw: Path, reference: Reference) -> list[CallRow]:
    """Return the calls of a queue log; lines of overlapping logs count once."""
    of_call: dict[str, list[Row]] = defaultdict(list)
    names = ("time", "callid", "queuename", "agent", "event", "data1", "data2", "data3")
    seen = set()
    for row in rows_of(raw, "asterisk", "queue_log"):
        line = tuple(row[name] for name in names)
        known = ("ENTERQUEUE", "CONNECT", *ENDS, "ABANDON", "EXITWITHKEY", *OVERFLOWS)
        if row["event"] in known and line not in seen:
            seen.add(line)
            of_call[row["callid"]].append(row)
    teams = {
        row["source_team"]: row["team"]
        for row in reference.rows("team_aliases")
        if row["source_system"] == "asterisk"
    }
    return [asterisk_call(key, own, teams, reference) for key, own in of_call.items()]


def asterisk_call(
    key: str, rows: list[Row], teams: dict[str, str], reference: Reference
) -> CallRow:
    """Return a call: answered if anybody connected, abandoned if the caller hung up."""
    times = [moment(row) for row in rows]
    events = {row["event"] for row in rows}
    answered = [moment(row) for row in rows if row["event"] == "CONNECT"]
    queue = min((moment(row), row["queuename"]) for row in rows)[1]
    outcome = next(
        (
            name
            for name, kinds in (
                ("answered", ("CONNECT",)),
                ("abandoned", ("ABANDON",)),
                ("ivr_exit", ("EXITWITHKEY",)),
                ("overflow", OVERFLOWS),
            )
            if events.intersection(kinds)
        ),
        None,
    )
    legs = asterisk_legs(rows)
    agent = legs[0][0] if legs else None
    phones = [row["data2"] for row in rows if row["event"] == "ENTERQUEUE"]
    return CallRow(
        call_id=key,
        started_at=min(times),
        queue=queue,
        customer_phone=max((p for p in phones if p), default=None),
        outcome=outcome,
        answered_at=min(answered, default=None),
        ended_at=max(times),
        wait_seconds=seconds(min(times), min(answered, default=max(times))),
        talk_seconds=sum(talk or 0 for _, talk in legs),
        agent_id=agent
        and reference.agent_aliases.get(("asterisk", agent), f"asterisk:{agent}"),
        team=teams.get(queue),
        legs=len(legs),
        system="asterisk",
    )


def asterisk_legs(rows: list[Row]) -> list[tuple[str, int | None]]:
    """Return agent and talk of every CONNECT; a transfer ends before the next one."""
    ordered = sorted(
        (row for row in rows if row["event"] in ("CONNECT", *ENDS)),
        key=lambda row: (moment(row), row["event"] == "CONNECT", row["event"]),
    )
    legs = [
        (moment(row), row["agent"], talk_until(row, after))
        for row, after in pairwise([*ordered, None])
        if row["event"] == "CONNECT"
    ]
    return [(agent, talk) for _, agent, talk in sorted(legs, key=lambda leg: leg[:2])]


def talk_until(row: Row, after: Row | None) -> int | None:
    if after is None or after["event"] == "CONNECT":
        return None
    return seconds(moment(row), moment(after))


def moment(row: Row) -> datetime:
    return datetime.fromtimestamp(int(row["time"]), UTC).replace(tzinfo=None)


# Shopify -----------------------------------------------------------------------------


def shopify_orders(raw: Path) -> list[OrderRow]:
    """Rule: one row per line item, order fields on the first row only.

    An order that stands in several exports counts as the last one says.
    """
    products = last(rows_of(raw, "shopify", "products"), "variant_sku", in_order)
    of_order: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(raw, "shopify", "orders"):
        lines = of_order[row["name"]]
        if lines and lines[0]["_file"] != row["_file"]:
            lines.clear()
        lines.append(row)
    return [
        shopify_order(lines, products)
        for lines in of_order.values()
        if lines[0]["created_at"]
    ]


def shopify_order(lines: list[Row], products: dict[str, Row]) -> OrderRow:
    first = lines[0]
    goods = [
        (int(line["lineitem_quantity"]), products.get(line["lineitem_sku"], {}), line)
        for line in lines
    ]
    costs = [
        decimal(product.get("cost_per_item"))
        and quantity * Decimal(product["cost_per_item"])
        for quantity, product, _ in goods
    ]
    dearest = [
        (quantity * Decimal(line["lineitem_price"]), number, product["type"])
        for number, (quantity, product, line) in enumerate(goods)
        if product.get("type")
    ]
    code = first["discount_code"] or ""
    places = (
        first["shipping_province_name"],
        first["shipping_province"],
        first["shipping_country"],
    )
    total, taxes = Decimal(first["total"]), Decimal(first["taxes"] or 0)
    return OrderRow(
        order_id=first["name"],
        ordered_at=zoned(first["created_at"]),
        net_amount=less_tax(total - Decimal(first["shipping"] or 0), total, taxes),
        customer_email=first["email"],
        customer_phone=first["phone"]
        or first["billing_phone"]
        or first["shipping_phone"],
        status=shopify_status(first),
        currency=(first["currency"] or "").upper() or None,
        cost_amount=None if None in costs else sum(costs),
        refunded_amount=less_tax(Decimal(first["refunded_amount"] or 0), total, taxes),
        referral_code=code if code.startswith(REFERRAL_PREFIX) else None,
        product_category=max(dearest)[2] if dearest else None,
        region=next((place for place in places if place), None),
        is_upsell="upsell" in (first["tags"] or "").lower(),
        system="shopify",
    )


def shopify_status(row: Row) -> str:
    """Rule: no replacement, exchange or cancelled order is a sale."""
    paid = (row["financial_status"] or "").lower()
    tags = (row["tags"] or "").lower()
    if row["cancelled_at"] or paid == "voided":
        return "cancelled"
    is_exchange = (row["source"] or "").lower() == "exchange"
    if "replacement" in tags or "exchange" in tags or is_exchange:
        return "replacement"
    if paid == "refunded":
        return "refunded"
    return "paid" if paid in ("paid", "partially_refunded") else "unpaid"


def less_tax(amount: Decimal, total: Decimal, taxes: Decimal) -> Decimal:
    """Rule: (Total - Shipping) x (Total - Taxes) / Total, to the cent, in binary."""
    if not total:
        return Decimal(0)
    return to_cents(Decimal(float(amount * (total - taxes)) / float(total)))


def zoned(text: str) -> datetime:
    """Return an instant of `2026-05-01 10:00:00 +0200`, spaced or not."""
    return instant(text.replace(" +", "+").replace(" -", "-"))


# Qualtrics, the ledger ---------------------------------------------------------------


def qualtrics(raw: Path, reference: Reference) -> list[AnswerRow]:
    """Return answers to declared questions; previews and the unfinished are none."""
    questions = defaultdict(list)
    for row in reference.rows("survey_questions"):
        if row["source_system"] == "qualtrics" and row["question_type"] != "comment":
            questions[row["survey_id"]].append(row)
    responses = last(rows_of(raw, "qualtrics", "responses"), "response_id", in_order)
    return [
        answer
        for row in responses.values()
        if row["finished"] == "true"
        and row["status"] not in ("1", "Survey Preview")
        and row["distribution_channel"] != "preview"
        for question in questions[row["survey_id"]]
        if (answer := qualtrics_answer(row, question))
    ]


def qualtrics_answer(row: Row, question: Row) -> AnswerRow | None:
    answers = json.loads(row["answers"])
    score = decimal(answers.get(question["question_key"]))
    if score is None:
        return None
    recorded = datetime.fromisoformat(row["recorded_date"])
    recorded = recorded.replace(tzinfo=ZoneInfo(row["time_zone"] or SURVEY_ZONE))
    return AnswerRow(
        response_id=row["response_id"],
        survey_id=row["survey_id"],
        question_type=question["question_type"],
        score=score,
        responded_at=recorded.astimezone(UTC).replace(tzinfo=None),
        scale_min=decimal(question["scale_min"] or None),
        scale_max=decimal(question["scale_max"] or None),
        scale_direction=question["scale_direction"] or None,
        contact_id=answers.get("ticket_id") or answers.get("call_id"),
        customer_email=row["recipient_email"],
        dimension=question["dimension"] or None,
        system="qualtrics",
    )


def ledger(raw: Path) -> list[CostRow]:
    """Rule: ledger lines are never deduplicated."""
    return [
        CostRow(
            period_month=date.fromisoformat(row["period_month"]),
            category=row["category"],
            amount=Decimal(row["amount"]),
            currency=(row["currency"] or "").upper() or None,
            site=row["site"],
            team=row["team"],
            partner=row["partner"],
        )
        for row in rows_of(raw, "cost_ledger", "entries")
    ]
