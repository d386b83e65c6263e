"""Typeform: its CSV of completed responses, a form a file, times in UTC."""

from datetime import UTC, datetime
from pathlib import Path

from savoir.demo.files import Table, Written, write
from savoir.demo.vendors.surveys import common
from savoir.demo.vendors.surveys.common import Question, Survey
from savoir.demo.vendors.telephony.common import hexadecimal
from savoir.demo.world import Answer, World

HIDDEN = ("ticket_id", "call_id", "email")


def write_typeform(world: World, folder: Path) -> list[Written]:
    """Write one file per form; a response that was not submitted is in none."""
    written = []
    for form in common.surveys(world):
        table = Table()
        table.add(
            [
                "#",
                *(question.heading for question in form.questions),
                *HIDDEN,
                "Response Type",
                "Start Date (UTC)",
                "Submit Date (UTC)",
                "Network ID",
                "Tags",
            ]
        )
        for answer in reversed(form.answers):
            if answer.is_finished:
                table.add(_response(form, answer))
        path = folder / f"{form.name}.csv"
        write(path, table.text)
        written.append(Written(path, table.rows - 1))
    return written


def _response(form: Survey, answer: Answer) -> list[str]:
    link = common.link(answer.contact)
    return [
        hexadecimal("typeform response", answer.id),
        *(_cell(answer, question) for question in form.questions),
        link.get("ticket_id", ""),
        link.get("call_id", ""),
        common.email(answer),
        "completed",
        _time(answer.at - common.FINISHED_IN),
        _time(answer.at),
        hexadecimal("typeform network", answer.id)[:10],
        "",
    ]


def _cell(answer: Answer, question: Question) -> str:
    """An answer; of a yes/no question 1 is yes and 0 is no."""
    said = common.said(answer, question)
    if said is None:
        return ""
    return str(int(said == 1)) if question is common.FCR else str(said)


def _time(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"
