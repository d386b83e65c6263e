"""The experiment of 2025: whom it drew, and what the personal answer was worth."""

from pathlib import Path

from savoir.demo.effects import by_person, chance_between
from savoir.demo.files import Table, Written, utc, write
from savoir.demo.tally import mean_of
from savoir.demo.world import EXPERIMENT, REPURCHASE_WINDOW, Contact, World

COLUMNS = ("experiment_id", "customer_id", "arm", "assigned_at")

DEFINITIONS = {
    "experiments": "contacts by which customers were drawn, by arm; points between the "
    "arms' mean chances of a valid order in the 30 days after the assignment",
}


def assigned(world: World) -> list[Contact]:
    """The contacts by which customers were drawn, oldest first."""
    return [contact for contact in world.contacts if contact.arm]


def write_assignments(world: World, folder: Path) -> list[Written]:
    """Write who got which answer; whatever helpdesk there is knows the e-mail."""
    table = Table()
    table.add(COLUMNS)
    for contact in assigned(world):
        at = utc(contact.opened_at)
        table.add([EXPERIMENT, contact.person.email, contact.arm, at])
    path = folder / "experiment_assignments_2025.csv"
    write(path, table.text)
    return [Written(path, table.rows - 1)]


def truth(world: World) -> dict:
    """The arms and the planted difference, as plain values."""
    chances: dict[str, list[float]] = {"treatment": [], "control": []}
    for found in by_person(world):
        for one in found:
            first = one.issue.contacts[0]
            if first.arm:
                until = first.opened_at + REPURCHASE_WINDOW
                chance = chance_between(found, first.opened_at, until)
                chances[first.arm].append(chance)
    drawn = assigned(world)
    arms = {
        arm: [contact.source_id for contact in drawn if contact.arm == arm]
        for arm in chances
    }
    points = 100 * (mean_of(chances["treatment"]) - mean_of(chances["control"]))
    return {"experiments": {EXPERIMENT: {**arms, "points": points}}}
