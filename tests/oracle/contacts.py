"""Contacts: tickets with the calls they were opened for, and calls of their own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tests.oracle.clock import Zone, seconds
from tests.oracle.histories import History, in_order
from tests.oracle.identity import Identities
from tests.oracle.parameters import Parameters
from tests.oracle.reference import Reference, month_of
from tests.oracle.world import CallRow, ContactRow, World

ANSWERABLE = ("answered", "callback", "voicemail")


@dataclass(frozen=True)
class Call:
    """A call, with what its export leaves to be worked out."""

    row: CallRow
    customer: str | None
    aliases: Mapping[tuple[str, str], str]

    @property
    def key(self) -> str:
        """Rule: no ticket's key, in a system that numbers both."""
        apart = "call-" if self.row.system in ("generic", "zendesk") else ""
        return f"{self.row.system}:{apart}{self.row.call_id}"

    @property
    def is_answered(self) -> bool:
        return self.row.outcome == "answered"

    @property
    def agent(self) -> str | None:
        """Rule: a generic call names one agent, so it has one leg once answered."""
        return agent_key(self.row.agent_id, self.aliases) if self.is_answered else None

    @property
    def legs(self) -> int:
        return int(self.is_answered) if self.row.legs is None else self.row.legs

    @property
    def team(self) -> str | None:
        return self.row.team or self.row.queue

    @property
    def handle_seconds(self) -> int:
        """Rule: talk + hold + wrap."""
        row = self.row
        times = (row.talk_seconds, row.hold_seconds, row.wrap_seconds)
        return sum(time or 0 for time in times) if self.is_answered else 0

    @property
    def wait_seconds(self) -> int | None:
        if self.row.wait_seconds is None and self.row.answered_at:
            return seconds(self.row.started_at, self.row.answered_at)
        return self.row.wait_seconds

    @property
    def answered_at(self) -> datetime | None:
        row = self.row
        if row.answered_at or not self.is_answered:
            return row.answered_at
        return row.started_at + timedelta(seconds=row.wait_seconds or 0)

    @property
    def ended_at(self) -> datetime:
        row = self.row
        times = (row.wait_seconds, row.talk_seconds, row.hold_seconds)
        length = timedelta(seconds=sum(time or 0 for time in times))
        return row.ended_at or row.started_at + length

    @property
    def is_resolved(self) -> bool:
        """Rule: where a system has no such flag, an answered contact is resolved."""
        return self.is_answered and self.row.resolved is not False

    @property
    def is_resolution_assumed(self) -> bool:
        return self.is_answered and self.row.resolved is None


