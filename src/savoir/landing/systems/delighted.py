"""Delighted API answers: survey responses, and the people who gave them."""

from savoir.landing import api
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

RESPONSES = """
id*
person_id
person_email
survey_type*
score*             decimal
comment
created_at*        integer
updated_at         integer
person_properties  json
"""

PEOPLE = """
id*
email
phone_number
created_at         integer
last_sent_at       integer
last_responded_at  integer
"""


def response(record: dict) -> list[dict]:
    """Return a response whose person is an id, or (expanded) an object."""
    person = record.get("person")
    if isinstance(person, dict):
        who = {"person_id": person.get("id"), "person_email": person.get("email")}
    else:
        who = {"person_id": person}
    return [record | who]


KINDS = (
    api.Kind(
        "responses",
        keys=("survey_responses", "responses"),
        marks=frozenset({"survey_type", "score"}),
        shape=response,
    ),
    api.Kind("people", keys=("people",), marks=frozenset({"last_sent_at", "email"})),
)


def read(system: System, source: Source) -> list[Found]:
    """Read one file of answers."""
    return api.read(system, source, KINDS)


SYSTEM = System(
    "delighted",
    (entity("responses", RESPONSES), entity("people", PEOPLE)),
    "JSON or NDJSON with survey_responses or people",
    read,
)
