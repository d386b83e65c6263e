"""What customers say about it: ratings, answers, the barometer."""

from collections.abc import Iterable

from savoir.demo.dice import Dice, planted
from savoir.demo.files import local_month
from savoir.demo.world import (
    AS_OF,
    DAY,
    JUNE,
    MINUTE,
    RATES,
    START,
    Answer,
    Contact,
    Event,
    Person,
    Rating,
    issues_of,
    paris,
)

COMMENTS_GOOD = (
    "Réponse rapide et claire, merci.",
    "Très bon accueil, problème réglé tout de suite.",
    "Parfait.\nJe recommande le service client.",
    "Conseillère aimable ; échange reçu en deux jours.",
)
COMMENTS_BAD = (
    "J'ai dû relancer plusieurs fois.",
    "Réponse trop tardive, personne ne suit le dossier.",
    "On m'a répondu \"c'est en cours\"\npuis plus rien.",
    "Ballotté d'un service à l'autre.",
)


def survey_service(
    contacts: list[Contact], seed: int, scale: float
) -> tuple[list[Rating], list[Answer]]:
    """Ratings and answers after resolved contacts, each list oldest first."""
    dice = Dice(seed, "surveys")
    settled = _contacts_of_settled_issues(contacts)
    resolved = [c for c in contacts if c.person and c.is_resolved]
    plans = _plans(resolved, dice, scale)
    ratings: list[Rating] = []
    answers: list[Answer] = []
    for number, contact in enumerate(resolved):
        happy = id(contact) in settled
        plan = plans.get(number, "drawn")
        end = contact.ended_at
        if plan == "rated_twice":
            ratings.append(_rated(contact, dice.awake(end + DAY), "bad"))
            ratings.append(_rated(contact, dice.awake(end + 3 * DAY), "good"))
        elif plan == "surveyed_twice":
            answers.append(_answer(dice.awake(end + DAY), contact, False, dice))
            answers.append(_answer(dice.awake(end + 3 * DAY), contact, True, dice))
        elif plan == "rated_and_surveyed":
            ratings.append(_rated(contact, dice.awake(end + DAY), "good"))
            later = _answer(dice.awake(end + 4 * DAY), contact, False, dice)
            later.csat = 2
            answers.append(later)
        else:
            if contact.ticket:
                ratings.append(_rating(contact, happy, dice))
            key = ("surveyed", local_month(end))
            if dice.chance_in_turn(key, RATES.service_survey):
                wait = dice.mostly_low(20 * MINUTE, 20 * DAY)
                if dice.chance(RATES.survey_late):
                    wait = dice.between(29 * DAY, 45 * DAY)
                answer = _answer(dice.awake(end + wait), contact, happy, dice)
                is_satisfied = answer.csat >= 4
                _leave_blanks(answer, dice)
                if _is_given(answer.at, is_satisfied, dice):
                    answers.append(answer)
    for _ in range(planted(3, scale)):
        at = dice.open_hours(dice.between(START + DAY, AS_OF - DAY))
        preview = Answer(at, None, None, 10, 5, 7, 1, "Essai", is_preview=True)
        answers.append(preview)
    ratings = [rating for rating in ratings if rating.at <= AS_OF]
    ratings.sort(key=lambda rating: rating.at)
    for number, rating in enumerate(ratings, start=8_000_001):
        rating.id = number
        if rating.score in ("good", "bad"):
            _record(rating)
    return ratings, with_ids(answers, dice)


def _record(rating: Rating) -> None:
    """A rating is an update of its ticket."""
    ticket = rating.contact.ticket
    event = Event(rating.at, ticket.requester, "web")
    event.changes["satisfaction_score"] = rating.score
    ticket.events.append(event)
    ticket.events.sort(key=lambda event: event.at)


def _contacts_of_settled_issues(contacts: Iterable[Contact]) -> set[int]:
    people = {id(c.person): c.person for c in contacts if c.person}
    return {
        id(issue.contacts[0])
        for person in people.values()
        for issue in issues_of(person)
        if issue.failure is None
    }


def _plans(resolved: list[Contact], dice: Dice, scale: float) -> dict[int, str]:
    """Which contacts get a planted pair of answers: ended early in a month, so that
    both answers fall in it, and by the only contact of a person."""

    def fits(contact: Contact) -> bool:
        return (
            contact.ticket is not None
            and len(contact.person.contacts) == 1
            and paris(contact.ended_at).day <= 20
            and contact.ended_at + 6 * DAY < JUNE
        )

    plans = []
    for name in ("rated_twice", "surveyed_twice", "rated_and_surveyed"):
        plans += [name] * planted(getattr(RATES, name), scale)
    candidates = [number for number, c in enumerate(resolved) if fits(c)]
    return dict(zip(dice.some(candidates, len(plans)), plans, strict=False))


