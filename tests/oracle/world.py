"""A world: the records of a folder of generic exports, typed, each counted once."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

# Rows by file name; a column that a row lacks, or has empty, is missing.
Exports = dict[str, list[dict[str, str]]]
Record = TypeVar("Record")


@dataclass(frozen=True)
class ContactRow:
    contact_id: str
    opened_at: datetime
    channel: str
    direction: str = "inbound"
    status: str | None = None
    customer_id: str | None = None
    customer_email: str | None = None
    customer_phone: str | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    reopened_count: int = 0
    agent_id: str | None = None
    team: str | None = None
    site: str | None = None
    tier: str | None = None
    reason: str | None = None
    product: str | None = None
    order_id: str | None = None
    call_id: str | None = None
    transferred_count: int = 0
    escalated: bool = False
    handled_by_bot: bool = False
    talk_seconds: int | None = None
    hold_seconds: int | None = None
    wrap_seconds: int | None = None
    compensation_amount: Decimal | None = None
    currency: str | None = None
    exclusion_reason: str | None = None
    is_missed_chat: bool = False
    system: str = "generic"


@dataclass(frozen=True)
class Event:
    contact_id: str
    occurred_at: datetime
    event_type: str
    actor_type: str = "agent"
    actor_id: str | None = None
    from_value: str | None = None
    to_value: str | None = None
    event_id: str | None = None
    system: str = "generic"


@dataclass(frozen=True)
class CallRow:
    call_id: str
    started_at: datetime
    queue: str | None = None
    direction: str = "inbound"
    customer_id: str | None = None
    customer_phone: str | None = None
    outcome: str | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    wait_seconds: int | None = None
    talk_seconds: int | None = None
    hold_seconds: int | None = None
    wrap_seconds: int | None = None
    agent_id: str | None = None
    team: str | None = None
    site: str | None = None
    reason: str | None = None
    resolved: bool | None = None
    contact_id: str | None = None
    legs: int | None = None
    system: str = "generic"


@dataclass(frozen=True)
class AnswerRow:
    response_id: str
    survey_id: str
    question_type: str
    score: Decimal
    responded_at: datetime
    scale_min: Decimal | None = None
    scale_max: Decimal | None = None
    scale_direction: str | None = None
    contact_id: str | None = None
    customer_id: str | None = None
    customer_email: str | None = None
    agent_id: str | None = None
    dimension: str | None = None
    team: str | None = None
    system: str = "generic"


@dataclass(frozen=True)
class OrderRow:
    order_id: str
    ordered_at: datetime
    net_amount: Decimal
    customer_id: str | None = None
    customer_email: str | None = None
    customer_phone: str | None = None
    status: str = "paid"
    currency: str | None = None
    cost_amount: Decimal | None = None
    shipping_cost_amount: Decimal = Decimal(0)
    payment_fee_amount: Decimal = Decimal(0)
    refunded_amount: Decimal | None = None
    agent_id: str | None = None
    referral_code: str | None = None
    product_category: str | None = None
    region: str | None = None
    is_upsell: bool = False
    system: str = "generic"


@dataclass(frozen=True)
class InvitationRow:
    contact_id: str
    survey_id: str
    invited_at: datetime
    is_delivered: bool
    is_responded: bool
    system: str


@dataclass(frozen=True)
class CostRow:
    period_month: date
    category: str
    amount: Decimal
    currency: str | None = None
    site: str | None = None
    team: str | None = None
    partner: str | None = None


@dataclass(frozen=True)
class ActivityRow:
    agent_id: str
    state: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class ReviewRow:
    review_id: str
    contact_id: str
    points: Decimal
    possible_points: Decimal
    reviewed_at: datetime
    agent_id: str | None = None


@dataclass(frozen=True)
class MessageRow:
    message_id: str
    sent_at: datetime
    customer_id: str | None = None
    customer_email: str | None = None
    engaged_at: datetime | None = None
    campaign: str | None = None


@dataclass(frozen=True)
class AssignmentRow:
    experiment_id: str
    customer_id: str
    arm: str
    assigned_at: datetime


@dataclass(frozen=True)
class World:
    """Every record of the exports that counts."""

    contacts: list[ContactRow]
    events: list[Event]
    calls: list[CallRow]
    answers: list[AnswerRow]
    orders: list[OrderRow]
    costs: list[CostRow]
    activity: list[ActivityRow]
    reviews: list[ReviewRow]
    messages: list[MessageRow]
    invitations: list[InvitationRow] = field(default_factory=list)
    assignments: list[AssignmentRow] = field(default_factory=list)

    @classmethod
    def of(cls, exports: Exports) -> "World":
        """Type the rows of every file and count each record once."""

        def read(entity: str, record: type[Record]) -> list[Record]:
            return [typed(record, row) for row in rows_of(exports, entity)]

        return cls(
            contacts=latest(read("contacts", ContactRow), lambda r: r.contact_id),
            events=distinct(read("contact_events", Event)),
            calls=latest(read("calls", CallRow), lambda r: r.call_id),
            answers=latest(
                read("survey_responses", AnswerRow),
                lambda r: (r.response_id, r.question_type, r.dimension),
            ),
            orders=latest(read("orders", OrderRow), lambda r: r.order_id),
            costs=read("support_costs", CostRow),
            activity=distinct(read("agent_activity", ActivityRow)),
            reviews=latest(read("quality_reviews", ReviewRow), lambda r: r.review_id),
            messages=latest(
                read("proactive_messages", MessageRow), lambda r: r.message_id
            ),
            assignments=read("experiment_assignments", AssignmentRow),
        )


def read_exports(folder: Path) -> Exports:
    """Read the CSV files of a folder."""
    exports = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            exports[path.name] = list(csv.DictReader(file))
    return exports


def entity_of(file: str) -> str:
    """Rule: files are named after their entity, one or many (`contacts*.csv`)."""
    entities = (
        "contacts",
        "contact_events",
        "calls",
        "survey_responses",
        "orders",
        "support_costs",
        "agent_activity",
        "quality_reviews",
        "proactive_messages",
        "experiment_assignments",
    )
    return next(entity for entity in entities if file.startswith(entity))


def rows_of(exports: Exports, entity: str) -> list[dict[str, str]]:
    """Return an entity's rows: files by name, lines as they come."""
    return [
        row
        for file in sorted(exports)
        if entity_of(file) == entity
        for row in exports[file]
    ]


