"""Delighted API answers: survey responses, and the people who gave them."""

from typing import Any

from savoir.landing import answers
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

RESPONSES = """
id*                id
person_id          id
person_email
survey_type*
score*             score
comment
created_at*        epoch
updated_at         epoch
person_properties  json
"""

PEOPLE = """
id*                id
email
phone_number
created_at         epoch
last_sent_at       epoch
last_responded_at  epoch
"""


KEYS = {
    "survey_responses": "responses",
    "responses": "responses",
    "people": "people",
}
MARKS = {
    "responses": {"survey_type", "score"},
    "people": {"last_sent_at", "email"},
}


def opened(name: str, record: dict[str, Any]) -> answers.Opened:
    """Give a record; a response's person is an id, or (expanded) an object."""
    person = record.get("person")
    if isinstance(person, dict):
        who = {"person_id": person.get("id"), "person_email": person.get("email")}
    else:
        who = {"person_id": person}
    yield name, record | who


def read(system: System, source: Source) -> list[Found]:
    """Read one file of answers."""
    return answers.read(system, source, KEYS, opened, marks=MARKS)


SYSTEM = System(
    "delighted",
    (entity("responses", RESPONSES), entity("people", PEOPLE, newest="last_sent_at")),
    "JSON or NDJSON with survey_responses or people",
    read,
)
