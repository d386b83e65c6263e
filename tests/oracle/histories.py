"""What a contact's events say about it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from tests.oracle.clock import Zone, seconds
from tests.oracle.reference import Reference
from tests.oracle.world import Event

DONE = ("solved", "closed")
STATUS_EVENTS = ("opened", "status_changed", "solved", "reopened", "closed")


@dataclass(frozen=True)
class History:
    """The events of one contact in order. An empty one knows nothing."""

    events: list[Event]
    reference: Reference
    zone: Zone

    def __bool__(self) -> bool:
        return bool(self.events)

    @property
    def replies(self) -> list[Event]:
        """Rule: bots never count; a reply before the customer wrote answers nothing."""
        asked = self.first("customer_reply")
        return [
            event
            for event in self.human_messages
            if asked is None or event.occurred_at >= asked
        ]

    @property
    def human_messages(self) -> list[Event]:
        return [
            event
            for event in self.events
            if event.event_type == "public_reply" and event.actor_type == "agent"
        ]

    @property
    def bot_replies(self) -> int:
        return sum(
            event.event_type == "public_reply" and event.actor_type == "bot"
            for event in self.events
        )

    @property
    def first_agent(self) -> str | None:
        """The id of whoever wrote first."""
        return next((e.actor_id for e in self.human_messages if e.actor_id), None)

    @property
    def handovers(self) -> list[Event]:
        """Rule: moves made by rules are routing, not transfers."""
        return [
            event
            for event in self.events
            if event.event_type in ("team_changed", "tier_changed")
            and event.actor_type == "agent"
            and event.from_value
            and event.to_value
            and event.from_value != event.to_value
        ]

    @property
    def first_team(self) -> str | None:
        """Rule: the team that first handed it on."""
        moves = [e for e in self.handovers if e.event_type == "team_changed"]
        return moves[0].from_value if moves else None

    @property
    def transfers(self) -> int:
        """Rule: handed to another team of the same tier."""
        return sum(self.tiers_up(event) == 0 for event in self.handovers)

    @property
    def escalations(self) -> int:
        """Rule: moves to a higher tier."""
        return sum(self.tiers_up(event) > 0 for event in self.handovers)

    def tiers_up(self, event: Event) -> int:
        """Return how many tiers a move goes up; 0 where a tier is not known."""
        ends = (event.from_value, event.to_value)
        if event.event_type == "team_changed":
            day = self.zone.day(event.occurred_at)
            ends = [self.reference.team(end, day).get("tier") for end in ends]
        if not all(end and end.isdigit() for end in ends):
            return 0
        return int(ends[1]) - int(ends[0])

    @property
    def asked_at(self) -> datetime | None:
        """Rule: contacts opened by an agent start at the customer's first message."""
        opened = next((e for e in self.events if e.event_type == "opened"), None)
        by_agent = opened is not None and opened.actor_type == "agent"
        return self.first("customer_reply") if by_agent else None

    def handed_over_at(self, stated: datetime | None) -> datetime | None:
        """Rule: the bot's last act before a human took over is the hand-off.

        `stated` is when the system itself says that somebody answered.
        """
        replied = self.replies[0].occurred_at if self.replies else None
        answered = stated or replied
        acts = [
            event.occurred_at
            for event in self.events
            if event.actor_type == "bot"
            and (answered is None or event.occurred_at <= answered)
        ]
        return max(acts, default=None)

    @property
    def statuses(self) -> list[Event]:
        return [e for e in self.events if e.event_type in STATUS_EVENTS]

    @property
    def reopens(self) -> int:
        """Rule: counted as solved -> open transitions."""
        reopened = self.count("reopened")
        return reopened + sum(
            before.event_type in DONE and event.event_type not in (*DONE, "reopened")
            for before, event in pairwise(self.statuses)
        )

    def pending_seconds(self, until: datetime | None) -> int:
        """Return how long it waited for the customer before an instant."""
        if until is None:
            return 0
        # nothing came after the last one until it was solved
        ends = [*(event.occurred_at for event in self.statuses[1:]), until]
        return sum(
            max(0, seconds(event.occurred_at, min(end, until)))
            for event, end in zip(self.statuses, ends, strict=False)
            if event.to_value == "pending"
        )

    def count(self, event_type: str) -> int:
        return sum(event.event_type == event_type for event in self.events)

    def first(self, event_type: str) -> datetime | None:
        found = (e.occurred_at for e in self.events if e.event_type == event_type)
        return min(found, default=None)

    def last(self, event_type: str) -> datetime | None:
        found = (e.occurred_at for e in self.events if e.event_type == event_type)
        return max(found, default=None)


def in_order(events: list[Event]) -> list[Event]:
    """Order events by time; two of one second by the digest that is their id."""
    return sorted(events, key=lambda event: (event.occurred_at, digest(event)))


def digest(event: Event) -> str:
    """Return the id of an event, where no export gives it one."""
    if event.event_id:
        return event.event_id
    parts = (
        event.contact_id,
        str(event.occurred_at),
        event.event_type,
        event.actor_id or "",
        event.from_value or "",
        event.to_value or "",
    )
    return hashlib.md5("|".join(parts).encode()).hexdigest()
