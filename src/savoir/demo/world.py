"""The simulated retailer: who bought, who wrote or called, and what came of it.

Every instant is a whole number of seconds since 1970 (UTC) and every amount a whole
number of cents. `simulation` fills these classes, the writers write them down.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
MINUTE, HOUR, DAY = 60, 3600, 86400
SYSTEM = -1  # Zendesk's id for what triggers and automations do
START = int(datetime(2025, 1, 1, tzinfo=PARIS).timestamp())
AS_OF = int(datetime(2026, 6, 30, 23, 59, 59, tzinfo=PARIS).timestamp())
JUNE = int(datetime(2026, 6, 1, tzinfo=PARIS).timestamp())  # the month of incidents
ISSUE_GAP = 7 * DAY  # a contact at most this long after the last end is the same issue
REPURCHASE_WINDOW = 30 * DAY


@dataclass(frozen=True)
class Rates:
    """What is planted, at scale 1. Shares are of 1, counts grow with the scale."""

    # customers
    customers_with_issues: int = 2600
    customers_without: int = 1500
    households: int = 12  # two customers each, one telephone
    phone_only: float = 0.07  # never gave an e-mail, never ordered
    email_only: float = 0.20
    second_account: float = 0.08  # a second helpdesk user, known by telephone alone
    never_ordered_before: float = 0.06
    issues_per_customer: tuple[float, ...] = (0.72, 0.22, 0.06)  # one, two, three
    # first contacts of issues
    channels: tuple[tuple[str, float], ...] = (
        ("email", 0.22),
        ("web", 0.09),
        ("chat", 0.16),
        ("facebook", 0.04),
        ("call_ticket", 0.23),
        ("call", 0.22),
        ("call_abandoned", 0.025),
        ("call_timeout", 0.008),
    )
    written_by_day: float = 0.6  # e-mails and forms sent while the shop is open
    # what came of them
    courses: tuple[tuple[str, float], ...] = (
        ("first_time", 0.80),
        ("repeat_same_channel", 0.036),
        ("repeat_other_channel", 0.025),
        ("reopened", 0.03),
        ("open_again", 0.005),
        ("transferred", 0.036),
        ("escalated", 0.06),
        ("never_resolved", 0.01),
    )
    # chats
    bot_answers: float = 0.9
    bot_settles: float = 0.35  # of the chats it answers
    comes_back_after_bot: float = 0.15
    chat_missed: float = 0.04  # of the chats that no bot settles
    short_missed: float = 0.2
    slow_chat: float = 0.05
    # calls
    answered_quickly: float = 0.91  # within 20 seconds
    second_repeat: float = 0.2
    calls_back: float = 0.6  # after an abandoned or timed-out call, or a missed chat
    short_abandon: float = 0.2  # within 5 seconds
    call_id_on_ticket: float = 0.7
    call_ticket_via_web: float = 0.1  # of those with the call id
    compensation: float = 0.05
    routed_before_any_agent: float = 0.05
    automatic_public_reply: float = 0.1
    # orders
    financial_statuses: tuple[tuple[str, float], ...] = (
        ("paid", 0.93),
        ("partially_refunded", 0.025),
        ("refunded", 0.02),
        ("voided", 0.015),
        ("pending", 0.01),
    )
    cancelled_but_paid: float = 0.006
    # of all customers' own accord: orders in 30 days, and the share of such customers
    habits: tuple[tuple[float, float], ...] = ((0.06, 0.5), (0.24, 0.5))
    # what the first contact adds to the chance of an order in 30 days when it settles
    # the issue, by what the helpdesk says it is about; nothing for calls without ticket
    uplift: tuple[tuple[str | None, float], ...] = (
        ("livraison_retard", 0.31),
        ("produit_defectueux", 0.36),
        ("retour_remboursement", 0.3),
        ("facturation", 0.19),
        ("question_produit", 0.32),
        ("reclamation", 0.21),
        (None, 0.31),
    )
    leaves_after_failure: float = 0.5  # never to order again
    upsell: float = 0.12  # of the repurchases
    replacement: float = 0.29  # of issues about a defective product
    # surveys
    zendesk_unoffered: float = 0.1
    zendesk_rated: float = 0.24  # of those offered
    service_survey: float = 0.22
    survey_unfinished: float = 0.08
    survey_late: float = 0.04
    question_blank: float = 0.03
    relationship_survey: int = 300
    # referrals
    referred: float = 0.06  # of the first orders
    referral_code_again: float = 0.2  # a code that brought somebody before
    referral_of_a_customer: int = 6  # used by somebody who had ordered before
    # the partner's telephone, from its first day
    partner_repeats: float = 0.15  # of what it settled
    # the experiment
    gets_article: float = 0.5
    # incidents of June 2026
    june_given_up: float = 0.055  # callers who hang up several times before an answer
    june_hung_up: tuple[int, int] = (3, 6)  # calls each of them gives up
    june_anonymous: int = 9  # callers without a number who hang up
    june_answered_quickly: float = 0.95
    june_repeats: float = 0.55  # of what Support N1 settled, opened until the 20th
    june_happy_answers: float = 0.55  # of the answers there would have been
    june_unhappy_answers: float = 0.03
    # planted one by one
    gap_exactly_seven_days: int = 4
    gap_one_second_more: int = 4
    solved_months_late: int = 5
    open_again: int = 2
    repeated_at_the_horizon: int = 3
    rated_twice: int = 6
    surveyed_twice: int = 6
    rated_and_surveyed: int = 4
    late_refunds: int = 12
    repeated_orders: int = 6
    anonymous_calls: int = 90
    merged: int = 50
    spam: int = 50
    test: int = 20
    deleted: int = 12
    internal: int = 12
    outbound: int = 16


RATES = Rates()
MAX_SCALE = 25.0  # the telephone numbers reserved for fiction end at 60,000

GROUPS = {
    "Support N1": 36000001,
    "Support N2": 36000002,
    "Téléphone N1": 36000003,
    "Retours": 36000004,
    "Chat N1": 36000005,
}
N1, N2, PHONE, RETURNS, CHAT = GROUPS.values()
TEAMS = {id_: name for name, id_ in GROUPS.items()}
SITES = {N1: "Lyon", N2: "Lyon", RETURNS: "Lyon", PHONE: "Nantes", CHAT: "Tanger"}
PHONE_PARTNER, CHAT_PARTNER = "Centre Contact Ouest", "Atlas Relations"
# the day the partner took over the telephone and opened it longer
PHONE_PARTNER_FROM = date(2025, 9, 1)
# some who write for the first time in these days get an article of the help centre
# instead of a person's answer
EXPERIMENT = "personal_answer_2025"
EXPERIMENT_DAYS = (date(2025, 2, 1), date(2025, 5, 31))
# public holidays: New Year, Easter Monday, Labour Day, 8 May, Ascension, Whit Monday,
# Bastille Day, Assumption, All Saints, Armistice, Christmas
HOLIDAYS = frozenset(
    date(year, int(day[:2]), int(day[3:]))
    for year, moving in (
        (2025, "04-21 05-29 06-09"),
        (2026, "04-06 05-14 05-25"),
    )
    for day in f"01-01 05-01 05-08 07-14 08-15 11-01 11-11 12-25 {moving}".split()
)


@dataclass(frozen=True)
class Agent:
    """One agent; `extension` is the queue member of those who take calls."""

    id: int
    name: str
    group: int
    extension: str | None = None
    left_at: int | None = None
    role: str = "agent"


LEFT = int(datetime(2025, 10, 1, tzinfo=PARIS).timestamp())
FORMER_AGENT = Agent(7000104, "Nadia Ferrand", N1, left_at=LEFT)
ADMIN = Agent(7000100, "Agathe Delorme", N2, role="admin")
AGENTS = (
    Agent(7000101, "Julien Maret", N1),
    Agent(7000102, "Sonia Belkacem", N1, "Agent/1005"),
    Agent(7000103, "Paul Vasseur", N1),
    FORMER_AGENT,
    Agent(7000111, "Inès Carpentier", N2),
    Agent(7000112, "Marc Oudin", N2),
    Agent(7000121, "Fatou Diarra", PHONE, "Agent/1001"),
    Agent(7000122, "Loïc Guéguen", PHONE, "Agent/1002"),
    Agent(7000123, "Élodie Renard", PHONE, "Agent/1003"),
    Agent(7000124, "Thomas Hervé", PHONE, "Agent/1004"),
    Agent(7000131, "Camille Rossi", RETURNS),
    Agent(7000132, "Hugo Lenoir", RETURNS),
    Agent(7000141, "Salma Idrissi", CHAT),
    Agent(7000142, "Yassine Tazi", CHAT),
    Agent(7000143, "Nawal Berrada", CHAT),
    Agent(7000144, "Driss Lahlou", CHAT),
)
BOT = Agent(7000190, "Lumi (assistant automatique)", CHAT)
HUMAN_AGENTS = frozenset(agent.id for agent in (ADMIN, *AGENTS))
MISSED_CHAT = "zopim_chat_missed"

REASONS = (
    "livraison_retard",
    "produit_defectueux",
    "retour_remboursement",
    "facturation",
    "question_produit",
    "reclamation",
)


@dataclass(frozen=True)
class Product:
    """One article; price with VAT. Every price is a multiple of 6 cents, so that its
    VAT (a sixth) and every refund without VAT are whole cents."""

    sku: str
    title: str
    type: str
    price: int
    cost: int


def _products() -> tuple[Product, ...]:
    rows = {
        "Lampes": [
            ("Lampe de bureau Arc", 3990),
            ("Lampadaire Roseau", 9990),
            ("Suspension Nacre", 6990),
            ("Applique Brume", 4590),
            ("Lampe de chevet Galet", 2790),
            ("Lanterne Bivouac", 3390),
            ("Lampe à pince Pica", 2190),
            ("Plafonnier Halo", 7890),
        ],
        "Ampoules": [
            ("Ampoule E27 8 W", 990),
            ("Ampoule E14 5 W (lot de 2)", 1290),
            ("Ampoule filament globe", 1590),
            ("Ampoule connectée", 2490),
            ("Spot GU10 (lot de 3)", 1890),
        ],
        "Cuisine": [
            ("Bouilloire Vapeur", 4890),
            ("Grille-pain Duo", 4290),
            ("Blender Tourbillon", 6390),
            ("Mixeur plongeant", 3690),
            ("Cafetière filtre Aube", 5490),
            ("Balance Plume", 2490),
            ("Robot Maestro", 15990),
        ],
        "Entretien": [
            ("Aspirateur à main", 8490),
            ("Fer à repasser Lisse", 4590),
            ("Défroisseur Voile", 5490),
            ("Purificateur Souffle", 12990),
        ],
    }
    products = []
    for type_, items in rows.items():
        for number, (title, price) in enumerate(items, start=1):
            cost = price * (26 + 3 * (number % 4)) // 100
            sku = f"{type_[:3].upper()}-{number:03d}"
            products.append(Product(sku, title, type_, price, cost))
    return tuple(products)


PRODUCTS = _products()


@dataclass(frozen=True)
class City:
    """Where people live; region by name and by the letters of ISO 3166-2."""

    name: str
    zip_code: str
    region: str
    region_code: str


CITIES = (
    City("Lyon", "69003", "Auvergne-Rhône-Alpes", "ARA"),
    City("Paris", "75011", "Île-de-France", "IDF"),
    City("Nantes", "44000", "Pays de la Loire", "PDL"),
    City("Bourg-en-Bresse", "01000", "Auvergne-Rhône-Alpes", "ARA"),
    City("Lille", "59800", "Hauts-de-France", "HDF"),
    City("Toulouse", "31000", "Occitanie", "OCC"),
    City("Nice", "06000", "Provence-Alpes-Côte d'Azur", "PAC"),
    City("Rennes", "35000", "Bretagne", "BRE"),
)
SHIPPING = 480
FREE_SHIPPING_FROM = 6000


@dataclass
class Person:
    """One real human. `phone` is +33…; two members of a household share one."""

    first: str
    last: str
    email: str | None
    phone: str | None
    shares_phone: bool = False
    two_accounts: bool = False
    city: City = CITIES[0]
    habit: float = 0.0  # orders in 30 days of their own accord
    user: "User | None" = None
    phone_user: "User | None" = None
    orders: list["Order"] = field(default_factory=list)
    contacts: list["Contact"] = field(default_factory=list)


@dataclass
class User:
    """One helpdesk end-user."""

    id: int
    name: str
    email: str | None
    phone: str | None
    created_at: int


@dataclass
class Order:
    """One order; `lines` are (product, quantity). A refund after the first export
    (`late_refund`) is in the second one only."""

    at: int
    person: Person
    lines: list[tuple[Product, int]]
    status: str = "paid"
    discount: int = 0
    refunded: int = 0
    cancelled_at: int | None = None
    tag: str | None = None
    late_refund: bool = False
    exported_twice: bool = False
    name: str = ""
    referral: str | None = None  # the code of the customer who recommended the shop

    @property
    def region(self) -> str:
        """Region it is sent to."""
        return self.person.city.region

    @property
    def subtotal(self) -> int:
        """Price of the goods with VAT, after the discount."""
        if self.tag == "replacement":
            return 0
        return sum(p.price * quantity for p, quantity in self.lines) - self.discount

    @property
    def shipping(self) -> int:
        """Postage with VAT."""
        return SHIPPING if 0 < self.subtotal < FREE_SHIPPING_FROM else 0

    @property
    def total(self) -> int:
        """What the customer paid."""
        return self.subtotal + self.shipping

    @property
    def taxes(self) -> int:
        """VAT in the total (20 %)."""
        return self.total // 6

    @property
    def cost(self) -> int:
        """Cost of the goods."""
        return sum(p.cost * quantity for p, quantity in self.lines)

    @property
    def is_valid(self) -> bool:
        """Whether it counts as a purchase."""
        return (
            self.status in ("paid", "partially_refunded")
            and self.cancelled_at is None
            and self.tag != "replacement"
            and self.total - self.refunded > 0
        )


@dataclass
class Event:
    """One audit: what one author did to a ticket at one instant. `changes` maps a
    field to its new value; the first event of a ticket creates it."""

    at: int
    author: int
    via: str
    comment: str | None = None
    public: bool = False
    changes: dict[str, object] = field(default_factory=dict)
    notifies: bool = False


@dataclass
class Call:
    """One call offered to the queue."""

    entered_at: int
    person: Person | None
    outcome: str  # answered, abandoned, timeout, unfinished
    wait: int = 0
    talk: int = 0
    agent: Agent | None = None
    unanswered_ring: Agent | None = None
    hung_up_by: str = "CALLER"
    id: str = ""

    @property
    def ended_at(self) -> int:
        """When the caller or the agent hung up."""
        return self.entered_at + self.wait + self.talk


@dataclass
class Ticket:
    """One helpdesk ticket; its state at any time follows from its events."""

    requester: int
    submitter: int
    via: str
    subject: str
    reason: str | None
    events: list[Event]
    person: Person | None = None
    order: Order | None = None
    call: Call | None = None
    shows_call_id: bool = False
    seconds_spent: int = 0
    compensation: int = 0
    excluded: str | None = None
    merged_into: "Ticket | None" = None
    id: int = 0

    def field_at(self, name: str, at: int = AS_OF) -> object:
        """Value of a field after every event up to `at`."""
        value = None
        for event in self.events:
            if event.at <= at:
                value = event.changes.get(name, value)
        return value


@dataclass
class Contact:
    """One exchange the customer began: a ticket, a call, or a call with its ticket."""

    person: Person | None
    ticket: Ticket | None = None
    call: Call | None = None
    arm: str | None = None  # of the experiment its person was drawn for by it

    @property
    def source_id(self) -> str:
        """`<system>:<id>`; the ticket's where there is one."""
        if self.ticket is not None:
            return f"zendesk:{self.ticket.id}"
        return f"asterisk:{self.call.id}"

    @property
    def opened_at(self) -> int:
        """Start of the call, else creation of the ticket."""
        return self.call.entered_at if self.call else self.ticket.events[0].at

    @property
    def solved_at(self) -> list[int]:
        """Every instant at which the ticket became solved."""
        return [
            event.at
            for event in self.ticket.events
            if event.changes.get("status") == "solved"
        ]

    @property
    def ended_at(self) -> int:
        """Last solution of a resolved ticket or of a missed chat, last event of an
        open one, end of a call alone."""
        if self.ticket is None:
            return self.call.ended_at
        if self.is_resolved or self.is_missed_chat:
            return self.solved_at[-1]
        return self.ticket.events[-1].at

    @property
    def is_resolved(self) -> bool:
        """By the ticket's status; a call alone counts when answered, a chat that the
        customer left never."""
        if self.ticket is None:
            return self.call.outcome == "answered"
        if self.is_missed_chat:
            return False
        return self.ticket.field_at("status") in ("solved", "closed")

    @property
    def is_missed_chat(self) -> bool:
        """Left by the customer before any agent answered."""
        return self.ticket is not None and MISSED_CHAT in (
            self.ticket.field_at("tags") or ()
        )

    @property
    def is_unattended(self) -> bool:
        """A missed chat, or a call alone that nobody answered."""
        if self.ticket is None:
            return self.call.outcome != "answered"
        return self.is_missed_chat

    @property
    def channel(self) -> str:
        """Telephone wherever there is a call; else how the customer wrote."""
        if self.call is not None:
            return "phone"
        return "social" if self.ticket.via == "facebook" else self.ticket.via

    @property
    def human_replies(self) -> list[int]:
        """Instants of an agent's public comments."""
        return _public_comments(self.ticket, HUMAN_AGENTS)

    @property
    def bot_replies(self) -> list[int]:
        """Instants of the bot's public comments."""
        return _public_comments(self.ticket, {BOT.id})

    @property
    def is_handled(self) -> bool:
        """A human answered, in writing or on the telephone."""
        is_answered = self.call is not None and self.call.outcome == "answered"
        return is_answered or bool(self.human_replies)

    @property
    def is_settled_by_bot(self) -> bool:
        """Resolved after the bot replied and no human did."""
        return self.is_resolved and bool(self.bot_replies) and not self.human_replies

    @property
    def team(self) -> int:
        """Group from which an agent first moved the ticket, else its last one; calls
        alone are the telephone team's."""
        if self.ticket is None:
            return PHONE
        group = None
        for event in self.ticket.events:
            new = event.changes.get("group_id", group)
            if group not in (None, new) and event.author in HUMAN_AGENTS:
                return group
            group = new
        return group

    @property
    def tier(self) -> int:
        """Tier of its team."""
        return 2 if self.team == N2 else 1

    @property
    def partner(self) -> str:
        """Outsourcing partner of its team at its opening; empty without one."""
        if self.team == CHAT:
            return CHAT_PARTNER
        is_outsourced = paris(self.opened_at).date() >= PHONE_PARTNER_FROM
        return PHONE_PARTNER if self.team == PHONE and is_outsourced else ""

    @property
    def reopenings(self) -> int:
        """Moves from solved back to open."""
        statuses = _values(self.ticket, "status")
        return sum(
            before == "solved" and after == "open"
            for before, after in pairwise(statuses)
        )

    @property
    def handovers(self) -> list[int]:
        """Groups the ticket was handed to after a first agent had it."""
        if self.ticket is None:
            return []
        groups, group, had_agent = [], None, False
        for event in self.ticket.events:
            new = event.changes.get("group_id", group)
            if had_agent and new != group:
                groups.append(new)
            group = new
            had_agent = had_agent or event.changes.get("assignee_id") is not None
        return groups

    @property
    def is_escalated(self) -> bool:
        """Handed to the second tier."""
        return N2 in self.handovers

    @property
    def is_transferred(self) -> bool:
        """Handed to another team of the first tier."""
        return any(group != N2 for group in self.handovers)


