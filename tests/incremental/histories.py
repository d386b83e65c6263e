"""Generated histories: small worlds whose exports arrive, change and go in any order.

    for deliver in history(seed):
        deliver(folder)  # the next state of folder/landing and folder/warehouse/raw

Exports are cut by time and arrive in drawn order: what changed later may come first,
and its file's name makes it win all the same.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from savoir.demo.dice import Dice
from savoir.demo.files import Table, euros, utc
from savoir.demo.world import DAY, HOUR, MINUTE
from savoir.landing import land
from savoir.landing.systems.generic import SYSTEM

# From summer to winter time; a team changes its partner on the first of September.
START, DAYS = 1_752_537_600, 120  # 2025-07-15, midnight UTC
END = START + DAYS * DAY
LEDGERS = tuple(f"support_costs_2025-{month:02d}.csv" for month in range(7, 12))

KINDS = (
    "solved later",
    "reopened",
    "answered later",
    "refunded",
    "merged",
    "excluded",
    "restated",
    "deleted",
    "ledger corrected",
    "file removed",
)

# name, tier, site, channels it answers
TEAMS = (
    ("Support N1", "1", "Lyon", ("email", "web", "social")),
    ("Retours", "1", "Lyon", ("email", "web")),
    ("Téléphone N1", "1", "Nantes", ("phone",)),
    ("Chat N1", "1", "Tanger", ("chat",)),
)
SECOND_TIER = ("Support N2", "2", "Lyon")
CHANNELS = (("phone", 35), ("email", 30), ("web", 15), ("chat", 15), ("social", 5))
REASONS = (
    "livraison_retard",
    "produit_defectueux",
    "retour_remboursement",
    "facturation",
    "question_produit",
    "reclamation",
)
PRODUCTS = ("Lampes", "Ampoules", "Cuisine")
CURRENCIES = (("EUR", 90), ("USD", 6), ("GBP", 4))
EXCLUSIONS = ("spam", "test", "merged", "internal", "duplicate")
# question, lowest and highest score
QUESTIONS = (("nps", 0, 10), ("csat", 1, 5), ("ces", 1, 7), ("fcr", 0, 1))

Row = dict[str, object]
Rows = list[tuple[int, Row]]  # each with the number of the customer it is about


@dataclass(frozen=True)
class Delivery:
    """What one landing brings: CSV exports by name (None: the file is gone), and the
    kinds of change to earlier exports among them.
    """

    files: dict[str, str | None]
    changes: frozenset[str]

    def __call__(self, folder: Path) -> None:
        """Bring the exports to folder/landing and land them in folder/warehouse/raw."""
        generic = folder / "landing" / "generic"
        generic.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            if text is None:
                (generic / name).unlink()
            else:
                (generic / name).write_text(text, "utf-8")
        land(folder / "landing", folder / "warehouse" / "raw", show_progress=False)


@dataclass
class Record:
    """A row as first exported, and what it becomes: when, what for and which values.

    `about` is when what it refers to was exported; a later window makes it a `kind`.
    """

    entity: str
    customer: int
    at: int
    row: Row
    changes: list[tuple[int, str, Row]] = field(default_factory=list)
    about: int = END
    kind: str = ""

    def export(self, start: int, end: int) -> Row | None:
        """Return the row as it stood at `end`, if anything befell it since `start`."""
        befell = [self.at, *(at for at, _, _ in self.changes)]
        if not any(start <= at < end for at in befell) or self.at >= end:
            return None
        row = dict(self.row)
        for at, _, values in sorted(self.changes, key=lambda change: change[0]):
            if at < end:
                row |= values
        return row

    def kinds(self, start: int, end: int) -> set[str]:
        """Return how an export of these times changes what an earlier one said."""
        told = [(self.about, self.at, self.kind)]
        told += [(self.at, at, kind) for at, kind, _ in self.changes]
        return {kind for first, at, kind in told if first < start <= at < end} - {""}


@dataclass(frozen=True)
class Customer:
    """Someone with an account, a mailbox and a telephone.

    Before `linked_at` no export names two of them together.
    """

    number: int
    phone: str
    linked_at: int

    def identity(self, dice: Dice, at: int) -> Row:
        """Return the identities that an export made at this time carries."""
        shown = dice.between(1, 3) if at >= self.linked_at else 1
        return dict(dice.some(list(self.known.items()), shown))

    @property
    def known(self) -> Row:
        """Every identity of the customer."""
        return {
            "customer_id": f"C{self.number}",
            "customer_email": f"c{self.number}@example.com",
            "customer_phone": self.phone,
        }


class World:
    """Everything that is ever exported about some customers, as records."""

    def __init__(self, seed: int) -> None:
        """Draw the world."""
        self.dice = Dice(seed, "history")
        self.records: list[Record] = []
        self.contacts = 0
        wanted = self.dice.between(30, 150)
        while self.contacts < wanted:
            self.add_customer()
        self.add_activity()

    def add(self, entity: str, customer: int, at: int, row: Row, **more) -> Record:
        """Add a record."""
        record = Record(entity, customer, at, row, **more)
        self.records.append(record)
        return record

    def add_customer(self) -> None:
        """Add a customer: orders, issues of several contacts, and what follows them."""
        dice, number = self.dice, 1 + len({record.customer for record in self.records})
        # now and then two customers share a telephone
        phone = f"+99900000{number - (number > 1 and dice.chance(0.1)):03d}"
        linked_at = START if dice.chance(0.6) else START + dice.between(20, 110) * DAY
        customer = Customer(number, phone, linked_at)
        for _ in range(dice.between(0, 4)):
            self.add_order(customer, self.moment())
        for _ in range(dice.between(1, 3)):
            self.add_issue(customer, self.moment())
        if dice.chance(0.3):
            self.add_message(customer, self.moment())
        if linked_at > START:
            self.add_order(customer, linked_at, about=START, kind="merged")

    def moment(self) -> int:
        """Return some time of the history, rarely at night."""
        hour = 23 if self.dice.chance(0.05) else self.dice.between(6, 19)
        day = START + self.dice.between(0, DAYS - 1) * DAY
        return day + hour * HOUR + self.dice.between(0, HOUR - 1)

    def amount(self) -> int:
        """Return cents."""
        return self.dice.between(900, 20_000)

    def add_order(self, customer: Customer, at: int, **more) -> None:
        """Add an order, perhaps cancelled or refunded later."""
        dice, net = self.dice, self.amount()
        row = {
            "order_id": f"O{len(self.records)}",
            "ordered_at": utc(at),
            "net_amount": euros(net),
            "status": "replacement" if dice.chance(0.03) else "paid",
            "currency": dice.weighted(CURRENCIES),
            "cost_amount": euros(net // 2),
            "shipping_cost_amount": euros(480),
            "payment_fee_amount": euros(25 + net // 70),
            "sales_channel": dice.pick(("web", "app", "store")),
            "agent_id": self.agent() if dice.chance(0.1) else None,
            "referral_code": f"REF{customer.number}" if dice.chance(0.1) else None,
            "product_category": dice.pick(PRODUCTS),
            "region": dice.pick(("Bretagne", "Occitanie", "Île-de-France")),
        }
        identity = customer.known if more else customer.identity(dice, at)
        order = self.add("orders", customer.number, at, row | identity, **more)
        later = at + dice.between(2 * HOUR, 60 * DAY)
        if dice.chance(0.2):
            part = net if dice.chance(0.7) else net // 4
            refund = {"refunded_at": utc(later), "refunded_amount": euros(part)}
            status = {"status": "refunded"} if part == net else {}
            order.changes.append((later, "refunded", refund | status))
        elif dice.chance(0.08):
            order.changes.append((later, "restated", {"status": "cancelled"}))

    def add_issue(self, customer: Customer, at: int) -> None:
        """Add contacts about one thing, days apart."""
        dice, reason = self.dice, self.dice.pick(REASONS)
        for _ in range(dice.weighted(((1, 60), (2, 25), (3, 15)))):
            if at < END:
                self.add_contact(customer, at, reason)
            at += dice.between(HOUR, 9 * DAY)

    def agent(self) -> str:
        """Return the id of some agent."""
        return f"A{self.dice.between(1, 6)}"

    def add_contact(self, customer: Customer, opened: int, reason: str) -> None:
        """Add a contact and all that comes of it."""
        dice = self.dice
        self.contacts += 1
        channel = dice.weighted(CHANNELS)
        team, tier, site, _ = dice.pick([t for t in TEAMS if channel in t[3]])
        row = {
            "contact_id": f"T{self.contacts}",
            "opened_at": utc(opened),
            "channel": channel,
            "direction": "outbound" if dice.chance(0.03) else "inbound",
            "status": "new",
            "team": team,
            "site": site,
            "tier": tier,
            "reason": reason,
            "product": dice.pick(PRODUCTS),
            "order_id": self.order_of(customer) if dice.chance(0.5) else None,
            "currency": dice.weighted(CURRENCIES),
            "handled_by_bot": str(channel == "chat" and dice.chance(0.4)).lower(),
            "exclusion_reason": dice.pick(EXCLUSIONS) if dice.chance(0.03) else None,
        }
        row |= customer.identity(dice, opened) if dice.chance(0.95) else {}
        contact = self.add("contacts", customer.number, opened, row)
        self.event(contact, opened, "opened", "customer")
        if channel == "phone":
            self.add_call(contact, customer)
        if not dice.chance(0.04):
            self.answer(contact, customer)
        self.restate(contact)

    def order_of(self, customer: Customer) -> str | None:
        """Return the id of one of a customer's orders."""
        orders = [
            record.row["order_id"]
            for record in self.records
            if (record.entity, record.customer) == ("orders", customer.number)
        ]
        return self.dice.pick(orders) if orders else None

    def event(self, contact: Record, at: int, kind: str, actor: str, **more) -> None:
        """Add an event; now and then the same one reaches a later export too."""
        row = {
            "contact_id": contact.row["contact_id"],
            "occurred_at": utc(at),
            "event_type": kind,
            "actor_type": actor,
        }
        event = self.add("contact_events", contact.customer, at, row | more)
        if self.dice.chance(0.03):
            event.changes.append((at + self.dice.between(1, 20) * DAY, "", {}))

    def add_call(self, contact: Record, customer: Customer) -> None:
        """Add the call of a contact, linked to it by either's id or by time alone."""
        dice, row = self.dice, contact.row
        number, wait = f"K{len(self.records)}", dice.between(2, 90)
        started = contact.at - dice.between(0, 4 * MINUTE)
        talk = dice.between(40, 900)
        ended = started + wait + talk
        link = dice.pick(("contact", "call", "time"))
        if link == "call":
            row["call_id"] = number
        call = {
            "call_id": number,
            "started_at": utc(started),
            "queue": row["team"],
            "direction": row["direction"],
            "customer_phone": customer.phone,
            "outcome": dice.pick(("answered", "answered", "callback", "voicemail")),
            "answered_at": utc(started + wait),
            "ended_at": utc(ended),
            "wait_seconds": wait,
            "talk_seconds": talk,
            "hold_seconds": dice.between(0, 60),
            "wrap_seconds": dice.between(0, 120),
            "agent_id": self.agent(),
            "team": row["team"],
            "site": row["site"],
            "contact_id": row["contact_id"] if link == "contact" else None,
        }
        if call["outcome"] != "answered":
            call |= dict.fromkeys(("answered_at", "talk_seconds", "agent_id"))
        record = self.add("calls", contact.customer, ended, call)
        if dice.chance(0.1):
            later = ended + dice.between(1, 30) * DAY
            corrected = {"wrap_seconds": dice.between(0, 300)}
            record.changes.append((later, "restated", corrected))
        if dice.chance(0.2):
            self.add_abandoned(
                call, contact.customer, started - dice.between(HOUR, DAY)
            )

    def add_abandoned(self, call: Row, customer: int, at: int) -> None:
        """Add a call of the same caller that nobody took."""
        wait = self.dice.between(1, 60)
        none = dict.fromkeys(("answered_at", "talk_seconds", "agent_id", "contact_id"))
        lost = {
            "call_id": f"K{len(self.records)}",
            "started_at": utc(at),
            "ended_at": utc(at + wait),
            "wait_seconds": wait,
            "outcome": "abandoned",
        }
        self.add("calls", customer, at + wait, call | none | lost)

    def answer(self, contact: Record, customer: Customer) -> None:
        """Answer a contact, hand it on, solve it, and reopen it perhaps."""
        dice, agent = self.dice, self.agent()
        answered = contact.at + dice.between(MINUTE, 20 * HOUR)
        first = {
            "first_response_at": utc(answered),
            "agent_id": agent,
            "status": "open",
        }
        if contact.row["channel"] != "phone":
            first |= {"talk_seconds": dice.between(60, 900), "wrap_seconds": 30}
        contact.changes.append((answered, "", first))
        self.event(contact, answered, "public_reply", "agent", actor_id=agent)
        at = answered + 1
        if dice.chance(0.2):
            at = self.hand_on(contact, at, agent)
        if dice.chance(0.92):
            at = self.solve(contact, at, agent)
            if dice.chance(0.15):
                at = self.reopen(contact, at)
                at = self.solve(contact, at, agent) if dice.chance(0.8) else END
            self.follow_up(contact, customer, at, agent)

    def hand_on(self, contact: Record, at: int, agent: str) -> int:
        """Hand a contact to the second tier and return when."""
        at += self.dice.between(MINUTE, 3 * DAY)
        team, tier, site = SECOND_TIER
        moved = {"team": team, "tier": tier, "site": site, "escalated": "true"}
        contact.changes.append((at, "restated", moved | {"transferred_count": 1}))
        names = {"from_value": contact.row["team"], "to_value": team}
        self.event(contact, at, "team_changed", "agent", actor_id=agent, **names)
        return at + 1

    def solve(self, contact: Record, at: int, agent: str) -> int:
        """Solve a contact, soon or months later, and return when."""
        dice = self.dice
        limit = dice.weighted(((HOUR, 60), (3 * DAY, 20), (80 * DAY, 20)))
        at += dice.between(MINUTE, limit)
        solved = {"status": "solved", "resolved_at": utc(at)}
        if dice.chance(0.1):
            solved["compensation_amount"] = euros(dice.between(300, 3000))
        contact.changes.append((at, "solved later", solved))
        self.event(contact, at, "solved", "agent", actor_id=agent, to_value="solved")
        return at

    def reopen(self, contact: Record, at: int) -> int:
        """Reopen a contact and return when."""
        at += self.dice.between(HOUR, 25 * DAY)
        values = {"status": "open", "resolved_at": None, "reopened_count": 1}
        contact.changes.append((at, "reopened", values))
        self.event(contact, at, "reopened", "customer", to_value="open")
        return at

    def follow_up(self, contact: Record, customer: Customer, at: int, by: str) -> None:
        """Close a solved contact, ask the customer about it, and review it."""
        closed = {"status": "closed", "closed_at": utc(at + 4 * DAY)}
        contact.changes.append((at + 4 * DAY, "", closed))
        self.event(contact, at + 4 * DAY, "closed", "system", to_value="closed")
        if self.dice.chance(0.4):
            self.add_answers(contact, customer, at, by)
        if self.dice.chance(0.15):
            self.add_review(contact, at + self.dice.between(HOUR, 40 * DAY), by)

    def add_answers(
        self, contact: Record, customer: Customer, solved: int, agent: str
    ) -> None:
        """Add a customer's answers about a contact, soon or weeks later."""
        dice = self.dice
        limit = 70 * DAY if dice.chance(0.3) else 2 * DAY
        at = solved + dice.between(2 * MINUTE, limit)
        common = {
            "response_id": f"S{len(self.records)}",
            "survey_id": "after_contact",
            "responded_at": utc(at),
            "invited_at": utc(solved + MINUTE),
            "agent_id": agent,
        }
        if dice.chance(0.8):
            common["contact_id"] = contact.row["contact_id"]
        common |= customer.identity(dice, at)
        common.pop("customer_phone", None)
        for question, low, high in dice.some(QUESTIONS, dice.between(1, 3)):
            score = {"question_type": question, "score": dice.between(low, high)}
            answers = self.add(
                "survey_responses",
                contact.customer,
                at,
                common | score | {"scale_min": low, "scale_max": high},
                about=contact.at,
                kind="answered later",
            )
            if dice.chance(0.1):
                later = at + dice.between(1, 30) * DAY
                new = {"score": dice.between(low, high)}
                answers.changes.append((later, "restated", new))

    def add_review(self, contact: Record, at: int, agent: str) -> None:
        """Add a quality review of a contact, perhaps corrected later."""
        row = {
            "review_id": f"R{len(self.records)}",
            "contact_id": contact.row["contact_id"],
            "agent_id": agent,
            "points": self.dice.between(40, 100),
            "possible_points": 100,
            "reviewed_at": utc(at),
        }
        review = self.add("quality_reviews", contact.customer, at, row)
        if self.dice.chance(0.2):
            new = {"points": self.dice.between(40, 100)}
            review.changes.append((at + 10 * DAY, "restated", new))

    def add_message(self, customer: Customer, at: int) -> None:
        """Add a message sent before the customer asked, perhaps read later."""
        row = {"message_id": f"M{len(self.records)}", "sent_at": utc(at)}
        row |= {"campaign": "retard"} | customer.identity(self.dice, at)
        row.pop("customer_phone", None)
        message = self.add("proactive_messages", customer.number, at, row)
        if self.dice.chance(0.5):
            later = at + self.dice.between(MINUTE, 20 * DAY)
            message.changes.append((later, "restated", {"engaged_at": utc(later)}))

    def restate(self, contact: Record) -> None:
        """Exclude a contact later, or find that something said of it was wrong."""
        dice = self.dice
        later = contact.at + dice.between(HOUR, 60 * DAY)
        opened = utc(contact.at + dice.pick((-2 * DAY, -DAY, -HOUR)))
        values = (
            {"opened_at": opened},
            {"reason": dice.pick(REASONS)},
            {"product": dice.pick(PRODUCTS)},
            {"customer_email": "someone.else@example.com"},
        )
        if dice.chance(0.06):
            excluded = {"exclusion_reason": dice.pick(EXCLUSIONS)}
            contact.changes.append((later, "excluded", excluded))
        elif dice.chance(0.12):
            contact.changes.append((later, "restated", dice.pick(values)))

    def add_activity(self) -> None:
        """Add some agents' working days, which concern no customer."""
        for agent in range(1, 4):
            for day in self.dice.some(range(DAYS), 12):
                start = START + day * DAY + 7 * HOUR
                for state, begins, ends in (
                    ("scheduled", 0, 8),
                    ("logged_in", self.dice.between(0, 1), 8),
                    ("on_contact", 1, self.dice.between(2, 6)),
                ):
                    row = {
                        "agent_id": f"A{agent}",
                        "state": state,
                        "started_at": utc(start + begins * HOUR),
                        "ended_at": utc(start + ends * HOUR),
                    }
                    self.add("agent_activity", 0, start, row)


