"""What the shop sent on its own account: warnings of delays, and a SERVQUAL survey."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from savoir.demo.dice import Dice, planted
from savoir.demo.exports import (
    has_known_email,
    response_cells,
    score_cell,
    write_survey,
)
from savoir.demo.files import Table, Written, local_month, write
from savoir.demo.surveys import with_ids
from savoir.demo.world import (
    AS_OF,
    DAY,
    HOUR,
    MINUTE,
    Answer,
    Contact,
    Person,
    World,
    paris,
)

MESSAGE_COLUMNS = (
    "message_id",
    "sent_at",
    "customer_id",
    "customer_email",
    "engaged_at",
    "campaign",
)
MESSAGES = 1200  # at scale 1
ENGAGED = 0.35
WINDOW = 7 * DAY
# shares of messages drawn before a contact: some days later the customer gets in touch
CONTACTS_AFTER = {True: 0.04, False: 0.12}
CAMPAIGNS = (("retard_livraison", 0.8), ("rappel_produit", 0.2))

RESPONDENTS = 310  # at scale 1; the last ones answer after the horizon
UNFINISHED = 0.07
BLANK = 0.04
SERVQUAL_SURVEY = "Enquete SERVQUAL"
# what a good service does, and the weights of how far Maison Lumen is from it
NEAR = ((-2, 9), (-1, 28), (0, 45), (1, 18))
FAR = ((-3, 10), (-2, 22), (-1, 34), (0, 26), (1, 8))
DIMENSIONS = {
    "tangibles": ("Des courriers et un site clairs et soignés", NEAR),
    "reliability": ("Des promesses tenues dès la première fois", NEAR),
    "responsiveness": ("Une aide rapide, sans attendre", FAR),
    "assurance": ("Des conseillers compétents qui inspirent confiance", NEAR),
    "empathy": ("Une attention à mon cas personnel", NEAR),
}

DEFINITIONS = {
    "proactive_contacts": "messages a week old at the horizon (den), and those the "
    "person followed with a countable contact up to 7 days later (num)",
    "servqual": "finished answers; a pair is a perception and an expectation of one "
    "dimension, gap the sum of their differences",
}


@dataclass(frozen=True)
class Message:
    """One message to one customer, and when they opened it, if they did."""

    at: int
    person: Person
    engaged_at: int | None
    campaign: str


@dataclass
class ServqualAnswer(Answer):
    """What one respondent expected and perceived, per dimension, from 1 to 7; None
    where a question was left blank."""

    expected: dict[str, int | None] = field(default_factory=dict)
    perceived: dict[str, int | None] = field(default_factory=dict)


# ---------- proactive messages


def messages(world: World) -> list[Message]:
    """Warnings to customers who ordered, oldest first."""
    dice = Dice(world.seed, "proactive")
    times = _ContactTimes(world)
    orders = [
        order
        for order in world.orders
        if order.at <= AS_OF - 8 * DAY and _is_reachable(order.person)
    ]
    contacts = [
        contact
        for contact in world.contacts
        if contact.person
        and _is_reachable(contact.person)
        and min(o.at for o in contact.person.orders) < contact.opened_at - 8 * DAY
    ]

    def sending(is_engaged: bool) -> tuple[Person, int]:
        if contacts and dice.chance(CONTACTS_AFTER[is_engaged]):
            contact = dice.pick(contacts)
            before = dice.between(12 * HOUR, 6 * DAY)
            return contact.person, dice.awake(contact.opened_at - before)
        while True:
            order = dice.pick(orders)
            at = dice.awake(order.at + dice.between(DAY, 5 * DAY))
            if not times.follow(order.person, at):
                return order.person, at

    def message(person: Person, at: int, is_engaged: bool) -> Message:
        opened_at = at + dice.mostly_low(MINUTE, 2 * DAY)
        engaged_at = min(opened_at, AS_OF) if is_engaged else None
        return Message(at, person, engaged_at, dice.weighted(CAMPAIGNS))

    found = []
    for _ in range(planted(MESSAGES, world.scale)):
        is_engaged = dice.chance(ENGAGED)
        found.append(message(*sending(is_engaged), is_engaged))
    # the last instant of the window, and one second after it
    for contact, wait in zip(contacts, (WINDOW, WINDOW + 1), strict=False):
        found.append(message(contact.person, contact.opened_at - wait, False))
    return sorted(found, key=lambda sent: (sent.at, sent.person.email))


def _is_reachable(person: Person) -> bool:
    """Whether the address alone tells who it is."""
    return bool(person.orders) and has_known_email(person) and not person.shares_phone


class _ContactTimes:
    """When each person contacted the service."""

    def __init__(self, world: World) -> None:
        self._opened: dict[int, list[int]] = {}
        for contact in world.contacts:
            if contact.person:
                times = self._opened.setdefault(id(contact.person), [])
                times.append(contact.opened_at)

    def follow(self, person: Person, at: int) -> bool:
        """Whether the person did so in the window after an instant."""
        times = self._opened.get(id(person), [])
        return any(at < opened_at <= at + WINDOW for opened_at in times)


def write_proactive_messages(world: World, folder: Path) -> list[Written]:
    """Write the messages, one of them without a readable time."""
    table = Table()
    table.add(MESSAGE_COLUMNS)
    found = messages(world)
    for number, message in enumerate(found, start=1):
        engaged_at = message.engaged_at
        opened = paris(engaged_at).isoformat() if engaged_at is not None else ""
        rest = ["", message.person.email, opened, message.campaign]
        table.add([f"PM-{number:06d}", paris(message.at).isoformat(), *rest])
        if number == len(found) // 2:
            table.add_wrong(["PM-000000", "hier", *rest])
    path = folder / "proactive_messages.csv"
    write(path, table.text)
    return [Written(path, table.rows - 1, table.rejected_lines)]


# ---------- SERVQUAL


def servqual_answers(world: World) -> list[ServqualAnswer]:
    """Answers of some customers, weeks after a resolved ticket, oldest first."""
    dice = Dice(world.seed, "servqual")
    candidates = [c for c in world.contacts if c.person and c.ticket and c.is_resolved]
    answers = [
        _servqual_answer(contact, dice)
        for contact in dice.some(candidates, planted(RESPONDENTS, world.scale))
    ]
    return with_ids(answers, dice)


def _servqual_answer(contact: Contact, dice: Dice) -> ServqualAnswer:
    at = dice.awake(contact.ended_at + dice.between(10 * DAY, 24 * DAY))
    answer = ServqualAnswer(at, contact.person, contact)
    answer.is_finished = not dice.chance(UNFINISHED)
    for dimension, (_, weights) in DIMENSIONS.items():
        expected = dice.weighted(((7, 30), (6, 42), (5, 22), (4, 6)))
        perceived = min(7, max(1, expected + dice.weighted(weights)))
        answer.expected[dimension] = None if dice.chance(BLANK) else expected
        answer.perceived[dimension] = None if dice.chance(BLANK) else perceived
    return answer


def write_servqual(world: World, folder: Path) -> list[Written]:
    """Write the survey: all expectations first, then all perceptions."""
    dice = Dice(world.seed, "servqual export")
    rows = [
        [
            *response_cells(answer, dice),
            *[score_cell(answer.expected[dimension]) for dimension in DIMENSIONS],
            *[score_cell(answer.perceived[dimension]) for dimension in DIMENSIONS],
            *_contact_ids(answer.contact, dice),
        ]
        for answer in servqual_answers(world)
    ]
    return [write_survey(SERVQUAL_SURVEY, _servqual_columns(), rows, [], folder)]


def _servqual_columns() -> tuple[tuple[str, str, str], ...]:
    halves = (
        ("Q_EXP", "Ce que vous attendez d'un service client"),
        ("Q_PERC", "Ce que vous avez vécu chez Maison Lumen"),
    )
    questions = [
        (f"{half}_{dimension.upper()}", f"{heading} : {statement.lower()} (1 à 7)")
        for half, heading in halves
        for dimension, (statement, _) in DIMENSIONS.items()
    ]
    return (
        *((name, label, f"QID{i}") for i, (name, label) in enumerate(questions, 1)),
        ("ticket_id", "ticket_id", "ticket_id"),
        ("call_id", "call_id", "call_id"),
    )


def _contact_ids(contact: Contact, dice: Dice) -> list[str]:
    """The ticket's id, its call's, or both."""
    if contact.call is None:
        return [str(contact.ticket.id), ""]
    shown = dice.pick(("ticket", "call", "both"))
    return [
        "" if shown == "call" else str(contact.ticket.id),
        "" if shown == "ticket" else contact.call.id,
    ]


# ---------- truth


def truth(world: World) -> dict:
    """What a correct warehouse finds in these files, as plain values."""
    sent = messages(world)
    by_month: dict[str, Counter[str]] = {}
    for message in sent:
        month = by_month.setdefault(local_month(message.at), Counter())
        month.update(delivered=1, engaged=int(message.engaged_at is not None))
    months: dict[str, Counter[str]] = {}
    dimensions: dict[str, Counter[str]] = {}
    for month, dimension, gap in _gaps(servqual_answers(world)):
        months.setdefault(month, Counter()).update(pairs=1, gap=gap)
        dimensions.setdefault(dimension, Counter()).update(pairs=1, gap=gap)
    return {
        "proactive": {month: dict(counts) for month, counts in by_month.items()},
        "proactive_contacts": _followed(sent, _ContactTimes(world)),
        "servqual": {month: dict(counts) for month, counts in months.items()},
        "servqual_by_dimension": {d: dict(counts) for d, counts in dimensions.items()},
    }


def _followed(sent: list[Message], times: _ContactTimes) -> dict[str, dict[str, int]]:
    shares = {"engaged": {"num": 0, "den": 0}, "ignored": {"num": 0, "den": 0}}
    for message in sent:
        if message.at + WINDOW <= AS_OF:
            share = shares["ignored" if message.engaged_at is None else "engaged"]
            share["den"] += 1
            share["num"] += times.follow(message.person, message.at)
    return shares


def _gaps(answers: list[ServqualAnswer]) -> list[tuple[str, str, int]]:
    """Month, dimension and gap of each pair that counts."""
    return [
        (local_month(answer.at), dimension, perceived - expected)
        for answer in answers
        if answer.counts
        for dimension, expected in answer.expected.items()
        if (perceived := answer.perceived[dimension]) is not None
        and expected is not None
    ]