@dataclass(frozen=True)
class Ticket:
    """A generic contact with its history and the calls it was opened for."""

    row: ContactRow
    channel: str
    has_resolution_flag: bool
    history: History
    calls: list[Call]

    @property
    def is_missed_chat(self) -> bool:
        """Rule: a missed chat is neither resolved nor handled."""
        abandoned = self.channel == "chat" and self.row.status == "abandoned"
        return abandoned or self.row.is_missed_chat

    @property
    def is_resolved(self) -> bool:
        """Rule: what the system says; answered where it has no such flag."""
        row = self.row
        if row.status == "abandoned" or row.is_missed_chat:
            return False
        if not self.has_resolution_flag:
            return row.first_response_at is not None or bool(row.talk_seconds)
        if row.status:
            return row.status in ("solved", "closed", "resolved")
        return self.stated_solution is not None

    @property
    def stated_solution(self) -> datetime | None:
        return self.row.resolved_at or self.row.closed_at

    @property
    def solved_at(self) -> datetime | None:
        """Rule: at its last solution."""
        return self.history.last("solved") or self.stated_solution

    @property
    def first_solved_at(self) -> datetime | None:
        if self.is_missed_chat:
            return None
        stated = self.stated_solution if self.is_resolved else None
        return self.history.first("solved") or stated

    @property
    def human_replies(self) -> int:
        """Rule: without a history, answered or resolved by no bot is one reply."""
        if self.history:
            return len(self.history.replies)
        if self.row.handled_by_bot or self.is_missed_chat:
            return 0
        return int(self.row.first_response_at is not None or self.is_resolved)

    @property
    def replied_at(self) -> datetime | None:
        replies = [event.occurred_at for event in self.history.replies]
        return self.row.first_response_at or earliest(replies)

    @property
    def answered_at(self) -> datetime | None:
        return earliest(call.answered_at for call in self.calls)

    @property
    def first_response_at(self) -> datetime | None:
        """Rule: "was there at once" if said before the customer waited."""
        first = earliest([self.replied_at, self.answered_at])
        return first and max(first, self.response_started_at)

    @property
    def agent(self) -> str | None:
        """Whoever answered first, by telephone or in writing."""
        on_phone = next((call.agent for call in self.calls if call.agent), None)
        in_writing = agent_key(
            self.history.first_agent or self.row.agent_id,
            self.history.reference.agent_aliases,
        )
        answered, replied = self.answered_at, self.replied_at
        if answered and (replied is None or answered <= replied):
            return on_phone or in_writing
        return in_writing or on_phone

    @property
    def response_started_at(self) -> datetime:
        """Rule: from the customer's message, or hand-off from the bot."""
        if self.calls:
            return self.calls[0].row.started_at
        handed_over_at = self.history.handed_over_at(self.row.first_response_at)
        return latest_of([self.row.opened_at, self.history.asked_at, handed_over_at])

    @property
    def ended_at(self) -> datetime:
        """Rule: resolved: at its last solution; not: at its last known activity.

        A linked call and ticket have ended when both have.
        """
        calls = [call.ended_at for call in self.calls]
        if self.is_resolved and self.solved_at:
            return latest_of([self.solved_at, *calls])
        if self.is_missed_chat:
            # "ends when it was put away"
            put_away = self.history.last("solved") or self.row.closed_at
            return latest_of([self.row.opened_at, put_away, *calls])
        activity = [event.occurred_at for event in self.history.events]
        return latest_of([self.row.opened_at, *activity, *calls])

    @property
    def measured_seconds(self) -> int | None:
        """Rule: the longer of the ticket's seconds and the calls'."""
        row = self.row
        times = (row.talk_seconds, row.hold_seconds, row.wrap_seconds)
        stated = [time for time in times if time is not None]
        measured = [sum(stated)] if stated else []
        if self.calls:
            measured.append(sum(call.handle_seconds for call in self.calls))
        return max(measured, default=None)


@dataclass(frozen=True)
class Contact:
    """One customer-initiated exchange on one channel."""

    key: str
    references: frozenset[str]
    customer: str | None
    agent: str | None
    channel: str
    reason: str | None
    product: str | None
    order_id: str | None
    team: str | None
    last_team: str | None
    stated_site: str | None
    stated_tier: str | None
    exclusion_reason: str | None
    is_resolved: bool
    is_resolution_assumed: bool
    is_missed_chat: bool
    is_unattended: bool
    is_bot_handled: bool
    human_replies: int
    reopens: int
    transfers: int
    escalations: int
    measured_seconds: int | None
    call_seconds: int
    call_legs: int
    pending_seconds: int
    compensation: Decimal
    opened_at: datetime
    response_started_at: datetime
    first_response_at: datetime | None
    first_solved_at: datetime | None
    resolved_at: datetime | None
    ended_at: datetime
    history: History

    @property
    def is_countable(self) -> bool:
        """Rule: `is_countable` plus exactly one `exclusion_reason`."""
        return self.exclusion_reason is None

    @property
    def is_handled(self) -> bool:
        answered = self.human_replies > 0 or self.first_response_at is not None
        return answered and not self.is_unattended

    @property
    def is_bot_settled(self) -> bool:
        """Rule: resolved with no human reply, of those a bot took."""
        return self.is_bot_handled and self.is_resolved and self.human_replies == 0

    @property
    def is_settled_at_once(self) -> bool:
        """Rule: resolved, not reopened, not escalated or transferred."""
        moved = self.reopens or self.escalations or self.transfers
        return self.is_resolved and not moved

    @property
    def first_response_seconds(self) -> int | None:
        if self.first_response_at is None:
            return None
        return seconds(self.response_started_at, self.first_response_at)

    @property
    def resolution_seconds(self) -> int | None:
        """Rule: last solved - opened."""
        if self.resolved_at is None:
            return None
        return seconds(self.opened_at, self.resolved_at)

    def is_written(self, reference: Reference) -> bool:
        channel = reference.channels.get(self.channel)
        return channel is None or channel["is_written"] == "true"

    def is_handle_time_assumed(self) -> bool:
        """Rule: assumed per human reply where no system has measured seconds."""
        return self.measured_seconds is None and self.human_replies > 0

    def handle_seconds(self, reference: Reference) -> int:
        if self.measured_seconds is not None:
            return self.measured_seconds
        channel = reference.channels[self.channel]
        return self.human_replies * int(channel["assumed_handle_seconds"])