class Folder:
    """The exports that lie in the landing folder, and what is done to them."""

    def __init__(self, dice: Dice) -> None:
        """Start without any."""
        self.dice = dice
        self.files: dict[str, Rows] = {}
        self.forgotten: set[int] = set()

    def texts(self) -> dict[str, str]:
        """Return the exports as CSV, without the customers who asked to be deleted."""
        return {
            name: csv_text(
                name, [row for who, row in rows if who not in self.forgotten]
            )
            for name, rows in self.files.items()
        }

    def delete_customer(self) -> str:
        """Delete a customer from every export, and from those still to come."""
        seen = {who for rows in self.files.values() for who, _ in rows}
        self.forgotten.add(self.dice.pick(sorted(seen - {0})))
        return "deleted"

    def correct_ledger(self) -> str:
        """Replace a month of the ledger by another version of it."""
        name = self.dice.pick([name for name in self.files if is_ledger(name)])
        self.files[name] = ledger(self.dice, name)
        return "ledger corrected"

    def remove_file(self) -> str:
        """Take a whole export away."""
        name = self.dice.pick([name for name in self.files if not is_ledger(name)])
        del self.files[name]
        return "file removed"


def history(seed: int) -> list[Delivery]:
    """Return four to eight deliveries in their order of arrival."""
    dice = Dice(seed, "deliveries")
    folder, windows = Folder(dice), exports(seed, dice)
    # what is done, beside what arrives
    steps = [([], window) for window in dice.some(windows, len(windows))]
    for act in (folder.delete_customer, folder.correct_ledger, folder.remove_file):
        place = dice.between(1, len(steps) - 1)
        if dice.chance(0.5):
            steps.insert(place, ([], ({}, set())))
        steps[place][0].append(act)

    deliveries, before = [], {}
    for acts, (files, kinds) in steps:
        changes = kinds | {act() for act in acts}
        folder.files |= files
        after = folder.texts()
        gone = dict.fromkeys(before.keys() - after.keys())
        new = dict(after.items() - before.items())
        deliveries.append(Delivery(gone | new, frozenset(changes)))
        before = after
    return deliveries


