"""What every survey tool's export tells of an answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from savoir.demo.exports import (
    RELATIONSHIP_SURVEY,
    SERVICE_SURVEY,
    has_known_email,
)
from savoir.demo.outreach import (
    DIMENSIONS,
    SERVQUAL_SURVEY,
    ServqualAnswer,
    servqual_answers,
)
from savoir.demo.world import Answer, Contact, World

FINISHED_IN = 90  # seconds


@dataclass(frozen=True)
class Question:
    """One question; its scale goes from `low` to `high`, a comment has none."""

    key: str
    heading: str
    low: int = 0
    high: int = 0


@dataclass(frozen=True)
class Survey:
    """One survey with its answers, oldest first."""

    name: str
    questions: tuple[Question, ...]
    answers: list[Answer]


NPS = Question("nps", "Recommanderiez-vous Maison Lumen à un proche ?", 0, 10)
CSAT = Question("csat", "Êtes-vous satisfait de notre réponse ?", 1, 5)
CES = Question("ces", "L'entreprise m'a facilité la résolution", 1, 7)
FCR = Question("fcr", "Réglé dès le premier contact ?", 1, 2)
COMMENT = Question("comment", "Souhaitez-vous ajouter quelque chose ?")
SERVQUAL = tuple(
    Question(f"{half}_{dimension}", f"{heading} : {statement}", 1, 7)
    for half, heading in (("expected", "Vous attendez"), ("perceived", "Vous avez vu"))
    for dimension, (statement, _) in DIMENSIONS.items()
)


def surveys(world: World) -> tuple[Survey, ...]:
    """The surveys; what was only tried out is nobody's answer."""
    given = [answer for answer in world.service_answers if not answer.is_preview]
    return (
        Survey(SERVICE_SURVEY, (NPS, CSAT, CES, FCR, COMMENT), given),
        Survey(RELATIONSHIP_SURVEY, (NPS, COMMENT), world.relationship_answers),
        Survey(SERVQUAL_SURVEY, SERVQUAL, servqual_answers(world)),
    )


def said(answer: Answer, question: Question) -> int | str | None:
    """What was answered to a question; None where it was left blank."""
    if isinstance(answer, ServqualAnswer):
        half, _, dimension = question.key.partition("_")
        return getattr(answer, half)[dimension]
    return getattr(answer, question.key)


def given(survey: Survey, answer: Answer) -> Iterator[tuple[Question, int | str]]:
    """The questions of a survey that were answered, and how."""
    for question in survey.questions:
        if (text := said(answer, question)) is not None:
            yield question, text


def link(contact: Contact | None) -> dict[str, str]:
    """What the link to the survey brought: the ticket's id, else the call's."""
    if contact is None:
        return {}
    if contact.ticket is not None:
        return {"ticket_id": str(contact.ticket.id)}
    return {"call_id": contact.call.id}


def email(answer: Answer) -> str:
    """The address that was written to; empty where the link went by SMS."""
    known = answer.person is not None and has_known_email(answer.person)
    return answer.person.email if known else ""
