"""Survey tools' CSV: a row per response, a column per question."""

from collections import Counter
from collections.abc import Mapping
from itertools import chain

from savoir.landing.delimited import data_records, header_of, width_problem
from savoir.landing.files import Source, Unreadable
from savoir.landing.objects import dumps
from savoir.landing.rows import Found, Rows
from savoir.landing.schema import MISSING, Entity, heading_key

# Columns that a link to the survey brought along; they tell what it was about.
CONTEXT = ("ticket_id", "call_id", "contact_id", "order_id", "customer_id")
# What stands below a question that has one column of answers.
NO_LABEL = ("", "response", "open_ended_response")


def read(
    entity: Entity, source: Source, own: Mapping[str, str], context: str
) -> list[Found]:
    """Read an export whose other columns are questions, each named by its heading.

    `own` maps the tool's own headings (as `heading_key` writes them) to columns of the
    entity; `context` is the column for what the link brought. The survey is named by
    the file. A second row of headings, without a response id, names the choices.
    """
    delimiter, header = header_of(source.text)
    records = data_records(source.text, delimiter)
    next(records)
    places = places_of(header.fields, own)
    missing = [c.name for c in entity.columns if c.required and c.name not in places]
    missing = [name for name in missing if name not in ("survey_id", "answers")]
    if missing:
        raise Unreadable(f"the header lacks required {', '.join(missing)}")
    second = next(records, None)
    labels: list[str] = []
    if second and not second.problem and not field(second.fields, places["id"]):
        labels, second = second.fields, None
    questions = questions_of(header.fields, labels, set(places.values()))
    rows = Rows(entity, source.scratch)
    for record in chain([second] if second else [], records):
        if problem := record.problem or width_problem(record, len(header.fields)):
            rows.reject(record.line, record.raw, problem)
            continue
        said = {
            question: record.fields[i].strip()
            for i, question in questions.items()
            if record.fields[i].strip() not in MISSING
        }
        row = {column: record.fields[i] for column, i in places.items()} | {
            "survey_id": source.path.stem,
            context: dumps(context_of(said)),
            "answers": dumps([{"question_id": q, "text": a} for q, a in said.items()]),
        }
        rows.add(
            record.line, record.raw, [row.get(column.name) for column in entity.columns]
        )
    return [rows.found()]


def places_of(names: list[str], own: Mapping[str, str]) -> dict[str, int]:
    """Return the position of each landed column; a later namesake is a question."""
    places: dict[str, int] = {}
    for position, name in enumerate(names):
        key = name.strip() if name.strip() in own else heading_key(name)
        if key in own:
            places.setdefault(own[key], position)
    return places


def questions_of(names: list[str], labels: list[str], taken: set[int]) -> dict:
    """Return each question's name by position: its heading, then the choice's label.

    A question over several columns is named on the first of them only, or on each.
    """
    seen: Counter[str] = Counter()
    questions: dict[int, str] = {}
    heading = ""
    for position, name in enumerate(names):
        heading = name.strip() or heading
        label = field(labels, position)
        if position in taken or not (name.strip() or label):
            continue
        question = heading
        if heading_key(label) not in NO_LABEL:
            question = f"{heading} | {label}"
        seen[question] += 1
        if seen[question] > 1:
            question = f"{question} ({seen[question]})"
        questions[position] = question
    return questions


def context_of(answers: Mapping[str, str]) -> dict[str, str]:
    """Return what the link brought, by the names of `CONTEXT`."""
    return {
        key: value
        for question, value in answers.items()
        if (key := heading_key(question)) in CONTEXT
    }


def field(fields: list[str], position: int) -> str:
    """Return a field without the spaces around it, '' where the record is shorter."""
    return fields[position].strip() if position < len(fields) else ""
