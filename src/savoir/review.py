"""What to talk about on Monday: the weekly review in a terminal."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.text import Text

from savoir.printing import (
    MISSING,
    Texts,
    format_date,
    format_value,
    read_rows,
    texts_in,
)

SECTIONS = ("dearest_issue", "warmest_verbatim", "contact_of_the_week")

TEXTS: Texts = {
    "en": {
        "title": "Review of the week from {start} to {end}",
        "running": "The week is not over: the review may still change.",
        "dearest_issue": "Dearest issues",
        "warmest_verbatim": "Warmest verbatims",
        "contact_of_the_week": "Contact of the week",
        "nothing": "none",
        "contact": "contact",
        "contacts": "contacts",
        "of_seven": "of 7",
        "about": "about",
        "handled": "handled in",
        "no_comment": "(no longer in the raw exports)",
        "delighted_after_a_reopening": "Delighted after a reopening",
        "delighted_after_an_escalation": "Delighted after an escalation",
        "delighted_after_a_transfer": "Delighted after a transfer",
        "delighted_after_the_most_work": "Delighted after the most work",
        "most_work_of_the_week": "Most work of the week",
    },
    "fr": {
        "title": "Revue de la semaine du {start} au {end}",
        "running": "La semaine n'est pas finie : la revue peut encore changer.",
        "dearest_issue": "Problèmes les plus coûteux",
        "warmest_verbatim": "Verbatims les plus chaleureux",
        "contact_of_the_week": "Demande de la semaine",
        "nothing": "aucun",
        "contact": "demande",
        "contacts": "demandes",
        "of_seven": "sur 7",
        "about": "à propos de",
        "handled": "traitée en",
        "no_comment": "(absent des exports bruts)",
        "delighted_after_a_reopening": "Client ravi après une réouverture",
        "delighted_after_an_escalation": "Client ravi après une escalade",
        "delighted_after_a_transfer": "Client ravi après un transfert",
        "delighted_after_the_most_work": "Client ravi après le plus long travail",
        "most_work_of_the_week": "Le plus long travail de la semaine",
    },
}

# The latest complete week, or the one asked for.
WEEK = """
select
    review.week_start_date,
    bool_and(periods.last_landed_date = periods.period_end_date) as is_complete
from kpis.rpt_weekly_review as review
inner join core.dim_periods as periods
    on
        periods.period_grain = 'week'
        and review.week_start_date = periods.period_start_date
group by review.week_start_date
having
    case
        when $monday::date is null then is_complete
        else review.week_start_date = $monday
    end
order by review.week_start_date desc
limit 1
"""

WEEKS = """
select min(week_start_date) as first_week, max(week_start_date) as last_week
from kpis.rpt_weekly_review
"""

REVIEW = """
select
    review.*,
    coalesce(channels.label_{language}, review.channel) as channel_label,
    coalesce(reasons.label_{language}, review.contact_reason) as reason_label
from kpis.rpt_weekly_review as review
left join core.dim_channels as channels on review.channel = channels.channel
left join core.dim_contact_reasons as reasons
    on review.contact_reason = reasons.contact_reason
where review.week_start_date = $monday
order by review.section, review.place
"""

# What customers wrote goes no further than staging: response id and comment, by system.
COMMENTS = {
    "zendesk": """
        select rating_id as source_id, comment
        from staging.stg_zendesk__satisfaction_ratings
        where rating_id in (select unnest($ids))
    """,
    "qualtrics": """
        select
            responses.response_source_id as source_id,
            string_agg(
                json_extract_string(
                    responses.answers, '$."' || questions.question_key || '"'
                ),
                chr(10)
                order by questions.question_key
            ) as comment
        from staging.stg_qualtrics__responses as responses
        inner join reference.survey_questions as questions
            on
                responses.survey_id = questions.survey_id
                and questions.source_system = 'qualtrics'
                and questions.question_type = 'comment'
        where responses.response_source_id in (select unnest($ids))
        group by responses.response_source_id
    """,
}
# ... and in the systems that state the generic contract.
STATED_COMMENTS = """
    select response_source_id as source_id, max(comment) as comment
    from staging.stg_{system}__survey_responses
    where response_source_id in (select unnest($ids))
    group by response_source_id
