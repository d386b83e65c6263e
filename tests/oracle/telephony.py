"""Calls offered to a queue, and chats that were to reach a human."""

from dataclasses import dataclass
from datetime import date

from tests.oracle.clock import Zone, seconds
from tests.oracle.components import Tally
from tests.oracle.contacts import Call, Contact
from tests.oracle.cuts import Cuts, Describer
from tests.oracle.parameters import Parameters


@dataclass(frozen=True)
class Telephony:
    """Service level, answer rate, speed of answer and abandonment."""

    describer: Describer
    parameters: Parameters
    zone: Zone
    tally: Tally

    def count_call(self, call: Call, contact: Contact) -> None:
        """Rule: short abandons leave both sides; the other formulae are variants."""
        if call.row.direction != "inbound" or not contact.is_countable:
            return
        answered = call.is_answered
        abandoned = call.row.outcome == "abandoned"
        wait = call.wait_seconds
        waited = wait is not None
        short = abandoned and waited and wait <= self.parameters.short_abandon_seconds
        in_time = waited and wait <= self.parameters.service_level_seconds
        self.tally.add(
            self.zone.day(call.row.started_at),
            self.cuts_of_call(call, contact),
            calls_offered=1,
            calls_answered=answered,
            calls_abandoned=abandoned,
            calls_short_abandoned=short,
            calls_answered_in_time=answered and in_time,
            calls_abandoned_in_time=abandoned and in_time,
            calls_answered_or_waited=answered or (abandoned and not short),
            calls_answered_or_abandoned=answered or abandoned,
            calls_answered_or_abandoned_late=answered or (abandoned and not in_time),
            calls_answered_or_abandoned_in_time=in_time and (answered or abandoned),
            calls_answered_in_time_or_short=(answered and in_time) or short,
            # "never average in the zeros of abandoned calls"
            answered_wait_seconds=wait if answered and waited else 0,
            answered_wait_squared=wait**2 if answered and waited else 0,
        )
        self.count_exchange(
            self.zone.day(call.row.started_at),
            self.cuts_of_call(call, contact),
            abandoned,
            short,
        )

    def cuts_of_call(self, call: Call, contact: Contact) -> Cuts:
        """Return the cuts of the call's contact, with the call's own team and hour."""
        of_team = self.describer.of_team(call.team, self.zone.day(call.row.started_at))
        return (
            self.describer.of_contact(contact)
            | of_team
            | {"site": of_team["site"] or call.row.site}
            | self.describer.of_hour(call.row.started_at)
            | {
                "channel": "phone",
                "reason": call.row.reason or contact.reason,
                "agent": call.agent,
            }
        )

    def count_chat(self, chat: Contact) -> None:
        """Rule: abandonment counts calls and chats; a bot's own case reaches nobody."""
        if not chat.is_countable or chat.channel != "chat" or chat.is_bot_settled:
            return
        wait = seconds(chat.response_started_at, chat.ended_at)
        short = chat.is_missed_chat and wait <= self.parameters.short_abandon_seconds
        day = self.zone.day(chat.opened_at)
        cuts = self.describer.of_contact(chat)
        self.tally.add(
            day,
            cuts,
            chats_offered=1,
            chats_abandoned=chat.is_missed_chat,
            chats_short_abandoned=short,
        )
        self.count_exchange(day, cuts, chat.is_missed_chat, short)

    def count_exchange(
        self, day: date, cuts: Cuts, abandoned: bool, short: bool
    ) -> None:
        """Count a call or a chat alike."""
        self.tally.add(
            day,
            cuts,
            exchanges_offered=1,
            exchanges_abandoned=abandoned,
            exchanges_short_abandoned=short,
            exchanges_offered_less_short=not short,
            exchanges_abandoned_less_short=abandoned and not short,
        )
