"""SurveyMonkey: responses and surveys' details of its API; answers are choices' ids."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from savoir.demo.files import Written, to_json, write
from savoir.demo.vendors.pages import write_pages
from savoir.demo.vendors.surveys import common
from savoir.demo.vendors.surveys.common import Question, Survey
from savoir.demo.world import Answer, World

API = "https://api.surveymonkey.com/v3/surveys"
FIRST_SURVEY = 510_000_001
# what an NPS choice weighs in SurveyMonkey's own score: detractors, passives, promoters
NPS_WEIGHTS = {**dict.fromkeys(range(7), -100), 7: 0, 8: 0, 9: 100, 10: 100}


def write_surveymonkey(world: World, folder: Path) -> list[Written]:
    """Write each survey's details, and its responses in bulk."""
    written = []
    for id_, survey in enumerate(common.surveys(world), start=FIRST_SURVEY):
        details = folder / f"survey_{id_}_details.json"
        write(details, to_json(_details(id_, survey)) + "\n")
        responses = [_response(id_, survey, answer) for answer in survey.answers]
        path = folder / f"survey_{id_}_responses.ndjson"
        written += [Written(details, 1), write_pages(path, responses, "data")]
    return written


def question_id(survey: int, position: int) -> int:
    """Id of a survey's question, by its position from 0."""
    return (survey - FIRST_SURVEY) * 1_000 + 720_000_001 + position


def _choice_id(question: int, score: int) -> str:
    return str(question * 100 + score)


def _details(id_: int, survey: Survey) -> dict:
    questions = [
        _question(question_id(id_, position), position, question)
        for position, question in enumerate(survey.questions)
    ]
    return {
        "id": str(id_),
        "title": survey.name,
        "language": "fr",
        "question_count": len(questions),
        "page_count": 1,
        "href": f"{API}/{id_}",
        "pages": [{"id": f"{id_}1", "position": 1, "questions": questions}],
    }


def _question(id_: int, position: int, question: Question) -> dict:
    family = {"family": "open_ended", "subtype": "essay"}
    answers = {}
    if question.high:
        family = {"family": "matrix", "subtype": "rating"}
        choices = range(question.low, question.high + 1)
        answers = {"choices": [_choice(id_, question, score) for score in choices]}
    return {
        "id": str(id_),
        "position": position + 1,
        "headings": [{"heading": question.heading}],
        **family,
        **({"answers": answers} if answers else {}),
    }


def _choice(question_id: int, question: Question, score: int) -> dict:
    """A choice: of an NPS question its label is the score, of others its weight."""
    is_nps = question is common.NPS
    return {
        "id": _choice_id(question_id, score),
        "position": score - question.low + 1,
        "visible": True,
        "is_na": False,
        "text": str(score) if is_nps else "",
        "weight": NPS_WEIGHTS[score] if is_nps else score,
    }


def _response(id_: int, survey: Survey, answer: Answer) -> dict:
    custom = common.link(answer.contact)
    return {
        "id": str(12_000_000_000 + int.from_bytes(answer.id.encode()[2:7])),
        "recipient_id": "",
        "collection_mode": "default",
        "response_status": "completed" if answer.is_finished else "partial",
        "custom_value": "",
        "first_name": "",
        "last_name": "",
        "email_address": common.email(answer),
        "ip_address": "",
        "metadata": {"contact": {}},
        "collector_id": f"{id_}9",
        "survey_id": str(id_),
        "custom_variables": custom,
        "total_time": common.FINISHED_IN,
        "date_created": _time(answer.at - common.FINISHED_IN),
        "date_modified": _time(answer.at),
        "href": f"{API}/{id_}/responses",
        "pages": [{"id": f"{id_}1", "questions": list(_answers(id_, survey, answer))}],
    }


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def _answers(id_: int, survey: Survey, answer: Answer) -> Iterator[dict]:
    for question, text in common.given(survey, answer):
        question_ = question_id(id_, survey.questions.index(question))
        if isinstance(text, str):
            said = {"text": text}
        else:
            said = {"choice_id": _choice_id(question_, text), "row_id": f"{question_}0"}
        yield {"id": str(question_), "answers": [said]}
