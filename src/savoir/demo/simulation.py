"""What happens in the world: customers, contacts, orders, answers, costs."""

from itertools import zip_longest
from math import exp

from savoir.demo.dice import Dice, planted
from savoir.demo.files import local_month
from savoir.demo.ledger import keep_ledger
from savoir.demo.season import in_week, in_year
from savoir.demo.surveys import survey_relationship, survey_service
from savoir.demo.world import (
    AGENTS,
    AS_OF,
    BOT,
    CHAT,
    CITIES,
    DAY,
    EXPERIMENT_DAYS,
    HOUR,
    HUMAN_AGENTS,
    ISSUE_GAP,
    JUNE,
    MAX_SCALE,
    MINUTE,
    MISSED_CHAT,
    N1,
    N2,
    PHONE,
    PHONE_PARTNER_FROM,
    PRODUCTS,
    RATES,
    REASONS,
    REPURCHASE_WINDOW,
    RETURNS,
    START,
    SYSTEM,
    Agent,
    Call,
    Chance,
    Contact,
    Event,
    Issue,
    Order,
    Person,
    Ticket,
    User,
    World,
    issues_of,
    paris,
)

FIRST_NAMES = (
    "Adèle Alice Amandine Antoine Arthur Aurélie Baptiste Bastien Camille Céline "
    "Charlotte Chloé Clément Corentin Damien Delphine Émile Emma Fabien Florian "
    "Gaëlle Gabriel Hélène Henri Inès Jade Jeanne Jérôme Joséphine Karim Laure Léa "
    "Léo Louise Lucas Maëlle Manon Margaux Mathis Mehdi Nathan Nora Océane Olivier "
    "Pauline Pierre Quentin Romane Samuel Sarah Simon Solène Théo Valentine Yanis Zoé"
)
LAST_NAMES = (
    "Abadie Arnaud Aubry Barbier Baudry Benali Berger Besson Blanchard Bouvier "
    "Carlier Chauvet Chevalier Collet Cordier Dubreuil Dufour Faivre Fontaine Gauthier "
    "Gilbert Girault Guyot Hamel Humbert Jacquet Joly Keller Lacroix Lambert Laporte "
    "Leconte Lefort Lemaire Maillard Marchal Masson Mercier Millet Monnier Moreau "
    "Noël Pasquier Perrot Picard Poirier Prévost Renault Rey Rivière Roussel Royer "
    "Sauvage Tessier Vidal Villard Weber"
)
PLAIN_LETTERS = str.maketrans("àâäéèêëîïôöùûüçÉ", "aaaeeeeiioouuucE")
# the ranges the French regulator keeps for fiction, 10,000 numbers each
PHONE_RANGES = ("63998", "19900", "26191", "35301", "46571", "53649")

TEXT_CHANNELS = ("email", "web", "chat", "facebook")
SUBJECTS = {
    "livraison_retard": "Colis toujours pas reçu",
    "produit_defectueux": "Produit en panne",
    "retour_remboursement": "Demande de retour",
    "facturation": "Question sur ma facture",
    "question_produit": "Question sur un produit",
    "reclamation": "Réclamation",
}
REASON_WEIGHTS = tuple(
    zip(REASONS, (0.27, 0.2, 0.2, 0.1, 0.13, 0.1), strict=True),
)
COURSES_OF_TICKETS = (
    "reopened",
    "open_again",
    "transferred",
    "escalated",
    "never_resolved",
)
# seconds to an agent's answer, before opening hours are looked at
ANSWER_TIMES = {
    "email": (20 * MINUTE, 6 * HOUR),
    "web": (20 * MINUTE, 6 * HOUR),
    "facebook": (5 * MINUTE, 100 * MINUTE),
    "chat": (20, 3 * MINUTE),
    "voice": (HOUR, 10 * HOUR),
}
BY_PRICE = tuple((p, 1.0) for p in sorted(PRODUCTS, key=lambda p: p.price))


def simulate(seed: int, scale: float) -> World:
    """Make the world of one seed. ValueError for a scale outside (0, MAX_SCALE]."""
    if not 0 < scale <= MAX_SCALE:
        raise ValueError(f"scale must be above 0 and at most {MAX_SCALE}, not {scale}")
    return _Simulation(seed, scale).run()


