"""Survey tools: Delighted, SurveyMonkey and Typeform."""

import json

import pytest


def dumps(*records):
    return "\n".join(json.dumps(record) for record in records)


# Delighted

ANSWER = {
    "id": "1",
    "person": "10",
    "survey_type": "nps",
    "score": 9,
    "comment": "Très bien",
    "created_at": 1641289688,
    "updated_at": None,
    "person_properties": {"ticket_id": "7"},
    "tags": [],
}
PERSON = {"id": "10", "email": "ann@example.com", "last_sent_at": 1641289600}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([ANSWER]),
        dumps({"stream": "survey_responses", "data": ANSWER, "emitted_at": 1}),
        dumps({"responses": [ANSWER]}),
        dumps(ANSWER | {"person": {"id": "10", "email": "ann@example.com"}}),
    ],
)
def test_a_delighted_answer(content, folders, only):
    row = only("delighted/export.json", content)
    assert (row.entity, row.rows_landed) == ("responses", 1)
    [landed] = folders.rows("delighted/responses")
    assert (landed["id"], landed["person_id"], landed["score"]) == ("1", "10", "9")
    assert (landed["created_at"], landed["updated_at"]) == ("1641289688", None)
    assert landed["person_properties"] == '{"ticket_id":"7"}'


def test_delighted_rejects_and_people(folders):
    folders.write("delighted/people.json", json.dumps([PERSON]))
    folders.write(
        "delighted/all.ndjson",
        dumps(
            ANSWER | {"score": None},
            ANSWER | {"created_at": "2022-01-04"},
            {"stream": "bounces", "data": {"person_id": "10"}},
            {"stream": "people", "data": PERSON},
        ),
    )
    found = {(r.file, r.entity): r for r in folders.land().files}
    assert found["delighted/all.ndjson", "responses"].message == "not landed: 1 bounces"
    assert folders.column("delighted/people", "id") == ["10", "10"]
    assert folders.reasons() == [
        (1, "score: missing (a value is required)"),
        (2, "created_at: '2022-01-04' is not a whole number (such as 42)"),
    ]


# SurveyMonkey

EXPORT = (
    "Respondent ID,Collector ID,Start Date,End Date,Email Address,Recommend?,Brands,,"
    """Why?,Why?,ticket_id
,,,,,Response,Lenovo,HP,Open-Ended Response,,
1001,5,3/22/2026 9:05,3/22/2026 9:07:30 pm,ann@example.com,9,Lenovo,,"Fast,
kind",,77
1002,5,2026-03-02,,,10 - Extremely likely,,HP,,x,
1003,5,soon,,,1,,,,,
1004,5
,5,2026-03-02,,,1,,,,,
"""
)


def test_surveymonkey_export(folders, only):
    row = only("surveymonkey/After service.csv", EXPORT)
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (5, 2, 3)
    first, second = folders.rows("surveymonkey/responses")
    assert (first["id"], first["survey_id"]) == ("1001", "After service")
    assert (first["date_created"], first["date_modified"]) == (
        "2026-03-22 09:05:00",
        "2026-03-22 21:07:30",
    )
    assert json.loads(first["custom_variables"]) == {"ticket_id": "77"}
    assert json.loads(first["answers"]) == [
        {"question_id": "Recommend?", "text": "9"},
        {"question_id": "Brands | Lenovo", "text": "Lenovo"},
        {"question_id": "Why?", "text": "Fast,\nkind"},
        {"question_id": "ticket_id", "text": "77"},
    ]
    assert json.loads(second["answers"])[1:] == [
        {"question_id": "Brands | HP", "text": "HP"},
        {"question_id": "Why? (2)", "text": "x"},
    ]
    assert (second["date_modified"], second["_line"]) == (None, 5)
    assert folders.reasons() == [
        (
            6,
            "date_created: 'soon' is not a date and time "
            "(such as 2025-03-31T14:05:00Z or 03/31/2025 14:05)",
        ),
        (7, "2 fields, 11 expected as in the header"),
        (8, "id: missing (a value is required)"),
    ]


@pytest.mark.parametrize("second", ["", ",,\n"])
def test_surveymonkey_second_header_row_may_be_blank_or_absent(second, folders, only):
    only(
        "surveymonkey/short.csv",
        f"Respondent ID,Start Date,Score\n{second}1,2026-03-02,9\n2,2026-03-02,8\n",
    )
    assert folders.column("surveymonkey/responses", "id") == ["1", "2"]


def test_surveymonkey_lacking_its_headings(only):
    row = only("surveymonkey/x.csv", "Respondent,Score\n1,2\n")
    assert row.message == "the header lacks required id, date_created"


