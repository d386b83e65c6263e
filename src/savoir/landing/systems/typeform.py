"""Typeform: the CSV export, API responses and webhook deliveries."""

from functools import partial
from typing import Any

from savoir.landing import answers, forms
from savoir.landing.files import Source
from savoir.landing.objects import dumps
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

RESPONSES = """
id*            id
survey_id*     id
landed_at      timestamp
submitted_at*  timestamp
email
hidden         json
answers*       json
"""

HEADINGS = {
    "#": "id",
    "start_date_utc": "landed_at",
    "submit_date_utc": "submitted_at",
    "email": "email",
    # nobody's answer
    "network_id": "network_id",
    "response_type": "response_type",
    "tags": "tags",
    "ending": "ending",
}


def text_of(answer: dict) -> str | None:
    """Return an answer's value, which stands under a key named by its type.

    Yes and no are 1 and 0, as in the CSV export.
    """
    value: Any = answer.get(str(answer.get("type")))
    if isinstance(value, dict):
        value = value.get("label", value.get("other", value.get("labels")))
    if isinstance(value, bool):
        value = int(value)
    return value if value is None or isinstance(value, str) else dumps(value)


KEYS = {"items": "responses", "responses": "responses", "form_response": "responses"}
MARKS = {"responses": {"landed_at", "answers"}}


def opened(survey: str, name: str, record: dict[str, Any]) -> answers.Opened:
    """Give a response with its answers in one list; of `survey` if it names none."""
    given = [answer for answer in record.get("answers") or [] if answer]
    emails = [a.get("email") for a in given if a.get("type") == "email"]
    said = [
        {
            "question_id": answers.dig(answer, "field.id"),
            "question_ref": answers.dig(answer, "field.ref"),
            "text": text_of(answer),
        }
        for answer in given
    ]
    yield (
        name,
        record
        | {
            "id": record.get("token") or record.get("response_id"),
            "survey_id": record.get("form_id") or survey,
            "email": next(iter(emails), None) or answers.dig(record, "hidden.email"),
            "answers": said,
        },
    )


def read(system: System, source: Source) -> list[Found]:
    """Read one export or one file of answers."""
    responses = system.entity("responses")
    if source.path.suffix.lower() == ".csv":
        return forms.read(responses, source, HEADINGS, "hidden")
    of_survey = partial(opened, source.path.stem)
    return answers.read(system, source, KEYS, of_survey, marks=MARKS)


SYSTEM = System(
    "typeform",
    (entity("responses", RESPONSES, newest="submitted_at"),),
    "*.csv, or JSON with responses (items) as the API answers them",
    read,
)