def _is_given(at: int, is_satisfied: bool, dice: Dice) -> bool:
    """Whether an answer is given at all: in June 2026 mostly happy ones are."""
    if at < JUNE:
        return True
    happy, unhappy = RATES.june_happy_answers, RATES.june_unhappy_answers
    kept = happy if is_satisfied else unhappy
    return dice.chance_in_turn(("june answers", is_satisfied), kept)


def _rating(contact: Contact, happy: bool, dice: Dice) -> Rating:
    offered_at = contact.ended_at + DAY
    month = local_month(contact.ended_at)
    if dice.chance_in_turn(("unoffered", month), RATES.zendesk_unoffered):
        return Rating(offered_at, contact, "unoffered", offered_at)
    at = dice.awake(contact.ended_at + dice.mostly_low(15 * MINUTE, 10 * DAY))
    is_rated = dice.chance_in_turn(("rated", month), RATES.zendesk_rated)
    if not is_rated or at > AS_OF:
        return Rating(offered_at, contact, "offered", offered_at)
    good = dice.chance_in_turn(("good", happy, month), 0.93 if happy else 0.54)
    if not _is_given(at, good, dice):
        return Rating(offered_at, contact, "offered", offered_at)
    rating = _rated(contact, at, "good" if good else "bad")
    if dice.chance(0.3):
        rating.comment = dice.pick(COMMENTS_GOOD if good else COMMENTS_BAD)
    return rating


def _rated(contact: Contact, at: int, score: str) -> Rating:
    """Asked for a day after the solution, unless the customer came first."""
    return Rating(at, contact, score, min(contact.ended_at + DAY, at))


def _scale(weights: tuple[int, ...], dice: Dice) -> int:
    """A score from 1 up, in proportion to its weight."""
    return dice.weighted(tuple(enumerate(weights, start=1)))


def _nps(happy: bool, dice: Dice) -> int:
    high = ((10, 34), (9, 28), (8, 18), (7, 9), (6, 5), (5, 3), (3, 2), (1, 1))
    low = ((10, 8), (9, 10), (8, 15), (7, 17), (6, 15), (4, 15), (2, 12), (0, 8))
    return dice.weighted(high if happy else low)


def _answer(at: int, contact: Contact, happy: bool, dice: Dice) -> Answer:
    satisfied, unsatisfied = (1, 2, 4, 37, 56), (9, 15, 17, 38, 21)
    easy, hard = (1, 2, 4, 6, 14, 30, 43), (10, 16, 18, 18, 16, 13, 9)
    answer = Answer(at, contact.person, contact)
    answer.nps = _nps(happy, dice)
    weights = satisfied if happy else unsatisfied
    key = ("csat", happy, local_month(at))
    answer.csat = dice.in_turn(key, tuple(enumerate(weights, start=1)))
    answer.ces = _scale(easy if happy else hard, dice)
    answer.fcr = 1 if dice.chance(0.93 if happy else 0.2) else 2
    if dice.chance(0.35):
        answer.comment = dice.pick(COMMENTS_GOOD if happy else COMMENTS_BAD)
    return answer


def _leave_blanks(answer: Answer, dice: Dice) -> None:
    for question in ("nps", "csat", "ces", "fcr"):
        if dice.chance(RATES.question_blank):
            setattr(answer, question, None)
    if dice.chance(RATES.survey_unfinished):
        answer.is_finished = False
        answer.ces = answer.fcr = answer.comment = None


def survey_relationship(people: list[Person], seed: int, scale: float) -> list[Answer]:
    """Answers to the barometer, sent to customers with orders, without any contact."""
    dice = Dice(seed, "relationship")
    asked = [person for person in people if person.orders]
    answers = []
    for person in dice.some(asked, planted(RATES.relationship_survey, scale)):
        earliest = person.orders[0].at + 10 * DAY
        if earliest > AS_OF - 3 * DAY:
            continue
        at = dice.awake(dice.between(earliest, AS_OF - 2 * DAY))
        answer = Answer(at, person, None, nps=_nps(dice.chance(0.6), dice))
        answer.is_finished = not dice.chance(RATES.survey_unfinished)
        answers.append(answer)
    return with_ids(answers, dice)


def with_ids(answers: list[Answer], dice: Dice) -> list[Answer]:
    """Answers up to the horizon, oldest first, each with a response id."""
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    kept = sorted((a for a in answers if a.at <= AS_OF), key=lambda a: a.at)
    for answer in kept:
        answer.id = "R_" + "".join(dice.pick(letters) for _ in range(15))
    return kept
