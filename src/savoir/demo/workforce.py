"""What the workforce tool recorded: when agents worked, and how well."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from savoir.demo.dice import Dice
from savoir.demo.files import Table, Written, local_month, write
from savoir.demo.world import (
    AGENTS,
    AS_OF,
    CHAT,
    DAY,
    HOLIDAYS,
    HOUR,
    HUMAN_AGENTS,
    MINUTE,
    PARIS,
    START,
    Agent,
    Contact,
    World,
    paris,
)

Span = tuple[int, int]  # from the first instant to the second, excluded

MORNING, AFTERNOON = (time(9), time(12, 30)), (time(13, 30), time(18))
NIGHT = (time(20), time(4))

ABSENT = 0.02
STAYS_LATE = 0.15
SHOWS_AVAILABLE = 0.3
SECOND_LOGINS = 8
REPEATED_ROWS = 12  # last rows of 2025 that the file of 2026 begins with
REVIEW_COLUMNS = (
    "review_id",
    "contact_id",
    "agent_id",
    "points",
    "possible_points",
    "reviewed_at",
)
REVIEWED = 0.06
POSSIBLE_POINTS = 20
LOST_POINTS = tuple(enumerate((9, 18, 23, 19, 12, 8, 6, 3, 2)))

# What is measured, and the states in which an agent counts as being in it.
KINDS = {
    "logged_in": ("logged_in", "available", "on_contact", "wrap"),
    "contact": ("on_contact",),
    "wrap": ("wrap",),
    "scheduled": ("scheduled",),
}

DEFINITIONS = {
    "activity": "seconds of the union of an agent's intervals, by day in Europe/Paris; "
    "logged_in is the union of logged_in, available, on_contact and wrap; adherent its "
    "overlap with scheduled",
    "quality": "by the month of the review",
}


@dataclass(frozen=True)
class Activity:
    """One agent, by employee number, in one state for a while."""

    agent: str
    state: str
    start: int
    end: int


@dataclass(frozen=True)
class Review:
    """One contact scored by a reviewer."""

    at: int
    contact_id: str
    agent: str
    points: int


def employee_number(agent_id: int) -> str:
    """Under which number the workforce tool knows a helpdesk agent."""
    return f"E{agent_id % 1000:03d}"


# ---------- spans of time


def union(spans: Iterable[Span]) -> list[Span]:
    """The instants in any of the spans, as spans that do not touch, oldest first."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def overlap(one: list[Span], other: list[Span]) -> list[Span]:
    """The instants in both of two unions."""
    found, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return found


def seconds_by_month(spans: Iterable[Span]) -> Counter[str]:
    """Length of the spans in seconds, by the month of the day in Paris."""
    seconds: Counter[str] = Counter()
    for start, end in spans:
        while start < end:
            until = min(end, _at(paris(start).date() + timedelta(days=1), time(0)))
            seconds[local_month(start)] += until - start
            start = until
    return seconds


def _at(day: date, clock: time) -> int:
    return int(datetime.combine(day, clock, PARIS).timestamp())


# ---------- activity


def activity(seed: int) -> list[Activity]:
    """Everything the agents' tools recorded, oldest first."""
    dice = Dice(seed, "activity")
    rows = [
        row
        for agent, sessions in _shifts()
        for row in _shift(employee_number(agent.id), sessions, dice)
    ]
    logins = [row for row in rows if row.state == "logged_in"]
    for login in dice.some(logins, SECOND_LOGINS):
        start, end = login.end - 40 * MINUTE, login.end + 12 * MINUTE
        rows.append(Activity(login.agent, "logged_in", start, end))
    rows = [
        Activity(row.agent, row.state, row.start, min(row.end, AS_OF))
        for row in rows
        if row.start < AS_OF
    ]
    return sorted(rows, key=lambda row: (row.start, row.agent, row.state))