RESPONSE = {
    "id": "12706126725",
    "survey_id": "306079584",
    "response_status": "completed",
    "custom_variables": {"ticket_id": "7"},
    "date_created": "2026-06-01T17:39:51+00:00",
    "date_modified": "2026-06-01T17:40:54+00:00",
    "pages": [
        {"id": "1", "questions": []},
        {
            "id": "2",
            "questions": [
                {"id": "q1", "answers": [{"choice_id": "c8", "row_id": "r"}]},
                {"id": "q2", "answers": [{"tag_data": [], "text": "merci"}]},
                {"id": "q3", "answers": [{"choice_id": "c1", "simple_text": "Yes"}]},
            ],
        },
    ],
}
DETAILS = {
    "id": "306079584",
    "title": "After service",
    "question_count": 2,
    "pages": [
        {
            "questions": [
                {
                    "id": "q1",
                    "answers": {
                        "rows": [{"id": "r"}],
                        "choices": [
                            {"id": "c0", "text": "0", "position": 1, "weight": -100},
                            {"id": "c8", "text": "8", "position": 9, "weight": 0},
                        ],
                    },
                },
                {"id": "q2", "headings": [{"heading": "Why?"}]},
            ]
        }
    ],
}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(RESPONSE),
        json.dumps({"data": [RESPONSE], "per_page": 50, "links": {}}),
        dumps({"stream": "survey_responses", "data": RESPONSE}),
    ],
)
def test_surveymonkey_response(content, folders, only):
    only("surveymonkey/responses.json", content)
    [landed] = folders.rows("surveymonkey/responses")
    assert json.loads(landed["answers"]) == [
        {"question_id": "q1", "choice_id": "c8", "text": None},
        {"question_id": "q2", "choice_id": None, "text": "merci"},
        {"question_id": "q3", "choice_id": "c1", "text": "Yes"},
    ]


def test_surveymonkey_details(folders, only):
    row = only("surveymonkey/details.json", json.dumps(DETAILS))
    assert (row.entity, row.rows_landed) == ("choices", 2)
    first, second = folders.rows("surveymonkey/choices")
    assert (first["choice_id"], first["weight"]) == ("c0", "-100")
    assert (second["survey_id"], second["question_id"], second["text"]) == (
        "306079584",
        "q1",
        "8",
    )


# Typeform

FORM = {
    "token": "t1",
    "landed_at": "2026-05-01T10:00:00Z",
    "submitted_at": "2026-05-01T10:05:00Z",
    "hidden": {"ticket_id": "7"},
    "answers": [
        {"field": {"id": "a", "ref": "nps"}, "type": "number", "number": 9},
        {"field": {"id": "b"}, "type": "boolean", "boolean": True},
        {"field": {"id": "c"}, "type": "choice", "choice": {"label": "Yes"}},
        {"field": {"id": "d"}, "type": "choices", "choices": {"labels": ["A", "B"]}},
        {"field": {"id": "e"}, "type": "text", "text": "merci"},
        {"field": {"id": "f"}, "type": "email", "email": "ann@example.com"},
        {"field": {"id": "g"}, "type": "choice", "choice": {"other": "Maybe"}},
    ],
}


@pytest.mark.parametrize(
    ("content", "survey"),
    [
        (json.dumps({"items": [FORM], "total_items": 1}), "abc"),
        (dumps({"stream": "responses", "data": FORM | {"form_id": "f1"}}), "f1"),
        (
            json.dumps(
                {
                    "event_type": "form_response",
                    "form_response": FORM | {"form_id": "f1", "definition": {}},
                }
            ),
            "f1",
        ),
    ],
)
def test_typeform_response(content, survey, folders, only):
    only("typeform/abc.json", content)
    [landed] = folders.rows("typeform/responses")
    assert (landed["id"], landed["survey_id"]) == ("t1", survey)
    assert landed["email"] == "ann@example.com"
    answers = json.loads(landed["answers"])
    assert [answer["text"] for answer in answers] == [
        "9",
        "1",
        "Yes",
        '["A","B"]',
        "merci",
        "ann@example.com",
        "Maybe",
    ]
    assert (answers[0]["question_ref"], answers[1]["question_ref"]) == ("nps", None)


def test_typeform_export(folders, only):
    row = only(
        "typeform/Form.csv",
        "#,Recommend?,Muscles,ticket_id,Start Date (UTC),Submit Date (UTC),Network ID\n"
        'a1,9," / Biceps / Lats",7,2026-05-01 10:00:00,2026-05-01 10:05:00,n1\n'
        "a2,8,,,2026-05-01 10:00:00,,n1\n",
    )
    assert (row.rows_landed, row.rows_rejected) == (1, 1)
    [landed] = folders.rows("typeform/responses")
    assert (landed["survey_id"], landed["hidden"]) == ("Form", '{"ticket_id":"7"}')
    assert json.loads(landed["answers"]) == [
        {"question_id": "Recommend?", "text": "9"},
        {"question_id": "Muscles", "text": "/ Biceps / Lats"},
        {"question_id": "ticket_id", "text": "7"},
    ]
    assert folders.reasons() == [(3, "submitted_at: missing (a value is required)")]