"""


class ReviewError(Exception):
    """There is no such week to review, or what customers wrote cannot be read."""


def print_review(
    database: Path,
    console: Console,
    *,
    day: date | None = None,
    with_verbatims: bool = False,
    language: str = "en",
) -> None:
    """Print the review of the week of a day, by default of the latest complete week.

    What customers wrote is read and shown with `with_verbatims` only. Raises
    `ReviewError`, and `ValueError` for a language other than en and fr.
    """
    texts = texts_in(TEXTS, language)
    with duckdb.connect(database, read_only=True) as connection:
        week = _find_week(connection, day)
        monday = week["week_start_date"]
        rows = read_rows(
            connection, REVIEW.format(language=language), {"monday": monday}
        )
        comments = _read_comments(connection, rows) if with_verbatims else None
    title = texts["title"].format(
        start=format_date(monday, language),
        end=format_date(monday + timedelta(days=6), language),
    )
    console.print(Text(title, style="bold"))
    if not week["is_complete"]:
        console.print(Text(texts["running"], style="dim"))
    for section in SECTIONS:
        console.print(Text(f"\n{texts[section]}", style="bold"))
        chosen = [row for row in rows if row["section"] == section]
        if not chosen:
            console.print(Text(f"  {texts['nothing']}", style="dim"))
        for row in chosen:
            _print_row(row, comments, console, language)


def _find_week(connection: duckdb.DuckDBPyConnection, day: date | None) -> dict:
    monday = day - timedelta(days=day.weekday()) if day else None
    found = read_rows(connection, WEEK, {"monday": monday})
    if found:
        return found[0]
    if monday is None:
        raise ReviewError("no complete week has anything to review")
    (weeks,) = read_rows(connection, WEEKS)
    if weeks["first_week"] is None:
        raise ReviewError("no week has anything to review")
    raise ReviewError(
        f"nothing to review in the week of {monday}: there are weeks from "
        f"{weeks['first_week']} to {weeks['last_week']}"
    )


def _read_comments(
    connection: duckdb.DuckDBPyConnection, rows: list[dict]
) -> dict[str, str]:
    """Return what customers wrote, by record id."""
    ids: dict[str, list[str]] = {}
    for row in rows:
        if row["section"] == "warmest_verbatim":
            system, _, source_id = row["record_id"].partition(":")
            ids.setdefault(system, []).append(source_id)
    comments = {}
    for system, source_ids in ids.items():
        sql = COMMENTS.get(system, STATED_COMMENTS.format(system=system))
        try:
            found = read_rows(connection, sql, {"ids": source_ids})
        except duckdb.Error as error:
            raise ReviewError(
                f"cannot read what customers wrote in {system}: staging reads the "
                "landed files where dbt found them, so run this in the folder where "
                f"dbt ran, with those files in place ({error})"
            ) from error
        for row in found:
            comments[f"{system}:{row['source_id']}"] = row["comment"]
    return comments


def _print_row(
    row: dict, comments: dict[str, str] | None, console: Console, language: str
) -> None:
    head = Text(f"  {row['place']}. ")
    head.append(_why(row, language), style="bold")
    # lines are never cut: an id or a link that lost its end leads nowhere
    console.print(head, soft_wrap=True)
    console.print(Text(f"     {_where(row)}"), soft_wrap=True)
    console.print(Text(f"     {_record(row, language)}"), soft_wrap=True)
    if row["source_url"] is not None:
        link = Text(row["source_url"], style=Style(link=row["source_url"]))
        console.print(Text("     ") + link, soft_wrap=True)
    if comments is not None and row["section"] == "warmest_verbatim":
        comment = comments.get(row["record_id"])
        written = f"“{_plain(comment)}”" if comment else TEXTS[language]["no_comment"]
        console.print(Padding(Text(written, style="italic"), (0, 0, 0, 5)))


def _why(row: dict, language: str) -> str:
    texts, value = TEXTS[language], row["review_value"]
    if row["section"] == "dearest_issue":
        contacts = texts["contact" if row["weight"] == 1 else "contacts"]
        count = format_value(row["weight"], "count", language)
        return f"{format_value(value, 'eur', language)}, {count} {contacts}"
    if row["section"] == "warmest_verbatim":
        return f"{format_value(value, 'scale_1_7', language)} {texts['of_seven']}"
    handled = format_value(value, "seconds", language)
    return f"{texts[row['chosen_because']]}, {texts['handled']} {handled}"


def _where(row: dict) -> str:
    parts = (row["channel_label"], row["reason_label"], row["team"])
    return " · ".join(part or MISSING for part in parts)


def _record(row: dict, language: str) -> str:
    if row["contact_id"] in (None, row["record_id"]):
        return row["record_id"]
    return f"{row['record_id']} {TEXTS[language]['about']} {row['contact_id']}"


def _plain(comment: str) -> str:
    """Return what a customer wrote without what would command the terminal."""
    return "".join(
        letter if letter.isprintable() or letter == "\n" else " " for letter in comment
    ).strip()