def _shifts() -> Iterator[tuple[Agent, list[Span]]]:
    """Who was to work, and the sessions of the shift."""
    chat = [agent for agent in AGENTS if agent.group == CHAT]
    number_of_days = (paris(AS_OF).date() - paris(START).date()).days + 1
    for number in range(number_of_days):
        day = paris(START).date() + timedelta(days=number)
        # who works tonight is off tomorrow
        tonight = chat[number % len(chat)] if chat else None
        last_night = chat[(number - 1) % len(chat)] if chat else None
        for index, agent in enumerate(AGENTS):
            if agent.left_at and _at(day, time(0)) >= agent.left_at:
                continue
            if agent is tonight:
                yield agent, [(_at(day, NIGHT[0]), _at(day + timedelta(1), NIGHT[1]))]
            elif agent is not last_night and _works_by_day(index, day):
                sessions = (MORNING, AFTERNOON)
                yield agent, [(_at(day, a), _at(day, b)) for a, b in sessions]


def _works_by_day(index: int, day: date) -> bool:
    """Monday to Saturday but for a day off, another one every week."""
    day_off = (day.isocalendar().week + index) % 6
    return day.weekday() not in (6, day_off) and day not in HOLIDAYS


def _shift(agent: str, sessions: list[Span], dice: Dice) -> Iterator[Activity]:
    is_absent = dice.chance(ABSENT)
    for number, (start, end) in enumerate(sessions, start=1):
        yield Activity(agent, "scheduled", start, end)
        if not is_absent:
            is_last = number == len(sessions)
            yield from _session(agent, start, end, dice, is_last=is_last)


def _session(
    agent: str, start: int, end: int, dice: Dice, *, is_last: bool
) -> Iterator[Activity]:
    """A login and the work in it; the last one of a shift has the break."""
    start += dice.mostly_low(0, 30 * MINUTE)
    if is_last and dice.chance(STAYS_LATE):
        end += dice.between(5 * MINUTE, 30 * MINUTE)
    else:
        end -= dice.mostly_low(0, 30 * MINUTE)
    yield Activity(agent, "logged_in", start, end)
    rounds = 2 if end - start > 6 * HOUR else 1
    length = (end - start) // rounds
    for number in range(rounds):
        has_break = is_last and number == rounds - 1
        begin = start + number * length
        yield from _round(agent, begin, begin + length, dice, has_break=has_break)


def _round(
    agent: str, start: int, end: int, dice: Dice, *, has_break: bool
) -> Iterator[Activity]:
    """Some time without a contact, then contacts, then their wrap-up."""
    busy = (end - start) * dice.between(68, 84) // 100
    wrap_from = end - busy * dice.between(12, 22) // 100
    contact_from = end - busy
    if has_break:
        break_end = min(start + dice.between(8 * MINUTE, 15 * MINUTE), contact_from)
        yield Activity(agent, "break", start, break_end)
        start = break_end
    if start < contact_from and dice.chance(SHOWS_AVAILABLE):
        yield Activity(agent, "available", start, contact_from)
    yield Activity(agent, "on_contact", contact_from, wrap_from)
    yield Activity(agent, "wrap", wrap_from, end)


