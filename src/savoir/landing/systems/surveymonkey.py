"""SurveyMonkey: the CSV export (one or two header rows), API responses and details."""

from typing import Any

from savoir.landing import answers, forms
from savoir.landing.files import Source
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

RESPONSES = """
id*               id
survey_id*        id
collector_id      id
date_created*     local
date_modified     local
response_status   in  completed partial overquota disqualified
email_address
custom_value
custom_variables  json
answers*          json
"""

CHOICES = """
survey_id*    id
question_id*  id
choice_id*    id
text
position      integer
weight        decimal
"""

HEADINGS = {
    "respondent_id": "id",
    "respondentid": "id",
    "collector_id": "collector_id",
    "collectorid": "collector_id",
    "start_date": "date_created",
    "startdate": "date_created",
    "end_date": "date_modified",
    "enddate": "date_modified",
    "date_modified": "date_modified",
    "email_address": "email_address",
    "email": "email_address",
    "custom_data_1": "custom_value",
    "custom_data": "custom_value",
    # nobody's answer
    "ip_address": "ip_address",
    "first_name": "first_name",
    "last_name": "last_name",
}


KEYS = {
    "data": "responses",
    "responses": "responses",
    "survey_responses": "responses",
    "surveys": "choices",
}
MARKS = {
    "responses": {"response_status", "pages"},
    "choices": {"title", "pages"},
}


def questions_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the questions on all pages of a response or of a survey's details."""
    return [
        question
        for page in record.get("pages") or []
        for question in page.get("questions") or []
    ]


def opened(name: str, record: dict[str, Any]) -> answers.Opened:
    """Give a response with its answers in one list, or every choice of a survey."""
    if name == "choices":
        yield from ((name, choice) for choice in choices_of(record))
        return
    given = [
        {
            "question_id": question.get("id"),
            "choice_id": answer.get("choice_id"),
            "text": answer.get("text") or answer.get("simple_text"),
        }
        for question in questions_of(record)
        for answer in question.get("answers") or []
    ]
    yield name, record | {"answers": given}


def choices_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every choice that a survey's details offer."""
    return [
        choice
        | {
            "survey_id": record.get("id"),
            "question_id": question.get("id"),
            "choice_id": choice.get("id"),
        }
        for question in questions_of(record)
        for choice in (question.get("answers") or {}).get("choices") or []
    ]


def read(system: System, source: Source) -> list[Found]:
    """Read one export or one file of answers."""
    if source.path.suffix.lower() == ".csv":
        responses = system.entity("responses")
        return forms.read(responses, source, HEADINGS, "custom_variables")
    return answers.read(system, source, KEYS, opened, marks=MARKS)


SYSTEM = System(
    "surveymonkey",
    (
        entity("responses", RESPONSES, newest="date_modified"),
        entity("choices", CHOICES, key="survey_id question_id choice_id"),
    ),
    "*.csv, or JSON with responses (in detail) or a survey's details",
    read,
)