def _public_comments(ticket: Ticket | None, authors: Collection[int]) -> list[int]:
    events = ticket.events if ticket else []
    return [event.at for event in events if event.public and event.author in authors]


def _values(ticket: Ticket | None, name: str) -> list[object]:
    events = ticket.events if ticket else []
    return [event.changes[name] for event in events if name in event.changes]


@dataclass
class Issue:
    """Contacts of one person, each soon (seven days) after the end of the others."""

    person: Person
    contacts: list[Contact]

    @property
    def opened_at(self) -> int:
        """Start of the first contact."""
        return self.contacts[0].opened_at

    @property
    def ended_at(self) -> int:
        """Latest end of its contacts."""
        return max(contact.ended_at for contact in self.contacts)

    @property
    def reason(self) -> str | None:
        """What its first contact was about, where a ticket says so."""
        first = self.contacts[0]
        return first.ticket.reason if first.ticket else None

    @property
    def failure(self) -> str | None:
        """Why the first contact did not settle it; None when it did."""
        first = self.contacts[0]
        if not first.is_resolved:
            return "not resolved"
        if first.reopenings:
            return "reopened"
        if first.is_escalated:
            return "escalated"
        if first.is_transferred:
            return "transferred"
        return "repeated" if len(self.contacts) > 1 else None


