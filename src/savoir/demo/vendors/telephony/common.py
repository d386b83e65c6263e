"""What every telephony system's export tells of a call."""

from collections.abc import Callable, Iterator
from hashlib import md5
from unicodedata import normalize
from uuid import NAMESPACE_URL, uuid5

from savoir.demo.world import AGENTS, AS_OF, DAY, Agent, Call, World

QUEUE = "sav"
LINE = "+33187654321"
MILLISECOND = 1000
PHONE_AGENTS = tuple(agent for agent in AGENTS if agent.extension)


def name_calls(world: World, id_of: Callable[[int], str]) -> None:
    """Give the calls a vendor's ids, of their numbers from 1."""
    for number, call in enumerate(world.calls, start=1):
        call.id = id_of(number)


def rising(number: int, rest: str) -> str:
    """An id that begins with a number: ties between contacts are broken by id, and the
    calls' own ids rise with time."""
    return f"{number:08x}{rest[8:]}"


def uuid(kind: str, key: object) -> str:
    """An id of 36 characters, always the same for the same thing."""
    return str(uuid5(NAMESPACE_URL, f"https://maisonlumen.example.com/{kind}/{key}"))


def hexadecimal(kind: str, key: object) -> str:
    """An id of 32 hexadecimal digits, always the same for the same thing."""
    return md5(f"{kind} {key}".encode(), usedforsecurity=False).hexdigest()


def user_name(agent: Agent) -> str:
    """First letter and last name, as people sign in: fdiarra."""
    first, *_, last = normalize("NFD", agent.name).encode("ascii", "ignore").split()
    return (first[:1] + last).decode().lower()


def caller(call: Call) -> str | None:
    """The caller's number (+33…); None where it was withheld."""
    return call.person.phone if call.person else None


def is_lost(call: Call) -> bool:
    """Whether the telephone exchange lost it."""
    return call.outcome == "unfinished" and not is_under_way(call)


def ring_of(call: Call) -> int:
    """Seconds for which the telephone of the agent who answered rang."""
    return min(call.wait, 6)


def picked_up_at(call: Call) -> int:
    """When the call left the queue: an agent answered, or it was given up."""
    return call.entered_at + call.wait


def is_under_way(call: Call) -> bool:
    """Whether it had not ended at the horizon."""
    return call.outcome == "unfinished" and call.entered_at > AS_OF - DAY


def ended(world: World) -> Iterator[Call]:
    """The calls of which a system knows that writes them down when they end."""
    return (call for call in world.calls if not is_under_way(call))