class Contacts:
    """Makes contacts out of a world's tickets and calls."""

    def __init__(
        self,
        world: World,
        identities: Identities,
        reference: Reference,
        parameters: Parameters,
    ) -> None:
        self.reference = reference
        self.parameters = parameters
        self.identities = identities
        self.zone = Zone(parameters.reporting_timezone)
        self.tickets = world.contacts
        self.calls = [
            Call(row, identities.customer_of(row), reference.agent_aliases)
            for row in world.calls
        ]
        # a system that flags no contact at all has no such flag
        self.flagging = {
            row.system
            for row in world.contacts
            if row.status or row.resolved_at or row.closed_at
        }
        self.events = defaultdict(list)
        for event in world.events:
            self.events[event.system, event.contact_id].append(event)

    def all(self) -> list[Contact]:
        """Return every contact once: "a call and its ticket are ONE contact"."""
        links = self.links()
        calls_of = defaultdict(list)
        for call in self.calls:
            calls_of[links.get(call.key)].append(call)
        tickets = [self.of_ticket(row, calls_of[key(row)]) for row in self.tickets]
        return tickets + [self.of_call(call) for call in calls_of[None]]

    def links(self) -> dict[str, str]:
        """Return the ticket of each call that has one, by their keys.

        Rule: by the call id on the ticket; else each other's nearest among the same
        customer's phone tickets, at most `call_ticket_link_minutes` before the call
        starts or after it ends. An abandoned call is never linked by time.
        """
        named = defaultdict(list)
        for ticket in self.tickets:
            named["call", ticket.call_id].append(key(ticket))
            named[ticket.system, ticket.contact_id].append(key(ticket))
        by_id = {}
        for call in self.calls:
            row = call.row
            tickets = named.get(("call", row.call_id), [])
            tickets = tickets + named.get((row.system, row.contact_id), [])
            if tickets:
                by_id[call.key] = min(tickets)
        return self.links_by_time(by_id) | by_id

    def links_by_time(self, by_id: dict[str, str]) -> dict[str, str]:
        """Pair the calls and tickets that no id links, where each is nearest."""
        apart = {}
        linked = set(by_id.values())
        open_tickets = defaultdict(list)
        for ticket in self.tickets:
            is_phone = self.channel(ticket) == "phone" and ticket.call_id is None
            if is_phone and key(ticket) not in linked:
                open_tickets[self.identities.customer_of(ticket)].append(ticket)
        for call in self.calls:
            if call.key in by_id or call.row.outcome not in ANSWERABLE:
                continue
            for ticket in open_tickets[call.customer] if call.customer else ():
                distance = self.distance(call, ticket)
                if distance is not None:
                    apart[call.key, key(ticket)] = distance
        return {
            call: ticket
            for call, ticket in apart
            if ticket == nearest(apart, 0, call) and call == nearest(apart, 1, ticket)
        }

    def distance(self, call: Call, ticket: ContactRow) -> int | None:
        """Return the seconds between a call and a ticket, None if too many."""
        before = seconds(ticket.opened_at, call.row.started_at)
        after = seconds(call.ended_at, ticket.opened_at)
        distance = max(before, after, 0)
        limit = self.parameters.call_ticket_link_minutes * 60
        return distance if distance <= limit else None

    def channel(self, row: ContactRow) -> str:
        names = self.reference.channel_aliases
        return names.get((row.system, row.channel), "other")

    def of_ticket(self, row: ContactRow, calls: list[Call]) -> Contact:
        """Return the contact of a ticket and its calls."""
        history = History(
            in_order(self.events[row.system, row.contact_id]), self.reference, self.zone
        )
        ticket = Ticket(
            row=row,
            channel=self.channel(row),
            has_resolution_flag=row.system in self.flagging,
            history=history,
            calls=sorted(calls, key=lambda call: (call.row.started_at, call.key)),
        )
        exclusion = row.exclusion_reason or (
            "outbound" if row.direction == "outbound" else None
        )
        customer = self.identities.customer_of(row) or next(
            (call.customer for call in ticket.calls if call.customer), None
        )
        compensation = self.reference.amount(
            row.compensation_amount, row.currency, month_of(row.opened_at)
        )
        return Contact(
            key=key(row),
            references=frozenset([row.contact_id, *(c.row.call_id for c in calls)]),
            # "a colleague is no customer"
            customer=None if exclusion == "internal" else customer,
            agent=ticket.agent,
            channel="phone" if calls else ticket.channel,
            reason=row.reason,
            product=row.product,
            order_id=row.order_id,
            team=history.first_team or row.team,
            last_team=row.team,
            stated_site=row.site,
            stated_tier=row.tier,
            exclusion_reason=exclusion,
            is_resolved=ticket.is_resolved,
            is_resolution_assumed=row.system not in self.flagging,
            is_missed_chat=ticket.is_missed_chat,
            is_unattended=ticket.is_missed_chat,
            is_bot_handled=row.handled_by_bot or history.bot_replies > 0,
            human_replies=ticket.human_replies,
            reopens=max(row.reopened_count, history.reopens),
            transfers=max(row.transferred_count, history.transfers),
            escalations=max(int(row.escalated), history.escalations),
            measured_seconds=ticket.measured_seconds,
            call_seconds=sum(call.handle_seconds for call in calls),
            call_legs=sum(call.legs for call in calls),
            pending_seconds=history.pending_seconds(ticket.solved_at),
            compensation=compensation or Decimal(0),
            opened_at=earliest([row.opened_at, *(c.row.started_at for c in calls)]),
            response_started_at=ticket.response_started_at,
            first_response_at=ticket.first_response_at,
            first_solved_at=ticket.first_solved_at,
            resolved_at=ticket.solved_at if ticket.is_resolved else None,
            ended_at=ticket.ended_at,
            history=history,
        )

    def of_call(self, call: Call) -> Contact:
        """Return the contact that a call without a ticket is."""
        row = call.row
        return Contact(
            key=call.key,
            references=frozenset([row.call_id]),
            customer=call.customer,
            agent=call.agent,
            channel="phone",
            reason=row.reason,
            product=None,
            order_id=None,
            team=call.team,
            last_team=call.team,
            stated_site=row.site,
            stated_tier=None,
            exclusion_reason=None if row.direction == "inbound" else "outbound",
            is_resolved=call.is_resolved,
            is_resolution_assumed=call.is_resolution_assumed,
            is_missed_chat=False,
            is_unattended=not call.is_answered,
            is_bot_handled=False,
            human_replies=0,
            reopens=0,
            transfers=0,
            escalations=0,
            measured_seconds=call.handle_seconds,
            call_seconds=call.handle_seconds,
            call_legs=call.legs,
            pending_seconds=0,
            compensation=Decimal(0),
            opened_at=row.started_at,
            response_started_at=row.started_at,
            first_response_at=call.answered_at,
            first_solved_at=call.ended_at if call.is_resolved else None,
            resolved_at=call.ended_at if call.is_resolved else None,
            ended_at=call.ended_at,
            history=History([], self.reference, self.zone),
        )


def key(row: ContactRow) -> str:
    return f"{row.system}:{row.contact_id}"


def agent_key(
    agent_id: str | None, aliases: Mapping[tuple[str, str], str] | None = None
) -> str | None:
    """Return an agent's key; the readers of named systems give keys already."""
    is_key = agent_id and agent_id.startswith(("zendesk:", "asterisk:"))
    if is_key or not agent_id:
        return agent_id
    return (aliases or {}).get(("generic", agent_id), f"generic:{agent_id}")


def earliest(instants: Iterable[datetime | None]) -> datetime | None:
    return min((i for i in instants if i), default=None)


def latest_of(instants: Iterable[datetime | None]) -> datetime | None:
    return max((i for i in instants if i), default=None)


def nearest(apart: dict[tuple[str, str], int], side: int, end: str) -> str:
    """Return the other end of the shortest pair that has this end; ties by key."""
    return min(
        (distance, pair[1 - side])
        for pair, distance in apart.items()
        if pair[side] == end
    )[1]