def exports(seed: int, dice: Dice) -> list[tuple[dict[str, Rows], set[str]]]:
    """Return what is exported of each window of time: files, and kinds of change."""
    world = World(seed)
    cuts = sorted(dice.some(range(10, DAYS - 5), dice.between(3, 4)))
    edges = [START - DAY, *(START + day * DAY for day in cuts), END]
    windows = []
    for number, (start, end) in enumerate(pairwise(edges)):
        files: dict[str, Rows] = {
            name: ledger(dice, name) for name in LEDGERS[number :: len(edges) - 1]
        }
        for record in world.records:
            row = record.export(start, end)
            if row is not None:
                name = f"{record.entity}_{number:02d}.csv"
                files.setdefault(name, []).append((record.customer, row))
        kinds = [record.kinds(start, end) for record in world.records]
        windows.append((files, set().union(*kinds)))
    return windows


def is_ledger(name: str) -> bool:
    """Whether an export is a month of the ledger."""
    return name in LEDGERS


def ledger(dice: Dice, name: str) -> Rows:
    """Return a month of costs: people by team, everything else by site."""
    lines = [("salaries", team, site) for team, _, site, _ in TEAMS]
    lines += [("tools", None, "Lyon"), ("telephony", None, "Nantes")]
    return [
        (
            0,
            {
                "period_month": name.removeprefix("support_costs_")[:7],
                "category": category,
                "amount": euros(dice.between(5_000, 90_000)),
                "currency": "EUR",
                "team": team,
                "site": site,
            },
        )
        # a line may be missing, and come with the correction
        for category, team, site in dice.some(lines, dice.between(4, len(lines)))
    ]


def csv_text(name: str, rows: list[Row]) -> str:
    """Return rows as a CSV export of the entity that its name starts with."""
    columns = [column.name for column in SYSTEM.entity_of_file(name).columns]
    table = Table()
    table.add(columns)
    for row in rows:
        table.add("" if row.get(name) is None else str(row[name]) for name in columns)
    return table.text