def issues_of(person: Person, gap: int = ISSUE_GAP) -> list[Issue]:
    """Chain a person's contacts into issues, oldest first."""
    issues: list[Issue] = []
    for contact in sorted(person.contacts, key=lambda contact: contact.opened_at):
        if issues and contact.opened_at - issues[-1].ended_at <= gap:
            issues[-1].contacts.append(contact)
        else:
            issues.append(Issue(person, [contact]))
    return issues


@dataclass
class Rating:
    """One satisfaction rating of a ticket (good, bad, offered, unoffered), given at
    `at`, and asked for at `offered_at`."""

    at: int
    contact: Contact
    score: str
    offered_at: int
    comment: str | None = None
    id: int = 0


@dataclass
class Answer:
    """One row of a Qualtrics survey; None where a question was left blank."""

    at: int
    person: Person | None
    contact: Contact | None
    nps: int | None = None
    csat: int | None = None
    ces: int | None = None
    fcr: int | None = None
    comment: str | None = None
    is_finished: bool = True
    is_preview: bool = False
    id: str = ""

    @property
    def counts(self) -> bool:
        """Whether it is an answer: finished, and no preview."""
        return self.is_finished and not self.is_preview


@dataclass(frozen=True)
class Cost:
    """One ledger line; `category` in the words of the landing contract."""

    month: str  # YYYY-MM
    site: str
    team: str
    partner: str
    category: str
    amount: int


@dataclass(frozen=True)
class Chance:
    """With which chance the customer of an issue buys between two instants, each as
    likely, after it; and how likely in a whole window had there been no issue. Of
    valid orders."""

    issue: Issue
    chance: float
    start: int
    end: int
    without: float


@dataclass
class World:
    """Everything that happened, oldest first."""

    seed: int
    scale: float
    people: list[Person]
    users: list[User]
    orders: list[Order]
    tickets: list[Ticket]
    calls: list[Call]
    contacts: list[Contact]  # countable ones
    ratings: list[Rating]
    service_answers: list[Answer]
    relationship_answers: list[Answer]
    costs: list[Cost]
    chances: list[Chance]  # of customers who can order


def paris(at: int) -> datetime:
    """The instant on a Paris clock."""
    return datetime.fromtimestamp(at, PARIS)
