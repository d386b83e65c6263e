"""What customers say: one answer to one question at a time."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tests.oracle.clock import Zone
from tests.oracle.components import Tally
from tests.oracle.contacts import Contact, agent_key
from tests.oracle.cuts import Cuts, Describer, without
from tests.oracle.identity import Identities
from tests.oracle.parameters import Parameters
from tests.oracle.reference import Reference
from tests.oracle.world import AnswerRow, InvitationRow


@dataclass(frozen=True)
class Answer:
    """An answer on its declared scale, and the contact it is about."""

    row: AnswerRow
    contact: Contact | None
    customer: str | None
    low: Decimal
    high: Decimal
    is_low_good: bool

    @property
    def key(self) -> str:
        row = self.row
        parts = (row.system, row.response_id, row.question_type, row.dimension)
        return ":".join(part for part in parts if part)

    @property
    def recency(self) -> tuple[datetime, str]:
        """Answers of one instant are told apart by their id."""
        return self.row.responded_at, self.key

    @property
    def is_valid(self) -> bool:
        if self.row.question_type == "nps":
            return self.row.score in range(11)
        return self.low <= self.row.score <= self.high

    @property
    def is_about_countable(self) -> bool:
        return self.contact is None or self.contact.is_countable

    @property
    def nps_group(self) -> str:
        """Rule: promoters 9-10, detractors 0-6."""
        if self.row.score >= 9:
            return "promoter"
        return "detractor" if self.row.score <= 6 else "passive"

    @property
    def on_seven(self) -> Decimal | None:
        """Rule: normalised through a scale map; 7 is the good end, to 4 places."""
        if self.high == self.low:
            return None
        bad_end = self.high if self.is_low_good else self.low
        good = abs(self.row.score - bad_end)
        share = Fraction(good) / Fraction(self.high - self.low)
        scaled = 1 + 6 * share
        exact = Decimal(scaled.numerator) / Decimal(scaled.denominator)
        return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)

    @property
    def is_solved_first_time(self) -> bool:
        return self.row.score == (self.low if self.is_low_good else self.high)

    def is_satisfied(self, reference: Reference) -> bool | None:
        """Rule: top two boxes of 1-5, 9-10 of 1-10, or as the scale map says."""
        lowest = reference.satisfied_from.get((self.low, self.high))
        score = self.row.score
        turned = self.low + self.high - score if self.is_low_good else score
        return None if lowest is None else turned >= lowest


@dataclass(frozen=True)
class Perception:
    """CSAT, CES, NPS, SERVQUAL and FCR as customers see it."""

    describer: Describer
    identities: Identities
    reference: Reference
    parameters: Parameters
    zone: Zone
    tally: Tally

    def count(self, rows: list[AnswerRow], contacts: list[Contact]) -> None:
        """Count the answers to service surveys that stand."""
        named = by_reference(contacts)
        answers = [self.answer(row, named.get(row.contact_id)) for row in rows]
        counted = [answer for answer in answers if self.stands(answer)]
        service = [
            answer
            for answer in self.unsuperseded(counted)
            if answer.row.survey_id not in self.reference.relationship_surveys
        ]
        expected = expectations(counted)
        for answer in service:
            self.count_answer(answer, expected)
        self.count_nps([a for a in service if a.row.question_type == "nps"])

    def answer(self, row: AnswerRow, contact: Contact | None) -> Answer:
        """Return an answer; a survey that declares no scale has the question's own."""
        scale = self.reference.default_scales[row.question_type]
        low = Decimal(scale["scale_min"]) if row.scale_min is None else row.scale_min
        high = Decimal(scale["scale_max"]) if row.scale_max is None else row.scale_max
        direction = row.scale_direction or scale["scale_direction"]
        customer = (contact and contact.customer) or self.identities.customer_of(row)
        return Answer(row, contact, customer, low, high, direction == "low_is_good")

    def stands(self, answer: Answer) -> bool:
        """Tell whether an answer is valid, about a countable contact and in time."""
        if not answer.is_valid or not answer.is_about_countable:
            return False
        question = answer.row.question_type
        if question == "csat":
            declared = answer.is_satisfied(self.reference) is not None
            return declared and not self.is_late(answer)
        return question in ("nps", "fcr") or answer.on_seven is not None

    def is_late(self, answer: Answer) -> bool:
        """Rule: CSAT within 28 days."""
        window = timedelta(days=self.parameters.csat_answer_days)
        contact = answer.contact
        return bool(contact) and answer.row.responded_at > contact.ended_at + window

    def unsuperseded(self, answers: list[Answer]) -> list[Answer]:
        """Rule: one CSAT answer per contact, the latest; others are superseded."""
        latest: dict[str, Answer] = {}
        for answer in sorted(answers, key=lambda answer: answer.recency):
            is_csat = answer.row.question_type == "csat" and answer.contact
            latest[answer.contact.key if is_csat else answer.key] = answer
        return list(latest.values())

    def count_answer(
        self, answer: Answer, expected: dict[tuple, list[Decimal]]
    ) -> None:
        question = answer.row.question_type
        components: dict[str, Decimal | int] = {}
        if question == "csat":
            components["csat_answers"] = 1
            components["csat_answers_satisfied"] = answer.is_satisfied(self.reference)
        elif question == "ces":
            # "normalised so that 1 = effortless"
            effort = 8 - answer.on_seven
            components["ces_answers"] = 1
            components["ces_effort"] = effort
            components["ces_effort_squared"] = effort**2
        elif question == "fcr":
            components["fcr_answers"] = 1
            components["fcr_answers_yes"] = answer.is_solved_first_time
        elif question == "servqual_perception":
            gap = servqual_gap(answer, expected)
            if gap is not None:
                components["servqual_pairs"] = 1
                components["servqual_gap_total"] = gap
                components["servqual_gap_squared"] = gap**2
        day = self.zone.day(answer.row.responded_at)
        self.tally.add(day, self.cuts_of(answer), **components)

    def count_invitations(
        self, rows: list[InvitationRow], contacts: list[Contact]
    ) -> None:
        """Rule: responded / delivered, of invitations about countable contacts."""
        known = {contact.key: contact for contact in contacts}
        for row in rows:
            contact = known.get(f"{row.system}:{row.contact_id}")
            if contact and contact.is_countable:
                of_contact = self.describer.of_contact(contact)
                self.tally.add(
                    self.zone.day(row.invited_at),
                    without(of_contact, "local_hour", "weekday")
                    | {"survey": row.survey_id, "dimension": None},
                    survey_invitations_eligible=1,
                    survey_invitations_delivered=row.is_delivered,
                    survey_invitations_responded=row.is_delivered and row.is_responded,
                )

    def count_nps(self, answers: list[Answer]) -> None:
        """Rule: latest answer per customer per period."""
        latest: dict[object, dict[str, Answer]] = defaultdict(dict)
        for answer in sorted(answers, key=lambda answer: answer.recency):
            day = self.zone.day(answer.row.responded_at)
            for period in self.tally.calendar.periods(day):
                # an answer nobody can be named for stands for itself
                latest[period][answer.customer or answer.key] = answer
        for period, of_customers in latest.items():
            for answer in of_customers.values():
                group = answer.nps_group
                self.tally.add_to_period(
                    period,
                    self.cuts_of(answer),
                    nps_answers=1,
                    nps_promoters=group == "promoter",
                    nps_passives=group == "passive",
                    nps_detractors=group == "detractor",
                    nps_net_promoters=(group == "promoter") - (group == "detractor"),
                    nps_decided=group != "passive",
                )

    def cuts_of(self, answer: Answer) -> Cuts:
        """Rule: attributed to the agent, and the team as it was, at answer time."""
        day = self.zone.day(answer.row.responded_at)
        contact = answer.contact
        of_contact = (
            without(self.describer.of_contact(contact), "local_hour", "weekday")
            if contact
            else dict.fromkeys(CONTACT_CUTS)
        )
        return (
            of_contact
            | self.describer.of_team(answer.row.team or (contact and contact.team), day)
            | {
                "agent": agent_key(answer.row.agent_id, self.reference.agent_aliases)
                or (contact and contact.agent),
                "survey": answer.row.survey_id,
                "dimension": answer.row.dimension,
            }
        )


CONTACT_CUTS = (
    "channel",
    "reason",
    "journey_stage",
    "product",
    "region",
    "segment",
    "value_band",
    "tenure_band",
    "frequency_band",
)


def by_reference(contacts: list[Contact]) -> dict[str, Contact]:
    """Return contacts by whatever another record names them: their id, or a call's."""
    found: dict[str, Contact] = {}
    for contact in sorted(contacts, key=lambda contact: contact.key):
        for reference in contact.references:
            found.setdefault(reference, contact)
    return found


def respondent(answer: Answer) -> tuple:
    return answer.row.system, answer.row.response_id, answer.row.dimension


def expectations(answers: list[Answer]) -> dict[tuple, list[Decimal]]:
    """Return what each respondent expected on each dimension."""
    found = defaultdict(list)
    for answer in answers:
        if answer.row.question_type == "servqual_expectation":
            found[respondent(answer)].append(answer.on_seven)
    return found


def servqual_gap(
    answer: Answer, expected: dict[tuple, list[Decimal]]
) -> Decimal | None:
    """Rule: perception - expectation, of one respondent on one dimension."""
    own = expected.get(respondent(answer))
    return answer.on_seven - max(own) if own else None
