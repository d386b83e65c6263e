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
    HUMAN_AGENTS,
    MINUTE,
    PARIS,
    Contact,
    World,
    paris,
)

Span = tuple[int, int]  # from the first instant to the second, excluded

SHORTEST_TASK = 3 * MINUTE  # a short call has its wrap-up too
WAITS = (88, 343)  # seconds around a contact, however long it takes
# Percent of a login by which it begins after, and ends before, what was planned.
MARGIN = (0, 2)
STAYS_LATE = 0.15
LONG_WAIT, HAS_BREAK = 3 * MINUTE, 0.3
CLOCK_CHANGES = (date(2025, 3, 30), date(2025, 10, 26), date(2026, 3, 29))
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
    "activity": "agents serve other shops too: only the time given to this one, around "
    "the contacts they were first to answer; seconds of the union of an agent's "
    "intervals, by day in Europe/Paris; logged_in is the union of logged_in, "
    "available, on_contact and wrap; adherent its overlap with scheduled",
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
class Task:
    """Work that came to an agent at some time, how long it took, and how long the
    agent waited before and after."""

    agent: int
    at: int
    seconds: int
    idle: int


@dataclass(frozen=True)
class Turn:
    """A task as it was done: waiting, in contact, wrapping up, waiting again."""

    start: int
    contact: int
    wrap: int
    done: int
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


def activity(world: World) -> list[Activity]:
    """Everything the agents' tools recorded, oldest first."""
    dice = Dice(world.seed, "activity")
    by_agent: dict[int, list[Task]] = {}
    for task in sorted(_tasks(world, dice), key=lambda task: (task.at, task.agent)):
        by_agent.setdefault(task.agent, []).append(task)
    rows = [
        row
        for agent, tasks in by_agent.items()
        for slot in _slots(tasks, dice)
        for row in _slot(employee_number(agent), slot, dice)
    ]
    logins = [row for row in rows if row.state == "logged_in"]
    for login in dice.some(logins, SECOND_LOGINS):
        start, end = (login.start + login.end) // 2, login.end + 2 * MINUTE
        rows.append(Activity(login.agent, "logged_in", start, end))
    rows = [
        Activity(row.agent, row.state, row.start, min(row.end, AS_OF))
        for row in rows
        if row.start < AS_OF
    ]
    return sorted(rows, key=lambda row: (row.start, row.agent, row.state))


def first_answer(contact: Contact) -> tuple[int, int] | None:
    """When a human first answered, and which agent; None when nobody did."""
    call = contact.call
    if call and call.outcome == "answered":
        return call.entered_at + call.wait, call.agent.id
    events = contact.ticket.events if contact.ticket else []
    for event in events:
        if event.public and event.author in HUMAN_AGENTS:
            return event.at, event.author
    return None


def _tasks(world: World, dice: Dice) -> Iterator[Task]:
    """The contacts, each with the agent who answered it first, and the nights."""
    for contact in world.contacts:
        answer = first_answer(contact)
        if answer:
            spent = contact.ticket.seconds_spent if contact.ticket else 0
            talk = contact.call.talk if contact.call else 0
            at, agent = answer
            seconds = max(spent, talk, SHORTEST_TASK)
            yield Task(agent, at, seconds, dice.between_in_turn("wait", *WAITS))
    chat = [agent.id for agent in AGENTS if agent.group == CHAT]
    for number, day in enumerate(CLOCK_CHANGES):
        before_midnight = _at(day - timedelta(days=1), time(23, 50))
        yield _night(chat[number], before_midnight, _at(day, time(0, 10)))
        yield _night(chat[number + 1], _at(day, time(1, 30)), _at(day, time(3, 30)))


def _night(agent: int, start: int, end: int) -> Task:
    """A night slot of a usual occupancy, for work no contact tells of."""
    idle = (end - start) * 24 // 100
    return Task(agent, start + idle // 2, end - start - idle, idle)


def _slots(tasks: Iterable[Task], dice: Dice) -> list[list[Turn]]:
    """One agent's turns, those that touch in one slot. A contact answered during an
    earlier turn is worked on after it, so that no two are in hand at once."""
    slots: list[list[Turn]] = []
    for task in tasks:
        before = task.idle * dice.between(20, 80) // 100
        free_from = slots[-1][-1].end if slots else 0
        start = max(task.at - before, free_from)
        contact = start + before
        wrap = contact + task.seconds * dice.between(80, 90) // 100
        end = start + task.idle + task.seconds
        turn = Turn(start, contact, wrap, contact + task.seconds, end)
        if start > free_from:
            slots.append([])
        slots[-1].append(turn)
    return slots


def _slot(agent: str, turns: list[Turn], dice: Dice) -> Iterator[Activity]:
    """What was scheduled, the login and the work in it."""
    start, end = turns[0].start, turns[-1].end
    yield Activity(agent, "scheduled", *_schedule(start, end, dice))
    yield Activity(agent, "logged_in", start, end)
    for turn in turns:
        yield from _wait(agent, turn.start, turn.contact, dice)
        yield Activity(agent, "on_contact", turn.contact, turn.wrap)
        yield Activity(agent, "wrap", turn.wrap, turn.done)
        yield from _wait(agent, turn.done, turn.end, dice)


def _schedule(start: int, end: int, dice: Dice) -> Span:
    """Whole minutes around a login that came late and ended early, or overran."""
    margin = (end - start) * dice.between(*MARGIN) // 100
    planned_from = (start - margin) // MINUTE * MINUTE
    if dice.chance(STAYS_LATE):
        overrun = (end - start) * dice.between(5, 15) // 100
        planned_until = (end - overrun) // MINUTE * MINUTE
    else:
        planned_until = -(-(end + margin) // MINUTE) * MINUTE
    return planned_from, max(planned_until, planned_from + MINUTE)


def _wait(agent: str, start: int, end: int, dice: Dice) -> Iterator[Activity]:
    """Time without a contact, a long one with a break now and then."""
    if end - start >= LONG_WAIT and dice.chance(HAS_BREAK):
        break_end = start + dice.between(2 * MINUTE, LONG_WAIT - 1)
        yield Activity(agent, "break", start, break_end)
        start = break_end
    yield Activity(agent, "available", start, end)


def write_activity(world: World, folder: Path) -> list[Written]:
    """Write the activity of each year; the second file repeats the end of the first."""
    rows = activity(world)
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
    for row in activity(world):
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