def latest(records: list[Record], key: Callable[[Record], Any]) -> list[Record]:
    """Rule: else the last file by name, then the last line."""
    return list({key(record): record for record in records}.values())


def distinct(records: list[Record]) -> list[Record]:
    """Records without an id: equal rows are one record landed twice."""
    return list(dict.fromkeys(records))


def typed(record: type[Record], row: dict[str, str]) -> Record:
    """Return a row as a record; what is missing takes the contract's default."""
    values = {
        column: PARSERS[type_of(hint)](fold(column, row[column]))
        for column, hint in get_type_hints(record).items()
        if row.get(column)
    }
    return record(**values)


def type_of(hint: Any) -> type:
    """Return the type that a column has where it is not missing."""
    return (get_args(hint) or (hint,))[0]


def fold(column: str, value: str) -> str:
    """Make words of a fixed list one, whatever their case."""
    if column == "currency":
        return value.upper()
    return value.lower() if column in FOLDED else value


def instant(text: str) -> datetime:
    """Rule: timestamps ISO 8601, with an offset or in `generic_timezone` (UTC)."""
    parsed = datetime.fromisoformat(text)
    return parsed.astimezone(UTC).replace(tzinfo=None) if parsed.tzinfo else parsed


FOLDED = ("channel", "direction", "status", "exclusion_reason", "category")

PARSERS: dict[type, Callable[[str], Any]] = {
    str: str,
    int: int,
    bool: lambda value: value in ("true", "1"),
    Decimal: Decimal,
    datetime: instant,
    date: date.fromisoformat,
}