def write_activity(world: World, folder: Path) -> list[Written]:
    """Write the activity of each year; the second file repeats the end of the first."""
    rows = activity(world.seed)
    first = [row for row in rows if paris(row.start).year == 2025]
    second = rows[len(first) :]
    repeated = first[-REPEATED_ROWS:]
    lunch = first[len(first) // 2]
    wrong = Activity(lunch.agent, "lunch", lunch.start, lunch.end)
    return [
        _write_activity(folder / "agent_activity_2025.csv", first, [wrong]),
        _write_activity(
            folder / "agent_activity_2026.csv", repeated + second, [], len(repeated)
        ),
    ]


def _write_activity(
    path: Path, rows: list[Activity], wrong: list[Activity], repeated: int = 0
) -> Written:
    table = Table()
    table.add(["agent_id", "state", "started_at", "ended_at"])
    middle = len(rows) // 2
    for row in rows[:middle]:
        table.add(_activity_row(row))
    for row in wrong:
        table.add_wrong(_activity_row(row))
    for row in rows[middle:]:
        table.add(_activity_row(row))
    write(path, table.text)
    return Written(path, table.rows - 1, table.rejected_lines, repeated)


def _activity_row(row: Activity) -> list[str]:
    return [
        row.agent,
        row.state,
        paris(row.start).isoformat(),
        paris(row.end).isoformat(),
    ]


# ---------- quality reviews


def reviews(world: World) -> list[Review]:
    """Scores of some handled contacts, oldest first."""
    dice = Dice(world.seed, "quality")
    found = []
    for contact in world.contacts:
        agent_id = handling_agent(contact)
        if agent_id is None or not dice.chance(REVIEWED):
            continue
        at = dice.open_hours(contact.ended_at + dice.between(DAY, 7 * DAY))
        source_id = contact.source_id.split(":")[1]
        points = POSSIBLE_POINTS - dice.weighted(
            (
                (0, 10),
                (1, 19),
                (2, 23),
                (3, 18),
                (4, 12),
                (5, 8),
                (6, 6),
                (8, 3),
                (11, 1),
            )
        )
        if at <= AS_OF:
            found.append(Review(at, source_id, employee_number(agent_id), points))
    return sorted(found, key=lambda review: (review.at, review.contact_id))


def handling_agent(contact: Contact) -> int | None:
    """Agent who last replied, else who answered the call; nobody for a contact that
    no human handled."""
    if contact.ticket:
        replies = [
            event.author
            for event in contact.ticket.events
            if event.public and event.author in HUMAN_AGENTS
        ]
        if replies:
            return replies[-1]
    call = contact.call
    return call.agent.id if call and call.outcome == "answered" else None


def write_quality_reviews(world: World, folder: Path) -> list[Written]:
    """Write the reviews, one of them with its points in words."""
    table = Table()
    table.add(REVIEW_COLUMNS)
    found = reviews(world)
    for number, review in enumerate(found, start=1):
        score = [review.agent, str(review.points), str(POSSIBLE_POINTS)]
        at = paris(review.at).isoformat()
        table.add([f"QR-{number:05d}", review.contact_id, *score, at])
        if number == len(found) // 2:
            score[1] = "dix-sept"
            table.add_wrong(["QR-00000", review.contact_id, *score, at])
    path = folder / "quality_reviews.csv"
    write(path, table.text)
    return [Written(path, table.rows - 1, table.rejected_lines)]


# ---------- truth


def truth(world: World) -> dict:
    """What a correct warehouse finds in these files, as plain values."""
    by_agent: dict[str, list[Activity]] = {}
    for row in activity(world.seed):
        by_agent.setdefault(row.agent, []).append(row)
    by_month: dict[str, Counter[str]] = {}
    totals: dict[str, dict[str, int]] = {}
    for agent, rows in by_agent.items():
        totals[agent] = {}
        for kind, spans in _measured(rows).items():
            seconds = seconds_by_month(spans)
            totals[agent][f"{kind}_seconds"] = seconds.total()
            for month, number in seconds.items():
                by_month.setdefault(month, Counter())[f"{kind}_seconds"] += number
    return {
        "activity": {month: dict(seconds) for month, seconds in by_month.items()},
        "activity_by_agent": totals,
        "quality": _quality(reviews(world)),
    }


def _measured(rows: list[Activity]) -> dict[str, list[Span]]:
    """When one agent was in each kind of activity."""
    spans = {
        kind: union((row.start, row.end) for row in rows if row.state in states)
        for kind, states in KINDS.items()
    }
    return spans | {"adherent": overlap(spans["logged_in"], spans["scheduled"])}


def _quality(found: list[Review]) -> dict[str, dict[str, int]]:
    by_month: dict[str, Counter[str]] = {}
    for review in found:
        month = by_month.setdefault(local_month(review.at), Counter())
        month.update(points=review.points, possible=POSSIBLE_POINTS, reviews=1)
    return {month: dict(counts) for month, counts in by_month.items()}