class _Simulation:
    """The world while it is being made. An order matters only to the dice."""

    def __init__(self, seed: int, scale: float) -> None:
        self.seed, self.scale = seed, scale
        self.dice = Dice(seed, "people")
        self.habits, self.experiment = Dice(seed, "habits"), Dice(seed, "experiment")
        self.shopping = Dice(seed, "shopping")
        self.phones = 0
        self.people: list[Person] = []
        self.users: list[User] = []
        self.orders: list[Order] = []
        self.tickets: list[Ticket] = []
        self.calls: list[Call] = []
        self.contacts: list[Contact] = []
        self.chances: list[Chance] = []

    def run(self) -> World:
        for person in self.customers_with_issues():
            self.live(person)
        self.plant_gaps()
        self.plant_ticket_past_midnight()
        self.plant_courses()
        self.plant_repeats_at_the_horizon()
        self.plant_unfinished_calls()
        browsers = [self.person() for _ in self.times(RATES.customers_without)]
        for person in browsers:
            self.browse(person)
        self.call_anonymously()
        self.plant_excluded_tickets(browsers)
        for person in self.people:
            self.buy(person)
        self.refund_late(browsers)
        self.refer()
        # the last thing that happens: it makes the horizon of the exports exact
        self.order(self.person(), AS_OF, status="paid")
        self.number()

        self.contacts.sort(key=lambda contact: contact.opened_at)
        ratings, answers = survey_service(self.contacts, self.seed, self.scale)
        return World(
            seed=self.seed,
            scale=self.scale,
            people=self.people,
            users=self.users,
            orders=self.orders,
            tickets=self.tickets,
            calls=self.calls,
            contacts=self.contacts,
            ratings=ratings,
            service_answers=answers,
            relationship_answers=survey_relationship(
                self.people, self.seed, self.scale
            ),
            costs=keep_ledger(self.seed, self.scale),
            chances=self.chances,
        )

    def times(self, count: int) -> range:
        return range(planted(count, self.scale))

    # ---------- customers

    def person(
        self,
        *,
        email: bool = True,
        phone: str | None = None,
        shares_phone: bool = False,
        two_accounts: bool = False,
    ) -> Person:
        first = self.dice.pick(FIRST_NAMES.split())
        last = self.dice.pick(LAST_NAMES.split())
        domain = self.dice.pick(("example.com", "example.fr", "example.org"))
        name = f"{first}.{last}".translate(PLAIN_LETTERS).lower()
        address = f"{name}{len(self.people) + 1}@{domain}" if email else None
        city = self.dice.pick(CITIES)
        habit = self.habits.weighted(RATES.habits)
        person = Person(
            first, last, address, phone, shares_phone, two_accounts, city, habit
        )
        self.people.append(person)
        return person

    def phone(self) -> str:
        line, number = self.phones % 6, self.phones // 6
        self.phones += 1
        # 7919 has no factor in common with 10,000, so that no number comes twice
        return f"+33{PHONE_RANGES[line]}{number * 7919 % 10_000:04d}"

    def customers_with_issues(self) -> list[Person]:
        people = []
        for _ in self.times(RATES.customers_with_issues):
            if self.dice.chance(RATES.phone_only):
                people.append(self.person(email=False, phone=self.phone()))
            elif self.dice.chance(RATES.email_only):
                people.append(self.person())
            else:
                twice = self.dice.chance(RATES.second_account)
                people.append(self.person(phone=self.phone(), two_accounts=twice))
        for _ in self.times(RATES.households):
            phone = self.phone()
            for _ in range(2):
                people.append(self.person(phone=phone, shares_phone=True))
        return people

    def user(self, person: Person, at: int, *, by_phone: bool = False) -> User:
        """The person's helpdesk user, made at the first contact."""
        use_phone = person.email is None or (by_phone and person.two_accounts)
        user = person.phone_user if use_phone else person.user
        if user is not None:
            user.created_at = min(user.created_at, at)
            return user
        user = User(
            id=9_000_001 + len(self.users),
            name=f"{person.first} {person.last}",
            email=None if use_phone else person.email,
            phone=None if person.two_accounts and not use_phone else person.phone,
            created_at=at,
        )
        self.users.append(user)
        if use_phone:
            person.phone_user = user
        else:
            person.user = user
        return user

    def live(self, person: Person) -> None:
        """A customer's first order and issues."""
        dice = self.dice
        number = dice.weighted(tuple(enumerate(RATES.issues_per_customer, start=1)))
        first_days = START + 8 * DAY, AS_OF - DAY
        at = dice.between_in_turn("first issue", *first_days)
        at = in_week(in_year(at, *first_days))
        order = None
        needs_order = person.two_accounts or person.shares_phone
        if person.email and (
            needs_order or not dice.chance(RATES.never_ordered_before)
        ):
            earliest = START + dice.between(HOUR, 5 * DAY)
            order = self.order(
                person, max(earliest, dice.awake(at - dice.between(2 * DAY, 25 * DAY)))
            )
        for _ in range(number):
            if at > AS_OF - HOUR:
                break
            self.issue(person, at, order)
            end = max(contact.ended_at for contact in person.contacts)
            at = in_week(end + 17 * DAY + dice.mostly_low(0, 200 * DAY))

    def browse(self, person: Person) -> None:
        """First order of a customer who never contacts the service."""
        dice = self.dice
        draw = dice.mostly_low if dice.chance(0.5) else dice.between
        self.order(person, dice.awake(draw(START + HOUR, AS_OF - 2 * DAY)))

    # ---------- issues and contacts

    def issue(self, person: Person, at: int, order: Order | None) -> None:
        """A first contact, and what the customer does until it is over."""
        dice = self.dice
        channel = self.channel(person, at)
        course = self.course(channel, at)
        if course in COURSES_OF_TICKETS and channel.startswith("call"):
            channel = "call_ticket"
        reason = dice.weighted(REASON_WEIGHTS) if order else "question_produit"
        if channel.startswith("call") and not person.shares_phone:
            at = self.give_up(person, at)
        arm = self.arm(person, channel, at) if order else None
        if arm == "control":
            course = "article"
        contact = self.contact(person, channel, at, course, reason, order)
        if contact is None:
            return
        contact.arm = arm

        repeats = 0
        # the longest closing is two days and a half, and the issue goes on for seven
        delay = (40 * MINUTE, 4 * DAY)
        if channel in ("call_abandoned", "call_timeout") or course == "missed":
            repeats = int(dice.chance(RATES.calls_back))
            delay = (20 * MINUTE, 3 * HOUR)
            if channel != "chat":
                channel = "call_ticket" if person.shares_phone else "call"
        elif course == "bot_alone":
            repeats = int(dice.chance(RATES.comes_back_after_bot))
            if dice.chance(0.5):
                channel = self.other_channel(person, channel, at)
        elif course.startswith("repeat"):
            repeats = 1 + int(dice.chance(RATES.second_repeat))
            if course == "repeat_other_channel":
                channel = self.other_channel(person, channel, at)
        elif course == "first_time" and _is_of_bad_weeks(contact):
            repeats = int(dice.chance_in_turn("june repeats", RATES.june_repeats))
            delay = (DAY, 4 * DAY)
        elif course == "first_time" and _is_of_phone_partner(contact):
            repeats = int(dice.chance_in_turn("partner", RATES.partner_repeats))
            delay = (DAY, 4 * DAY)
        for _ in range(repeats):
            at = contact.ended_at + dice.between(*delay)
            following = self.contact(person, channel, at, "first_time", reason, order)
            if following is None:
                break
            contact = following

    def arm(self, person: Person, channel: str, at: int) -> str | None:
        """Arm of the experiment, if the contact to come is the person's first in its
        days, and in writing."""
        first, last = EXPERIMENT_DAYS
        is_early = first <= paris(at).date() <= last
        if not is_early or channel not in ("email", "web"):
            return None
        if any(paris(contact.opened_at).date() >= first for contact in person.contacts):
            return None
        gets_article = self.experiment.chance(RATES.gets_article)
        return "control" if gets_article else "treatment"

    def course(self, channel: str, at: int) -> str:
        """What is to come of a first contact; each month keeps to the shares."""
        dice = self.dice
        key = (channel.removesuffix("_ticket"), local_month(at))
        courses = RATES.courses
        if channel == "chat":
            by_bot = RATES.bot_answers * RATES.bot_settles
            missed = RATES.chat_missed * (1 - by_bot)
            rest = 1 - by_bot - missed
            courses = (
                ("bot_alone", by_bot),
                ("missed", missed),
                *((name, rest * share) for name, share in courses),
            )
        return dice.in_turn(("course", *key), courses)

    def give_up(self, person: Person, at: int) -> int:
        """In June 2026 some callers hang up several times before they get through;
        returns when the person calls next."""
        if at < JUNE or not self.dice.chance_in_turn("give up", RATES.june_given_up):
            return at
        for _ in range(self.dice.between(*RATES.june_hung_up)):
            contact = self.contact(
                person, "call_given_up", at, "first_time", "question_produit", None
            )
            if contact is None:
                break
            at = contact.ended_at + self.dice.between(5 * MINUTE, 90 * MINUTE)
        return at

    def channel(self, person: Person, at: int) -> str:
        def reaches(channel: str) -> bool:
            if not channel.startswith("call"):
                return person.email is not None
            # a call from a shared telephone tells nothing without its ticket
            return person.phone is not None and (
                channel == "call_ticket" or not person.shares_phone
            )

        open_ = tuple(c for c in RATES.channels if reaches(c[0]))
        return self.dice.in_turn(("channel", local_month(at), open_), open_)

    def other_channel(self, person: Person, channel: str, at: int) -> str:
        while True:
            other = self.channel(person, at)
            if person.email is None or (
                other != channel and other not in ("call_abandoned", "call_timeout")
            ):
                return other

    def contact(
        self,
        person: Person,
        channel: str,
        at: int,
        course: str,
        reason: str,
        order: Order | None,
    ) -> Contact | None:
        """One contact, at `at` or when the channel next opens; None past the end."""
        at = self.opening(channel, at)
        if at > AS_OF:
            return None
        contact = Contact(person)
        if channel in TEXT_CHANNELS:
            contact.ticket = self.write(person, channel, at, course, reason, order)
        else:
            contact.call = self.call(person, channel, at)
        if channel == "call_ticket":
            contact.ticket = self.file(person, contact.call, course, reason, order)
        person.contacts.append(contact)
        self.contacts.append(contact)
        return contact

    def opening(self, channel: str, at: int) -> int:
        """When somebody who thinks of it at `at` writes or calls."""
        dice = self.dice
        if channel not in TEXT_CHANNELS:
            return dice.open_hours(at)
        by_day = channel in ("email", "web") and dice.chance(RATES.written_by_day)
        return dice.open_hours(at) if by_day else dice.awake(at)

    def call(self, person: Person | None, channel: str, at: int) -> Call:
        dice = self.dice
        call = Call(at, person, "answered")
        if channel == "call_given_up":
            call.outcome, call.wait = "abandoned", dice.between(9, 240)
        elif channel == "call_abandoned":
            short = dice.chance(RATES.short_abandon)
            call.outcome = "abandoned"
            call.wait = dice.between(2, 5) if short else dice.between(9, 240)
        elif channel == "call_timeout":
            call.outcome, call.wait = "timeout", 300
        else:
            on_calls = [agent for agent in AGENTS if agent.extension]
            call.agent = dice.pick(on_calls)
            quick = RATES.answered_quickly if at < JUNE else RATES.june_answered_quickly
            is_quick = dice.chance_in_turn(("quick", local_month(at)), quick)
            call.wait = dice.between(2, 20) if is_quick else dice.mostly_low(21, 150)
            call.talk = dice.between(45, 200) + dice.mostly_low(0, 500)
            call.hung_up_by = "AGENT" if dice.chance(0.35) else "CALLER"
            if call.wait >= 20 and dice.chance(0.3):
                call.unanswered_ring = dice.pick(
                    [agent for agent in on_calls if agent is not call.agent]
                )
        self.calls.append(call)
        return call

    def write(
        self,
        person: Person,
        channel: str,
        at: int,
        course: str,
        reason: str,
        order: Order | None,
    ) -> Ticket:
        """A ticket the customer wrote."""
        dice = self.dice
        customer = self.user(person, at).id
        group = RETURNS if reason == "retour_remboursement" else N1
        if channel in ("chat", "facebook"):
            group = CHAT
        ticket = self.ticket(customer, customer, channel, at, reason)
        ticket.person, ticket.order = person, order
        created = ticket.events[0]
        created.changes |= {"status": "new", "group_id": group}
        if channel == "chat":
            self.converse(ticket, course)
            self.finish(ticket)
            return ticket
        if course == "article":
            self.send_article(ticket)
            return ticket
        if dice.chance(RATES.automatic_public_reply):
            automatic = "Nous avons bien reçu votre message et revenons vers vous."
            ticket.events.append(Event(at + 3, SYSTEM, "rule", automatic, public=True))
        else:
            created.notifies = True
        if group == RETURNS or (
            group == N1 and dice.chance(RATES.routed_before_any_agent)
        ):
            created.changes["group_id"] = RETURNS if group == N1 else N1
            routed = Event(at + 5, SYSTEM, "rule", changes={"group_id": group})
            ticket.events.append(routed)

        if course == "never_resolved" and dice.chance(0.3):
            self.remind(ticket, at)
        else:
            answered_at = self.answer_time(at, channel, group)
            agent = self.agent(group, answered_at)
            self.settle(ticket, agent, answered_at, course, {"assignee_id": agent.id})
        self.finish(ticket)
        return ticket

    def converse(self, ticket: Ticket, course: str) -> None:
        """A chat: the bot first, mostly; then an agent, unless the bot settles it or
        the customer leaves."""
        dice = self.dice
        at = ticket.events[0].at

        def says(author: int, text: str) -> None:
            ticket.events.append(Event(at, author, "chat", text, public=True))

        by_bot = RATES.bot_answers * RATES.bot_settles
        meets_bot = (RATES.bot_answers - by_bot) / (1 - by_bot)
        if course == "bot_alone" or dice.chance(meets_bot):
            at += dice.between(2, 5)
            says(BOT.id, "Bonjour, je suis Lumi. De quoi s'agit-il ?")
            at += dice.between(15, 60)
            says(ticket.requester, "J'ai besoin d'aide, voici mon numéro de commande.")
            at += dice.between(2, 5)
            if course == "bot_alone":
                self.settle_by_bot(ticket, at)
                return
            says(BOT.id, "Je vous passe un conseiller.")
        if course == "missed":
            is_short = dice.chance(RATES.short_missed)
            at += dice.between(2, 5) if is_short else dice.between(30, 300)
            left = Event(at, SYSTEM, "rule")
            left.changes = {"status": "solved", "tags": [ticket.reason, MISSED_CHAT]}
            closing = Event(at + 4 * DAY, SYSTEM, "rule", changes={"status": "closed"})
            ticket.events += [left, closing]
            return
        is_slow = dice.chance(RATES.slow_chat)
        at += dice.between(111, 360) if is_slow else dice.between(12, 110)
        agent = self.agent(CHAT, at)
        self.settle(ticket, agent, at, course, {"assignee_id": agent.id})

    def settle_by_bot(self, ticket: Ticket, at: int) -> None:
        """The bot explains, the customer agrees, the bot solves the ticket."""
        dice = self.dice
        says = Event(at, BOT.id, "chat", "Voici ce que je vous propose.", public=True)
        at += dice.between(30, 240)
        thanks = Event(at, ticket.requester, "chat", "D'accord, merci.", public=True)
        at += dice.between(60, 250)
        done = Event(at, BOT.id, "chat", "Ravi d'avoir pu vous aider.", public=True)
        done.changes = {"assignee_id": BOT.id, "status": "solved"}
        closing = Event(at + 4 * DAY, SYSTEM, "rule", changes={"status": "closed"})
        ticket.events += [says, thanks, done, closing]

    def send_article(self, ticket: Ticket) -> None:
        """The bot answers with an article, which is the end of it."""
        at = ticket.events[0].at + self.experiment.between(20, 90)
        text = "Bonjour, cet article répond à votre question."
        sent = Event(at, BOT.id, "api", text, public=True)
        sent.changes = {"assignee_id": BOT.id, "status": "solved"}
        closing = Event(at + 4 * DAY, SYSTEM, "rule", changes={"status": "closed"})
        ticket.events += [sent, closing]

    def file(
        self,
        person: Person,
        call: Call,
        course: str,
        reason: str,
        order: Order | None,
    ) -> Ticket:
        """The ticket the agent files while on the call."""
        dice = self.dice
        agent = call.agent
        shows_id = person.shares_phone or dice.chance(RATES.call_id_on_ticket)
        via_web = shows_id and dice.chance(RATES.call_ticket_via_web)
        answered_at = call.entered_at + call.wait
        at = dice.between(answered_at + 5, answered_at + 40)
        customer = self.user(person, at, by_phone=True).id
        channel = "web" if via_web else "voice"
        ticket = self.ticket(customer, agent.id, channel, at, reason)
        ticket.person, ticket.order = person, order
        ticket.call, ticket.shows_call_id = call, shows_id
        created = ticket.events[0]
        created.comment = f"Appel : {SUBJECTS[reason].lower()}."
        created.public = via_web
        created.changes |= {
            "status": "open",
            "group_id": agent.group,
            "assignee_id": agent.id,
        }
        after = call.ended_at + dice.between(20, 300)
        self.settle(ticket, agent, after, course, {})
        self.finish(ticket)
        return ticket

    def ticket(
        self, requester: int, submitter: int, via: str, at: int, reason: str | None
    ) -> Ticket:
        """A new ticket with its first event, by the submitter."""
        dice = self.dice
        priorities = (("normal", 7), ("low", 1), ("high", 2), ("urgent", 0.5))
        subject = SUBJECTS[reason] if reason else "Demande"
        created = Event(
            at,
            submitter,
            via,
            f"{subject}. Merci de votre aide.",
            public=True,
            changes={
                "priority": dice.weighted(priorities),
                "tags": [reason] if reason else [],
            },
        )
        ticket = Ticket(requester, submitter, via, subject, reason, [created])
        self.tickets.append(ticket)
        return ticket

    def finish(self, ticket: Ticket) -> None:
        """Nothing after the horizon; work is recorded on what an agent had by then."""
        dice = self.dice
        ticket.events = [event for event in ticket.events if event.at <= AS_OF]
        if all(event.author not in HUMAN_AGENTS for event in ticket.events):
            return
        ticket.seconds_spent = 60 + dice.mostly_low(60, 3000)
        key = ("compensation", local_month(ticket.events[0].at))
        if ticket.reason != "question_produit" and dice.chance_in_turn(
            key, RATES.compensation
        ):
            ticket.compensation = 500 * dice.between_in_turn((*key, "amount"), 1, 5)

    def answer_time(self, at: int, channel: str, group: int) -> int:
        """When an agent of the group answers a message of that time; the chat's team
        works round the clock."""
        at += self.dice.mostly_low(*ANSWER_TIMES[channel])
        return at if group == CHAT else self.dice.open_hours(at)

    def agent(self, group: int, at: int) -> Agent:
        return self.dice.pick(
            [
                agent
                for agent in AGENTS
                if agent.group == group and not (agent.left_at and at >= agent.left_at)
            ]
        )

    def remind(self, ticket: Ticket, at: int) -> None:
        """The customer asks what has become of it."""
        at = self.dice.awake(at + self.dice.between(8 * HOUR, 3 * DAY))
        via = "email" if ticket.via in ("voice", "web") else ticket.via
        text = "Bonjour, où en est ma demande ?"
        ticket.events.append(Event(at, ticket.requester, via, text, public=True))

    def settle(
        self,
        ticket: Ticket,
        agent: Agent,
        at: int,
        course: str,
        changes: dict[str, object],
    ) -> None:
        """Events from the agent's first act at `at`, which also makes `changes`, to
        the last solution, if there is one."""
        dice = self.dice
        channel = ticket.via

        def act(at: int, status: str, text: str | None, *, public: bool = True) -> None:
            nonlocal agent, changes
            if agent.left_at and at >= agent.left_at:
                agent = self.agent(agent.group, at)
                changes = {**changes, "assignee_id": agent.id}
            event = Event(at, agent.id, "web", text, public and text is not None)
            event.changes = {**changes, "status": status}
            ticket.events.append(event)
            changes = {}

        def customer_writes(at: int, text: str) -> int:
            self.remind(ticket, at)
            event = ticket.events[-1]
            if channel == "chat":
                event.at = at + dice.between(20, 200)
            event.comment, event.changes = text, {"status": "open"}
            return event.at

        if course == "never_resolved":
            act(at, "pending", "Nous nous renseignons et revenons vers vous.")
            customer_writes(at, "Toujours rien ?")
            return
        if course == "solved_months_late":
            act(at, "hold", "Pièce en rupture chez notre fournisseur.")
            at = dice.open_hours(at + dice.between(60 * DAY, 150 * DAY))
        if course in ("transferred", "escalated"):
            is_public = channel in ("chat", "facebook") or dice.chance(0.75)
            act(at, "open", "Je transmets au service concerné.", public=is_public)
            at = dice.open_hours(at + dice.mostly_low(10 * MINUTE, 8 * HOUR))
            group = N2
            if course == "transferred":
                group = RETURNS if agent.group != RETURNS else N1
            taker = self.agent(group, at)
            waits_for_taker = dice.chance(0.3)
            taken_by = None if waits_for_taker else taker.id
            changes = {"group_id": group, "assignee_id": taken_by}
            act(at, "open", "Pour suite à donner.", public=False)
            agent = taker
            changes = {"assignee_id": taker.id} if waits_for_taker else {}
            at = self.answer_time(at, "facebook", agent.group)

        asks = dice.weighted(((0, 0.6), (1, 0.3), (2, 0.1)))
        if ticket.call or course == "solved_months_late":
            asks = 0
        for _ in range(asks):
            act(at, "pending", "Pouvez-vous préciser ?")
            at = customer_writes(at, "Voici les précisions demandées.")
            at = self.answer_time(at, channel, agent.group)
        by_telephone = ticket.call is not None and course == "first_time"
        act(at, "solved", None if by_telephone else "C'est réglé, bonne journée.")

        times = 0
        if course in ("reopened", "open_again"):
            times = 2 if course == "reopened" and dice.chance(0.15) else 1
        for _ in range(times):
            waits = (HOUR, 6 * HOUR) if course == "open_again" else (HOUR, 3 * DAY)
            at = dice.awake(at + dice.between(*waits))
            via = "email" if channel in ("voice", "web") else channel
            again = Event(at, ticket.requester, via, "Le problème est revenu.", True)
            again.changes["status"] = "open"
            ticket.events.append(again)
            if course == "open_again":
                return
            at = self.answer_time(at, "email", agent.group)
            act(at, "solved", "Voici une solution définitive.")
        closing = Event(at + 4 * DAY, SYSTEM, "rule", changes={"status": "closed"})
        ticket.events.append(closing)

    # ---------- planted one by one

    def plant_gaps(self) -> None:
        """A second e-mail exactly seven days after the end of the first (one issue),
        and one a second later (two issues)."""
        cases = [(ISSUE_GAP, RATES.gap_exactly_seven_days)]
        cases.append((ISSUE_GAP + 1, RATES.gap_one_second_more))
        for gap, count in cases:
            for _ in self.times(count):
                person = self.person()
                at = self.dice.between(START + 30 * DAY, AS_OF - 120 * DAY)
                order = self.order(person, self.dice.awake(at - 9 * DAY), status="paid")
                reason = "livraison_retard"
                first = self.contact(person, "email", at, "first_time", reason, order)
                # agents answer in opening hours, so that nobody is asleep at this time
                at = first.ended_at + gap
                self.contact(person, "email", at, "first_time", reason, order)

    def plant_ticket_past_midnight(self) -> None:
        """Opened on 31 March by UTC, on 1 April in Paris."""
        person = self.person()
        self.order(person, START + 40 * DAY, status="paid")
        at = START + 90 * DAY - HOUR + 30 * MINUTE  # clocks went forward on 30 March
        ticket = self.write(
            person, "email", at, "first_time", "facturation", person.orders[0]
        )
        contact = Contact(person, ticket)
        person.contacts.append(contact)
        self.contacts.append(contact)

    def plant_courses(self) -> None:
        """Courses that the drawn ones are too long or too rare for."""
        late = ["solved_months_late"] * len(self.times(RATES.solved_months_late))
        again = ["open_again"] * len(self.times(RATES.open_again))
        for course in late + again:
            person = self.person()
            at = self.dice.between(START + 30 * DAY, AS_OF - 240 * DAY)
            order = self.order(person, self.dice.awake(at - 9 * DAY), status="paid")
            self.contact(person, "email", at, course, "produit_defectueux", order)

    def plant_repeats_at_the_horizon(self) -> None:
        """First contacts that are a week old, repeated in the last week."""
        for _ in self.times(RATES.repeated_at_the_horizon):
            person = self.person(phone=self.phone())
            order = self.order(person, AS_OF - 20 * DAY, status="paid")
            reason, at = "livraison_retard", AS_OF - 12 * DAY
            first = self.contact(person, "call", at, "first_time", reason, order)
            at = first.ended_at + 5 * DAY
            self.contact(person, "call", at, "first_time", reason, order)

    def plant_unfinished_calls(self) -> None:
        """Calls that enter the queue and of which the log says no more: one before a
        restart of the telephone exchange, two at the end of the last log."""
        for at in (START + 201 * DAY + 10 * HOUR, AS_OF - 340, AS_OF - 95):
            person = self.person(email=False, phone=self.phone())
            call = Call(at, person, "unfinished")
            self.calls.append(call)
            contact = Contact(person, call=call)
            person.contacts.append(contact)
            self.contacts.append(contact)

    def call_anonymously(self) -> None:
        for _ in self.times(RATES.anonymous_calls):
            at = self.dice.open_hours(self.dice.between(START + DAY, AS_OF - DAY))
            channel = "call_abandoned" if self.dice.chance(0.1) else "call"
            self.contacts.append(Contact(None, call=self.call(None, channel, at)))
        for _ in self.times(RATES.june_anonymous):
            at = self.dice.open_hours(self.dice.between(JUNE, AS_OF - DAY))
            call = self.call(None, "call_given_up", at)
            self.contacts.append(Contact(None, call=call))

    def plant_excluded_tickets(self, browsers: list[Person]) -> None:
        for ticket in self.merge_targets():
            self.merge_into(ticket)
        for _ in self.times(RATES.spam):
            ticket = self.stray("spam", self.person(), "email")
            ticket.subject = "Gagnez un bon d'achat"
            ticket.events[0].comment = "Cliquez ici pour votre bon d'achat !"
            self.put_away(ticket, N1, ["spam"])
        tester = self.person()
        for _ in self.times(RATES.test):
            ticket = self.stray("test", tester, "web")
            self.put_away(ticket, N1, ["test"])
        for _ in self.times(RATES.deleted):
            ticket = self.stray("deleted", self.person(), "email")
            at = ticket.events[0].at + self.dice.between(DAY, 40 * DAY)
            gone = Event(min(at, AS_OF - DAY), self.agent(N1, at).id, "web")
            gone.changes["status"] = "deleted"
            ticket.events.append(gone)
        for _ in self.times(RATES.internal):
            ticket = self.stray("internal", None, "web")
            self.put_away(ticket, N2, [])
        for person in self.dice.some(browsers, len(self.times(RATES.outbound))):
            ticket = self.stray("outbound", person, "web")
            ticket.subject = "Rappel de sécurité : contrôle de votre appareil"
            first = ticket.events[0]
            agent = self.agent(N1, first.at)
            ticket.submitter = first.author = agent.id
            first.comment = "Bonjour, merci de vérifier la référence de votre appareil."
            first.changes["assignee_id"] = agent.id
            self.put_away(ticket, N1, [])

    def stray(self, excluded: str, person: Person | None, via: str) -> Ticket:
        """A ticket that is not a customer's contact; without a person, an agent's."""
        dice = self.dice
        at = dice.open_hours(dice.between(START + 5 * DAY, AS_OF - 50 * DAY))
        requester = self.user(person, at).id if person else self.agent(N1, at).id
        ticket = self.ticket(requester, requester, via, at, None)
        ticket.person, ticket.excluded = person, excluded
        ticket.events[0].changes |= {"status": "new", "group_id": N1}
        return ticket

    def put_away(self, ticket: Ticket, group: int, tags: list[str]) -> None:
        """An agent tags and solves it; it closes by itself."""
        at = self.dice.open_hours(ticket.events[0].at + self.dice.between(600, DAY))
        agent = self.agent(group, at)
        done = Event(at, agent.id, "web", "Traité.", public=False)
        done.changes = {
            "status": "solved",
            "assignee_id": agent.id,
            "group_id": group,
        }
        if tags:
            done.changes["tags"] = tags
        closing = Event(at + 4 * DAY, SYSTEM, "rule", changes={"status": "closed"})
        ticket.events += [done, closing]

    def merge_targets(self) -> list[Ticket]:
        """Written tickets that waited some time for the first agent."""

        def waited(ticket: Ticket) -> bool:
            first = next((e for e in ticket.events if "assignee_id" in e.changes), None)
            return (
                ticket.via in ("email", "web")
                and ticket.call is None
                and first is not None
                and first.at - ticket.events[0].at > 30 * MINUTE
            )

        targets = [ticket for ticket in self.tickets if waited(ticket)]
        return self.dice.some(targets, len(self.times(RATES.merged)))

    def merge_into(self, target: Ticket) -> None:
        """The customer wrote twice; the agent keeps the first ticket."""
        dice = self.dice
        answer = next(e for e in target.events if "assignee_id" in e.changes)
        opened_at = target.events[0].at
        at = opened_at + dice.between(10 * MINUTE, answer.at - opened_at - 5 * MINUTE)
        ticket = self.ticket(
            target.requester, target.requester, target.via, at, target.reason
        )
        ticket.person, ticket.order = target.person, target.order
        ticket.excluded, ticket.merged_into = "merged", target
        ticket.events[0].changes |= {"status": "new", "group_id": N1}
        merged_at = answer.at - 30
        text = "Cette demande est fermée et fusionnée dans la demande n° {target}."
        merged = Event(merged_at, answer.author, "web", text, public=False)
        merged.changes = {
            "status": "closed",
            "tags": [target.reason, "closed_by_merge"],
        }
        ticket.events.append(merged)

    # ---------- orders

    def order(
        self,
        person: Person,
        at: int,
        *,
        status: str | None = None,
        tag: str | None = None,
        purpose: str = "first",
    ) -> Order | None:
        """One order, of drawn status unless one is given; None past the horizon.
        Orders of one purpose and month are of all prices."""
        dice = self.dice
        if at > AS_OF:
            return None
        key = (purpose, local_month(at))
        number = dice.in_turn(("lines", *key), ((1, 0.72), (2, 0.2), (3, 0.08)))
        # no three turns in a row give the same product twice
        products = [dice.in_turn(("product", *key), BY_PRICE) for _ in range(number)]
        lines = [
            (product, 1 + int(product.price < 2000 and dice.chance(0.4)))
            for product in products
        ]
        order = Order(at, person, lines, tag=tag)
        if order.subtotal > 3000 and dice.chance(0.08):
            order.discount = 600
        drawn = dice.weighted(RATES.financial_statuses)
        order.status = status or drawn
        if order.status == "partially_refunded":
            self.refund_partly(order)
        elif order.status == "refunded":
            order.refunded = order.total
        cancelled = {
            "voided": 1.0,
            "refunded": 0.3,
            "paid": 0.0 if status else RATES.cancelled_but_paid,
        }
        if dice.chance(cancelled.get(order.status, 0.0)):
            order.cancelled_at = min(at + dice.between(HOUR, 2 * DAY), AS_OF)
        self.orders.append(order)
        person.orders.append(order)
        return order

    def refund_partly(self, order: Order) -> None:
        """Pay back one piece; a second article keeps the order worth something."""
        if len(order.lines) == 1:
            others = [p for p in PRODUCTS if p is not order.lines[0][0]]
            order.lines.append((self.dice.pick(others), 1))
        order.status = "partially_refunded"
        order.refunded = min(product.price for product, _ in order.lines)

    def buy(self, person: Person) -> None:
        """A customer's other orders: after issues by what came of them, at other times
        by habit, until they leave."""
        if person.email is None:
            return
        issues = issues_of(person)
        left_at = self.buy_again(person, issues)
        windows = [(i.opened_at, i.ended_at + REPURCHASE_WINDOW) for i in issues]
        at = min((order.at for order in person.orders), default=AS_OF)
        while True:
            at = self.shopping.awake(
                at + self.shopping.wait(REPURCHASE_WINDOW / person.habit)
            )
            if at > min(left_at, AS_OF):
                break
            if not any(start <= at <= end for start, end in windows):
                self.order(person, at)

    def buy_again(self, person: Person, issues: list[Issue]) -> int:
        """Orders in the window after each issue; returns when the customer left."""
        dice, left_at = self.dice, AS_OF + 1
        for issue, following in zip_longest(issues, issues[1:]):
            until = issue.ended_at + REPURCHASE_WINDOW
            if following is not None:
                until = min(until, following.opened_at)
            settled, month = issue.failure is None, local_month(issue.ended_at)
            chance = without = _chance_by_habit(person) if left_at > AS_OF else 0.0
            if settled and without and issue.contacts[0].arm != "control":
                chance += dict(RATES.uplift)[issue.reason]
            stays = 1.0 if settled else 1 - RATES.leaves_after_failure
            days = issue.ended_at + DAY, until - DAY
            self.chances.append(Chance(issue, chance * stays, *days, without))
            if not settled and not dice.chance_in_turn(("stays", month), stays):
                left_at = min(left_at, issue.ended_at)
            key = ("buys again", settled, month)
            if left_at > AS_OF and dice.chance_in_turn(key, chance):
                key = ("when", *key)
                tag, at = None, dice.between_in_turn(key, *days)
                key = ("upsell", month)
                if settled and dice.chance_in_turn(key, RATES.upsell):
                    tag, at = "upsell", issue.ended_at + dice.between(300, 2400)
                partly = dice.chance(0.04)
                status = "partially_refunded" if partly else "paid"
                self.order(person, at, status=status, tag=tag, purpose=tag or "again")
            about_defect = issue.reason == "produit_defectueux"
            if about_defect and dice.chance(RATES.replacement):
                at = issue.ended_at + dice.between(HOUR, 5 * DAY)
                self.order(person, at, status="paid", tag="replacement")
        return left_at

    def refund_late(self, browsers: list[Person]) -> None:
        """Orders of 2025 that the second export shows again: refunded since, or just
        the same."""
        orders = [
            order
            for person in browsers
            for order in person.orders
            if order.status == "paid"
            and order.cancelled_at is None
            and paris(order.at).year == 2025
        ]
        late = planted(RATES.late_refunds, self.scale)
        both = late + planted(RATES.repeated_orders, self.scale)
        for number, order in enumerate(self.dice.some(orders, both)):
            order.exported_twice = True
            if number >= late:
                continue
            order.late_refund = True
            if number % 3 == 0:
                order.status, order.refunded = "refunded", order.total
            elif len(order.lines) > 1:
                self.refund_partly(order)
            else:
                order.status, order.refunded = "partially_refunded", 600

    def refer(self) -> None:
        """Codes of customers on other customers' orders: on some first ones, and on a
        few later ones, where they bring nobody."""
        dice = self.dice
        codes: list[str] = []
        used: list[str] = []
        seen: set[int] = set()
        later = []
        numbers = {id(person): n for n, person in enumerate(self.people, start=1)}
        for order in sorted(self.orders, key=lambda order: order.at):
            if not order.is_valid:
                continue
            is_first = id(order.person) not in seen
            can_be_used = _can_be_discounted(order) and len(codes) > 1
            if can_be_used and not is_first:
                later.append((order, len(codes)))
            elif can_be_used and dice.chance_in_turn("referred", RATES.referred):
                again = used and dice.chance(RATES.referral_code_again)
                used.append(dice.pick(used if again else codes))
                order.referral, order.discount = used[-1], 600
            if is_first:
                seen.add(id(order.person))
                codes.append(f"PARRAIN-{numbers[id(order.person)]}")
        count = planted(RATES.referral_of_a_customer, self.scale)
        for order, known in dice.some(later, count):
            own = f"PARRAIN-{numbers[id(order.person)]}"
            others = [code for code in codes[:known] if code != own]
            order.referral, order.discount = dice.pick(others), 600

    def number(self) -> None:
        """Give what the systems number in order of time its number."""
        self.tickets.sort(key=lambda ticket: ticket.events[0].at)
        for number, ticket in enumerate(self.tickets, start=10_001):
            ticket.id = number
            ticket.events.sort(key=lambda event: event.at)
        self.calls.sort(key=lambda call: call.entered_at)
        for number, call in enumerate(self.calls, start=101):
            call.id = f"{call.entered_at - 2}.{number}"
        self.orders.sort(key=lambda order: order.at)
        for number, order in enumerate(self.orders, start=1001):
            order.name = f"#{number}"


def _can_be_discounted(order: Order) -> bool:
    """Whether 6 euros less leave an order as it is, in both exports."""
    return (
        order.status == "paid"
        and order.tag is None
        and order.discount == 0
        and not order.exported_twice
        and order.subtotal > 3000
    )


def _is_of_bad_weeks(contact: Contact) -> bool:
    """Whether it came to Support N1 in the first twenty days of June 2026."""
    return (
        contact.ticket is not None
        and contact.team == N1
        and JUNE <= contact.opened_at < JUNE + 20 * DAY
    )


def _is_of_phone_partner(contact: Contact) -> bool:
    """Whether the partner that took over the telephone had it."""
    opened_on = paris(contact.opened_at).date()
    return contact.team == PHONE and opened_on >= PHONE_PARTNER_FROM


def _chance_by_habit(person: Person) -> float:
    """How likely a valid order in 30 days is when nothing happens."""
    shares = dict(RATES.financial_statuses)
    valid = shares["paid"] * (1 - RATES.cancelled_but_paid)
    return 1 - exp(-person.habit * (valid + shares["partially_refunded"]))
