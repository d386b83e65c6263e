"""Qualtrics response exports: CSV with three header rows, or two in the legacy form."""

import json
import re
from collections import Counter
from itertools import islice

from savoir.landing.check import MISSING
from savoir.landing.delimited import Record, data_records, header_of, width_problem
from savoir.landing.files import Source, Unreadable
from savoir.landing.objects import dumps
from savoir.landing.rows import Found, Rows
from savoir.landing.schema import System, entity

RESPONSES = """
response_id*      response
survey_id*        id
start_date        timestamp
end_date          timestamp
recorded_date*    timestamp
time_zone         zone
status
finished*         boolean
progress          whole
duration_seconds  whole
recipient_email
external_reference
distribution_channel
user_language
answers*          json
"""

# Every other heading is a question; survey_id, time_zone and answers have no heading.
HEADINGS = {
    "responseid": "response_id",
    "startdate": "start_date",
    "enddate": "end_date",
    "recordeddate": "recorded_date",
    "status": "status",
    "finished": "finished",
    "progress": "progress",
    "duration_in_seconds": "duration_seconds",
    "recipientemail": "recipient_email",
    "emailaddress": "recipient_email",
    "externalreference": "external_reference",
    "externaldatareference": "external_reference",
    "distributionchannel": "distribution_channel",
    "userlanguage": "user_language",
}

# What Qualtrics appends to a survey's name: `_March 31, 2025_14.05`.
EXPORTED_AT = re.compile(r"_[^\W\d_]+ \d{1,2}, \d{4}_\d{2}\.\d{2}$")


def read(system: System, source: Source) -> list[Found]:
    """Read one export; the answers are one JSON object per response.

    Raises `Unreadable` without the extra header rows, or a required column.
    """
    if source.path.suffix.lower() != ".csv":
        raise Unreadable(f"the file name matches nothing; expected {system.expects}")
    responses = system.entity("responses")
    delimiter, _ = header_of(source.text)
    records = data_records(source.text, delimiter)
    names, import_ids = headers_of(list(islice(records, 3)))
    places = places_of(names, legacy=not import_ids)
    questions = {
        position: name
        for position, name in enumerate(unique(names))
        if names[position] and position not in places.values()
    }
    constant = {
        "survey_id": EXPORTED_AT.sub("", source.path.stem),
        "time_zone": time_zone_of(import_ids, places),
    }
    rows = Rows(responses, source.scratch)
    records = data_records(source.text, delimiter)
    for record in islice(records, 3 if import_ids else 2, None):
        if problem := record.problem or width_problem(record, len(names)):
            rows.reject(record.line, record.raw, problem)
            continue
        answers = {
            name: None if record.fields[i].strip() in MISSING else record.fields[i]
            for i, name in questions.items()
        }
        row = constant | {"answers": dumps(answers)}
        row |= {column: record.fields[i] for column, i in places.items()}
        values = [row.get(column.name) for column in responses.columns]
        rows.add(record.line, record.raw, values)
    return [rows.found()]


def headers_of(heads: list[Record]) -> tuple[list[str], list[str]]:
    """Return the column names, and the ImportIds (none in the legacy form).

    The legacy form names its own columns V1, V2, ... and puts their names below.
    """
    if len(heads) == 3 and any('{"ImportId"' in field for field in heads[2].fields):
        return heads[0].fields, heads[2].fields
    if len(heads) >= 2 and any(is_legacy(name) for name in heads[0].fields):
        pairs = zip(heads[0].fields, heads[1].fields, strict=False)
        return [label if is_legacy(name) else name for name, label in pairs], []
    raise Unreadable(
        "header rows missing; three expected (names, labels, ImportId JSON), "
        "or two with V1, V2, ... in the legacy form"
    )


def is_legacy(name: str) -> bool:
    """Whether a name is one that the legacy form gives to Qualtrics' own columns."""
    return re.fullmatch(r"V\d+", name) is not None


def places_of(names: list[str], *, legacy: bool) -> dict[str, int]:
    """Return the position of each landed column; a later namesake is a question."""
    places: dict[str, int] = {}
    for position, name in enumerate(names):
        key = re.sub(r"\W+", "_", name.lower()).strip("_")
        if key in HEADINGS:
            places.setdefault(HEADINGS[key], position)
    if legacy and "end_date" in places:
        # The legacy form has no recording date; a response was recorded at its end.
        places["recorded_date"] = places["end_date"]
    required = {
        "response_id": "ResponseId",
        "recorded_date": "RecordedDate",
        "finished": "Finished",
    }
    missing = [heading for column, heading in required.items() if column not in places]
    if missing:
        raise Unreadable(f"the header lacks required {', '.join(missing)}")
    return places


def unique(names: list[str]) -> list[str]:
    """Return names with a number after those that were there before."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result


def time_zone_of(import_ids: list[str], places: dict[str, int]) -> str | None:
    """Return the time zone that the ImportIds of the date columns give, if any."""
    for column in ("recorded_date", "start_date", "end_date"):
        if import_ids and column in places:
            try:
                zone = json.loads(import_ids[places[column]]).get("timeZone")
            except (ValueError, AttributeError, IndexError, RecursionError):
                zone = None
            if zone:
                return str(zone)
    return None


SYSTEM = System(
    "qualtrics", (entity("responses", RESPONSES, key="response_id"),), "*.csv", read
)
