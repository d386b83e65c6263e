"""Delighted: responses and people of its API; a survey asks one question of a score."""

from pathlib import Path

from savoir.demo.files import Written
from savoir.demo.vendors.pages import write_pages
from savoir.demo.vendors.surveys import common
from savoir.demo.world import Answer, Person, World

# the surveys of the service and the relationship, by their questions
TYPES = (common.NPS, common.CSAT, common.CES)


def write_delighted(world: World, folder: Path) -> list[Written]:
    """Write the answers to each survey, and who was asked."""
    service, relationship, _ = common.surveys(world)
    answers = sorted(
        (a for a in service.answers + relationship.answers if a.is_finished),
        key=lambda answer: answer.at,
    )
    numbers = {id(person): 980_000_001 + n for n, person in enumerate(world.people)}
    asked = {id(answer.person): answer for answer in answers}
    responses = []
    for answer in answers:
        for question in TYPES:
            score = common.said(answer, question)
            if score is not None:
                number = 210_000_001 + len(responses)
                person = numbers[id(answer.person)]
                row = _response(number, person, question.key, score, answer)
                responses.append(row)
    people = [
        _person(numbers[key], answer.person, answer) for key, answer in asked.items()
    ]
    return [
        write_pages(folder / "survey_responses.ndjson", responses),
        write_pages(folder / "people.ndjson", people),
    ]


def _response(number: int, person: int, kind: str, score: int, answer: Answer) -> dict:
    return {
        "id": str(number),
        "person": str(person),
        "survey_type": kind,
        "score": score,
        "comment": answer.comment,
        "permalink": f"https://app.delighted.com/r/{number}",
        "created_at": answer.at,
        "updated_at": answer.at,
        "person_properties": common.link(answer.contact) or None,
        "notes": [],
        "tags": [],
        "additional_answers": [],
    }


def _person(number: int, person: Person, answer: Answer) -> dict:
    return {
        "id": str(number),
        "name": f"{person.first} {person.last}",
        "email": common.email(answer) or None,
        "phone_number": person.phone,
        "created_at": answer.at - common.FINISHED_IN,
        "last_sent_at": answer.at - common.FINISHED_IN,
        "last_responded_at": answer.at,
        "next_survey_scheduled_at": None,
    }
