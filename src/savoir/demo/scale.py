"""Worlds of up to ten million contacts, in the generic contract, for measuring.

Every value is a hash of the seed, the number of its contact, customer or order and the
name of what is drawn, so that a world is the same whatever its chunks and workers.
The hash is DuckDB's: another version may make another world of the same seed.
"""

import datetime as dt
import hashlib
import itertools
import os
from bisect import bisect_left
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from rich.progress import Progress

from savoir import paths
from savoir.landing.files import literal
from savoir.landing.run import FILES, FILES_FILE, READER_VERSION, FileRow, land
from savoir.landing.systems.generic import SYSTEM

SMALLEST, LARGEST = 1_000, 10_000_000
CHUNK = 100_000

FIRST_DAY = dt.date(2023, 1, 1)
DAYS = 1096
START = int(dt.datetime(2023, 1, 1, tzinfo=dt.UTC).timestamp())
# What would happen from here on, midnight in Paris, has not been exported yet.
END = START + DAYS * 86400 - 3600
LANDED_AT = dt.datetime(2026, 1, 1)

SEASON = (1.05, 0.9, 0.9, 0.9, 0.95, 1.0, 0.95, 0.8, 0.95, 1.0, 1.25, 1.35)
WEEKDAY = (1.3, 1.2, 1.1, 1.05, 1.05, 0.75, 0.55)
GROWTH = 0.3
# Days repeated as often as they are busy: any one is drawn by a single index.
DAY_SLOTS = 16384

PHONE, EMAIL, WEB, CHAT, SOCIAL = range(5)
CHANNELS = ("phone", "email", "web", "chat", "social")
CHANNEL_OF_20 = 7 * [PHONE] + 6 * [EMAIL] + 3 * [WEB] + 3 * [CHAT] + [SOCIAL]
STAFFED = [7, 8, 8, 9, 9, 9, 10, 10, 11, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 18]
AWAKE = [6, 7, 8, 9, 9, 10, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22]
HOUR_OF_20 = STAFFED + AWAKE + AWAKE + STAFFED + AWAKE

# Contacts come in blocks of 20 from 8 customers. A layout names, for each customer, how
# many contacts (days apart) each of their issues (months apart) takes.
LAYOUTS = (
    ([1], [1], [1], [1, 1], [1, 2], [1, 1, 1], [1, 1, 1, 1], [1, 2, 1, 1]),
    ([2], [1], [1], [1], [1, 1], [1, 1, 1], [2, 1, 1], [1, 1, 3, 1]),
    ([1], [1], [1], [1, 1], [1, 1], [1, 2], [3, 1], [1, 1, 1, 1, 1, 1]),
)
BLOCK, BLOCK_CUSTOMERS = 20, 8

REASONS = (
    ["livraison_retard"] * 6
    + ["produit_defectueux"] * 3
    + ["retour_remboursement"] * 4
    + ["facturation"] * 2
    + ["question_produit"] * 3
    + ["reclamation"] * 2
)
PRODUCTS = ["Lampes"] * 4 + ["Ampoules"] * 2 + ["Cuisine"] * 3 + ["Entretien"]
REGIONS = (
    "Auvergne-Rhône-Alpes",
    "Bourgogne-Franche-Comté",
    "Bretagne",
    "Centre-Val de Loire",
    "Grand Est",
    "Hauts-de-France",
    "Île-de-France",
    "Île-de-France",
    "Normandie",
    "Nouvelle-Aquitaine",
    "Occitanie",
    "Pays de la Loire",
    "Provence-Alpes-Côte d'Azur",
)
EXCLUSIONS = ("spam", "test", "merged", "deleted", "internal", "outbound", "duplicate")
NPS = [1, 3, 5, 6, 7, 7, 8, 8, 8, 9, 9, 9, 9, 9, 10, 10, 10, 10, 10, 10]
CSAT = [1, 2, 3, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]
CES = [1, 3, 4, 5, 5, 5, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7]


@dataclass(frozen=True)
class Team:
    """A team; `is_seeded` says that seeds/teams.csv knows it, by tier and site."""

    name: str
    tier: int
    site: str
    partner: str = ""
    is_seeded: bool = False


TEAMS = (
    Team("Support N1", 1, "Lyon", is_seeded=True),
    Team("Support N2", 2, "Lyon", is_seeded=True),
    Team("Téléphone N1", 1, "Nantes", "Centre Contact Ouest", is_seeded=True),
    Team("Chat N1", 1, "Tanger", "Atlas Relations", is_seeded=True),
    Team("Retours", 1, "Lyon", is_seeded=True),
    Team("Téléphone Lyon", 1, "Lyon"),
    Team("Téléphone Tanger", 1, "Tanger", "Atlas Relations"),
    Team("Courriel Nantes", 1, "Nantes"),
    Team("Chat Nantes", 1, "Nantes"),
    Team("Réseaux sociaux", 1, "Lyon"),
    Team("Facturation", 1, "Nantes"),
    Team("Livraison", 1, "Lyon"),
)
SECOND_TIER = 1
TEAM_OF_20 = {
    PHONE: 9 * [2] + 5 * [5] + 6 * [6],
    EMAIL: 8 * [0] + [1] + 3 * [4] + 5 * [7] + 3 * [10],
    WEB: 8 * [0] + 4 * [4] + 8 * [11],
    CHAT: 11 * [3] + 9 * [8],
    SOCIAL: 20 * [9],
}
# EUR of a team's people per contact it takes, and of everything else per contact.
PEOPLE_COST = 3.4
OTHER_COSTS = {"tools": 0.45, "telephony": 0.3, "training": 0.12, "overhead": 0.8}
ACTIVITY_DAYS = 92

README = """\
profiles.yml is the project's profile without landing: this world has no exports, so
landing would remove it. Build with

    dbt build --profiles-dir "$SAVOIR_WAREHOUSE"
"""


@dataclass(frozen=True)
class World:
    """The size and the seed of a world: all there is to know about it."""

    contacts: int
    seed: int

    def draw(self, name: str, key: str = "contact") -> str:
        """Return SQL for a number in [0, 1), always the same for a name and a key."""
        digest = hashlib.sha256(f"{self.seed}|{name}".encode()).digest()
        offset = int.from_bytes(digest[:7])
        return f"((hash({key} + {offset}) >> 11) / 9007199254740992.0)"

    def seconds(self, name: str, mean: float | str, key: str = "contact") -> str:
        """Return SQL for whole seconds, exponentially distributed."""
        return f"floor(-ln(1 - {self.draw(name, key)}) * {mean})::bigint"

    def pick(self, items: list | tuple, name: str, key: str = "contact") -> str:
        """Return SQL for one of the items, each as likely."""
        return f"{array(items)}[{index(self.draw(name, key), len(items))}]"

    @property
    def customers(self) -> int:
        """How many customers contact support; as many as contacts exist, in all."""
        return -(-self.contacts // BLOCK) * BLOCK_CUSTOMERS

    @property
    def agents(self) -> list[int]:
        """How many agents each team has."""
        wanted = max(24, round(self.contacts * 300 / 1_000_000))
        return [max(2, round(wanted * share)) for share in team_shares()]


def write_scale(
    folder: Path,
    *,
    contacts: int,
    seed: int = 2025,
    landed: bool = True,
    chunk: int = CHUNK,
    workers: int | None = None,
    show_progress: bool = True,
) -> Path:
    """Write a world of 2023 to 2025 and return its folder.

    Landed, `folder` is a warehouse and gets raw Parquet files and a profile to build
    with; else it is a landing folder and gets CSV exports. `chunk` is how many contacts
    a file holds. Raises ValueError for a size out of range.
    """
    if not SMALLEST <= contacts <= LARGEST:
        raise ValueError(f"contacts must be from {SMALLEST:,} to {LARGEST:,}")
    world = World(contacts, seed)
    raw = folder / "raw"
    if landed:
        # An empty landing leaves the typed files that every entity has.
        land(raw / "_landing" / "none", raw, show_progress=False)
    rows: list[FileRow] = []
    with (
        ThreadPoolExecutor(workers or os.cpu_count()) as pool,
        Progress(disable=not show_progress) as progress,
    ):
        task = progress.add_task("Writing the world", total=contacts)
        jobs = {
            pool.submit(write_chunk, world, folder, landed, number, numbers): numbers
            for number, numbers in enumerate(chunks(contacts, chunk))
        }
        try:
            for job in as_completed(jobs):
                rows += job.result()
                progress.advance(task, len(jobs[job]))
        finally:
            # After a failure or Ctrl-C nobody waits for the chunks not begun.
            pool.shutdown(cancel_futures=True)
    if landed:
        write_files_table(raw, rows)
        write_profile(folder)
    return folder


def chunks(contacts: int, chunk: int) -> list[range]:
    """Return the numbers of the contacts of each chunk."""
    return [
        range(start, min(start + chunk, contacts))
        for start in range(0, contacts, chunk)
    ]


def write_chunk(
    world: World, folder: Path, landed: bool, number: int, numbers: range
) -> list[FileRow]:
    """Write what is about the contacts and the customers of these numbers."""
    # One thread a chunk: chunks run beside each other, and rows keep their order.
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"set variable day_slots = {array(day_slots())}")
        connection.execute(story_sql(world, numbers))
        connection.execute(orders_placed_sql(world, numbers))
        writers = WRITERS if number else WRITERS | ONCE
        return [
            write(connection, world, folder, landed, entity, number, sql(world))
            for entity, sql in writers.items()
        ]


def write(
    connection: duckdb.DuckDBPyConnection,
    world: World,
    folder: Path,
    landed: bool,
    entity: str,
    number: int,
    sql: str,
) -> FileRow:
    """Write one file, as landing would have landed it or as a CSV export."""
    file = f"generic/{entity}_{number:03d}.csv"
    # No export exists to be hashed; what it would hold follows from these.
    digest = hashlib.sha256(f"{world}|{file}".encode()).hexdigest()
    if landed:
        target = folder / "raw" / "generic" / entity / f"part_{number:03d}.parquet"
        source = f"""
            select
                *,
                {literal(file)} as _file,
                row_number() over () + 1 as _line,
                timestamp {literal(LANDED_AT)} as _landed_at,
                {literal(digest)} as _file_hash, null::varchar as _unknown
            from ({sql})
        """
        options = "format parquet"
    else:
        target, source, options = folder / file, sql, "format csv, header"
    target.parent.mkdir(parents=True, exist_ok=True)
    [(rows,)] = connection.execute(
        f"copy ({source}) to {literal(target)} ({options})"
    ).fetchall()
    return FileRow(
        system="generic",
        entity=entity,
        file=file,
        file_hash=digest,
        size_bytes=target.stat().st_size,
        rows_read=rows,
        rows_landed=rows,
        rows_rejected=0,
        status="landed",
        message="",
        landed_at=LANDED_AT,
        mtime_ns=0,
        reader_version=READER_VERSION,
    )


def write_files_table(raw: Path, rows: list[FileRow]) -> None:
    """Write the table of files, as a landing does."""
    ordered = sorted(rows, key=lambda row: row.file)
    pq.write_table(
        pa.Table.from_pylist([asdict(row) for row in ordered], schema=FILES),
        raw / FILES_FILE,
    )


def write_profile(warehouse: Path) -> None:
    """Write the project's profile without the landing, and how to build with it."""
    profiles = yaml.safe_load((paths.PROJECT / "profiles.yml").read_text("utf-8"))
    for output in profiles["savoir"]["outputs"].values():
        output.pop("plugins", None)
    text = yaml.safe_dump(profiles, sort_keys=False)
    (warehouse / "profiles.yml").write_text(text, "utf-8")
    (warehouse / "README.txt").write_text(README, "utf-8")


def array(values: Iterable[str | int | float]) -> str:
    """Return a SQL list."""
    return f"[{', '.join(map(sql_value, values))}]"


def sql_value(value: str | int | float) -> str:
    """Return a SQL literal."""
    return literal(value) if isinstance(value, str) else str(value)


def index(draw: str, length: int) -> str:
    """Return SQL for one of the places of a list, given a draw."""
    return f"1 + floor({draw} * {length})::integer"


def day_slots() -> list[int]:
    """Return the days (from 0), each as often as its share of the business."""
    days = [FIRST_DAY + dt.timedelta(days=number) for number in range(DAYS)]
    weights = [
        (1 + GROWTH * number / DAYS) * SEASON[day.month - 1] * WEEKDAY[day.weekday()]
        for number, day in enumerate(days)
    ]
    running = list(itertools.accumulate(weights))
    return [
        bisect_left(running, (slot + 0.5) / DAY_SLOTS * running[-1])
        for slot in range(DAY_SLOTS)
    ]


def team_shares() -> list[float]:
    """Return the share of contacts that each team takes, escalations roughly."""
    shares = [0.04 if team == SECOND_TIER else 0.0 for team in range(len(TEAMS))]
    for channel in CHANNEL_OF_20:
        for team in TEAM_OF_20[channel]:
            shares[team] += 0.96 / 400
    return shares


def layout() -> tuple[list[int], list[int], list[int]]:
    """Return, per layout and place in the block, the customer's number in the block,
    the contact's number in its issue and how many contacts the issue has.
    """
    customers, ranks, sizes = [], [], []
    for customer_issues in LAYOUTS:
        for customer, issues in enumerate(customer_issues):
            for size in issues:
                customers += [customer] * size
                ranks += range(size)
                sizes += [size] * size
    return customers, ranks, sizes


def story_sql(world: World, numbers: range) -> str:
    """Return SQL that tells every contact's story, a row each, times as epochs.

    A time that lies beyond the end of the exports stays; the entities leave it out.
    """
    u, seconds, pick = world.draw, world.seconds, world.pick
    customers, ranks, sizes = layout()
    sizes_of_teams = world.agents
    firsts = [0, *itertools.accumulate(sizes_of_teams)][:-1]
    team_of_100 = [team for channel in range(5) for team in TEAM_OF_20[channel]]
    seeded = [number for number, team in enumerate(TEAMS) if team.is_seeded]

    def agent(team: str, name: str) -> str:
        place = f"{team} + 1"
        return (
            f"{array(firsts)}[{place}]"
            f" + floor({u(name)} * {array(sizes_of_teams)}[{place}])::bigint"
        )

    block = f"contact // {BLOCK}"
    return f"""
        create or replace temp table story as
        with placed as (
            select
                contact,
                1 + contact % {BLOCK} + {BLOCK}
                * floor({u("layout", block)} * {len(LAYOUTS)})::bigint as place,
                {array(CHANNEL_OF_20)}[{index(u("channel"), 20)}] as channel
            from range({numbers.start}, {numbers.stop}) as numbers (contact)
        ),
        dated as (
            select
                contact,
                channel,
                ({block}) * {BLOCK_CUSTOMERS} + {array(customers)}[place] as customer,
                {array(ranks)}[place] as rank,
                contact - rank as issue,
                -- an issue of several contacts has to fit in
                getvariable('day_slots')[
                    {index(u("day", "issue"), DAY_SLOTS)}
                ] as drawn_day,
                case
                    when {array(sizes)}[place] > 1 and drawn_day > {DAYS - 10}
                        then drawn_day - 10
                    else drawn_day
                end as issue_day,
                issue_day
                + case when rank > 0 then 3 * rank - floor({u("gap")} * 3)::bigint
                else 0 end as day,
                {START} + day * 86400
                + {array(HOUR_OF_20)}[20 * channel + {index(u("hour"), 20)}] * 3600
                + floor({u("second")} * 3600)::bigint as opened
            from placed
        ),
        shaped as (
            select
                *,
                {array(team_of_100)}[20 * channel + {index(u("team"), 20)}] as team,
                {array(team_of_100)}[20 * channel + {index(u("other"), 20)}] as other,
                case when {u("excluded")} < 0.04
                then {pick(EXCLUSIONS, "exclusion")} end as exclusion,
                {u("anonymous")} < 0.05 as is_anonymous,
                channel = {CHAT} and {u("bot")} < 0.55
                or channel = {WEB} and {u("bot")} < 0.2 as has_bot,
                has_bot and {u("bot_alone")} < 0.35 as is_bot_alone,
                channel = {CHAT} and not is_bot_alone
                and {u("missed")} < 0.06 as is_missed,
                not is_missed and not is_bot_alone as has_human,
                is_bot_alone or not is_missed and {u("resolved")} < 0.937 as is_settled,
                case
                    when channel != {PHONE} then null
                    when {u("outcome")} < 0.94 then 'answered'
                    when {u("outcome")} < 0.96 then 'callback'
                    when {u("outcome")} < 0.98 then 'voicemail'
                    else 'abandoned'
                end as outcome,
                outcome = 'answered' as is_answered,
                -- how slow a channel's people are to write
                [60, 9000, 9000, 60, 2400][channel + 1] as pace,
                [0, 14400, 14400, 50, 1800][channel + 1] as patience
            from dated
        ),
        answered as (
            select
                *,
                {agent("team", "agent")} as agent,
                opened + 5 + floor({u("bot_delay")} * 20)::bigint as bot_at,
                case
                    when is_answered then 3 + {seconds("wait", 8.5)}
                    when outcome = 'abandoned' and {u("impatient")} < 0.25
                        then 1 + floor({u("wait")} * 5)::bigint
                    when channel = {PHONE} then 6 + {seconds("wait", 60)}
                end as wait,
                case when is_answered then 60 + {seconds("talk", 240)} end as talk,
                case when is_answered and {u("held")} < 0.3
                then {seconds("hold", 60)} when is_answered then 0 end as hold,
                case when is_answered then 20 + {seconds("wrap", 40)} end as wrap,
                opened + wait + coalesce(talk + hold, 0) as hung_up,
                case
                    when not has_human then null
                    when is_answered then opened + wait
                    when channel = {PHONE} then hung_up + 600 + {seconds("back", 7200)}
                    else
                        case when has_bot then bot_at else opened end
                        + [0, 600, 600, 10, 120][channel + 1]
                        + {seconds("response", "patience")}
                end as responded,
                case
                    when not has_human or channel = {PHONE} then 0
                    else [0, 0, 0, 0, 0, 0, 1, 1, 1, 2][{index(u("extra"), 10)}]
                end as extra
            from shaped
        ),
        talked as (
            select
                *,
                case when extra >= 1
                then responded + 30 + {seconds("asked_1", "pace")} end as asked_1,
                case when extra >= 1
                then asked_1 + 30 + {seconds("replied_1", "pace")} end as replied_1,
                case when extra >= 2
                then replied_1 + 30 + {seconds("asked_2", "pace")} end as asked_2,
                case when extra >= 2
                then asked_2 + 30 + {seconds("replied_2", "pace")} end as replied_2,
                extra >= 1 and {u("pending")} < 0.6 as was_pending,
                greatest(replied_2, replied_1, hung_up, responded) as worked,
                case
                    when not has_human or team = {SECOND_TIER} then null
                    when {u("move")} < 0.045 then 'escalated'
                    when {u("move")} < 0.1
                        and other not in (team, {SECOND_TIER}) then 'transferred'
                end as move,
                -- a tier is known by its team, where seeds/teams.csv lists it
                move = 'escalated' and team not in {tuple(seeded)} as tier_moved,
                case
                    when move = 'transferred' then other
                    when move = 'escalated' and not tier_moved then {SECOND_TIER}
                    else team
                end as last_team,
                greatest(responded, hung_up) + 15 as moved,
                case
                    when is_bot_alone then bot_at + 60 + {seconds("told", 120)}
                    when is_settled then
                        greatest(worked, moved) + 15
                        + case when {u("later")} < 0.2
                        then {seconds("later_by", 40000)}
                        else {seconds("soon_by", 30)} end
                end as settled
            from answered
        ),
        reopened as (
            select
                *,
                {agent("last_team", "last_agent")} as other_agent,
                case when move is null or tier_moved then agent
                else other_agent end as last_agent,
                case when is_settled and has_human and {u("reopened")} < 0.035
                then settled + 3600 + {seconds("reopened_by", 86400)} end
                as drawn_reopened,
                case when drawn_reopened < {END} then drawn_reopened end as reopened,
                reopened + 600 + {seconds("again", 7200)} as replied_again,
                coalesce(replied_again + 60, settled) as solved,
                coalesce(solved + 4 * 86400, worked + 10 * 86400) as drawn_closed,
                case when is_missed
                then opened + 20 + {seconds("missed_by", 90)}
                else drawn_closed end as closed,
                coalesce(solved < {END}, false) as is_solved
            from talked
        )
        select * from reopened
        order by opened, contact
    """


def contacts_sql(world: World) -> str:
    """Return SQL for the contacts as they stood when the exports ended."""
    u = world.draw
    names = array(team.name for team in TEAMS)
    values = {
        "contact_id": contact_id("contact"),
        "opened_at": moment("opened"),
        "channel": f"{array(CHANNELS)}[channel + 1]",
        "direction": "case when exclusion = 'outbound' then 'outbound'"
        " else 'inbound' end",
        "status": f"""case
            when is_missed then 'abandoned'
            when is_solved and closed < {END} then 'closed'
            when is_solved then 'solved'
            when not is_settled and closed < {END} then 'abandoned'
            when responded < {END} and was_pending then 'pending'
            when responded < {END} then 'open'
            else 'new' end""",
        "customer_id": f"case when not is_anonymous then {customer_id('customer')} end",
        "customer_email": f"case when not is_anonymous then {email('customer')} end",
        "customer_phone": f"case when not is_anonymous and channel = {PHONE}"
        f" then {phone('customer')} end",
        "first_response_at": past("responded"),
        "resolved_at": f"case when is_solved then {moment('solved')} end",
        "closed_at": past("closed"),
        "reopened_count": "(reopened is not null)::integer",
        "agent_id": f"case when responded < {END} then {agent_id('last_agent')} end",
        "team": f"{names}[last_team + 1]",
        "site": f"{array(team.site for team in TEAMS)}[team + 1]",
        "tier": f"{array(team.tier for team in TEAMS)}[team + 1]",
        "reason": world.pick(REASONS, "reason", "issue"),
        "product": world.pick(PRODUCTS, "product", "issue"),
        "priority": world.pick(("low", "normal", "normal", "high"), "priority"),
        "language": "'fr'",
        "order_id": f"case when not is_anonymous and {has_order_before(world)}"
        f" then {order_id('2 * issue')} end",
        "transferred_count": f"coalesce(move = 'transferred' and moved < {END}, false)"
        "::integer",
        "escalated": f"coalesce(move = 'escalated' and moved < {END}, false)",
        "handled_by_bot": "has_bot",
        "talk_seconds": f"case when responded < {END} and not is_answered"
        f" then 60 + {world.seconds('handling', 240)} * (1 + extra) end",
        "wrap_seconds": f"case when responded < {END} and not is_answered then 30 end",
        "compensation_amount": f"case when is_solved and has_human"
        f" and {u('gesture')} < 0.03"
        f" then {money('500 + floor(' + u('gift') + ' * 2500)')} end",
        "currency": "'EUR'",
        "exclusion_reason": "exclusion",
    }
    return rows_sql("contacts", values, "story")


def events_sql(world: World) -> str:
    """Return SQL for what happened to the contacts before the exports ended."""
    names = array(team.name for team in TEAMS)
    team, last_team = f"{names}[team + 1]", f"{names}[last_team + 1]"
    agent, last = agent_id("agent"), agent_id("last_agent")
    customer = f"case when not is_anonymous then {customer_id('customer')} end"
    by_customer, by_agent = ("'customer'", customer), ("'agent'", agent)
    by_last, by_system = ("'agent'", last), ("'system'", "null")
    by_bot = ("'bot'", "'BOT'")
    wrote = "has_human and not coalesce(is_answered, false)"
    drawn = world.draw
    # what, when, by whom, from, to, and for which contacts
    kinds = [
        ("opened", "opened", by_customer, "null", "'new'", "true"),
        (
            "customer_reply",
            "opened",
            by_customer,
            "null",
            "null",
            f"channel != {PHONE}",
        ),
        ("public_reply", "bot_at", by_bot, "null", "null", "has_bot"),
        (
            "assigned",
            "greatest(responded - 20, opened)",
            by_system,
            "null",
            agent,
            f"has_human and {drawn('assigned')} < 0.15",
        ),
        ("public_reply", "responded", by_agent, "null", "null", wrote),
        (
            "internal_note",
            "hung_up + 5",
            by_agent,
            "null",
            "null",
            f"is_answered and {drawn('note')} < 0.2",
        ),
        (
            "status_changed",
            "responded + 1",
            by_agent,
            "'open'",
            "'pending'",
            "was_pending",
        ),
        ("customer_reply", "asked_1", by_customer, "null", "null", "extra >= 1"),
        ("public_reply", "replied_1", by_last, "null", "null", "extra >= 1"),
        ("customer_reply", "asked_2", by_customer, "null", "null", "extra >= 2"),
        ("public_reply", "replied_2", by_last, "null", "null", "extra >= 2"),
        (
            "team_changed",
            "moved",
            by_agent,
            team,
            last_team,
            "move is not null and not tier_moved",
        ),
        ("tier_changed", "moved", by_agent, "'1'", "'2'", "tier_moved"),
        ("solved", "settled", by_last, "null", "'solved'", "has_human"),
        ("solved", "settled", by_bot, "null", "'solved'", "is_bot_alone"),
        (
            "reopened",
            "reopened",
            by_customer,
            "'solved'",
            "'open'",
            "reopened is not null",
        ),
        ("public_reply", "replied_again", by_last, "null", "null", "true"),
        (
            "solved",
            "solved",
            by_last,
            "'open'",
            "'solved'",
            "reopened is not null",
        ),
        ("closed", "closed", by_system, "null", "'closed'", "true"),
    ]
    happened = " union all ".join(
        f"""
        select
            contact, {at} as occurred, '{kind}' as event_type,
            {actor_type} as actor_type, {actor} as actor_id,
            {before} as from_value, {after} as to_value
        from story
        where {at} < {END} and ({condition})
        """
        for kind, at, (actor_type, actor), before, after, condition in kinds
    )
    values = {
        "contact_id": contact_id("contact"),
        "occurred_at": moment("occurred"),
        "event_type": "event_type",
        "actor_type": "actor_type",
        "actor_id": "actor_id",
        "from_value": "from_value",
        "to_value": "to_value",
    }
    return rows_sql("contact_events", values, f"({happened})")


def calls_sql(world: World) -> str:
    """Return SQL for the calls of contacts, and for those no contact was opened for."""
    u, seconds = world.draw, world.seconds
    names = array(team.name for team in TEAMS)
    sites = array(team.site for team in TEAMS)
    outcomes = ["abandoned"] * 8 + ["ivr_exit", "overflow"]
    # Who hung up, or was sent away, before anyone wrote a word.
    alone = f"""
        select
            contact,
            true as is_alone,
            least(
                floor({u("caller")} * {world.customers})::bigint,
                {world.customers - 1}
            ) as customer,
            {u("withheld")} < 0.1 as is_anonymous,
            {START} + 86400
            * getvariable('day_slots')[{index(u("call_day"), DAY_SLOTS)}]
            + {array(STAFFED)}[{index(u("call_hour"), 20)}] * 3600
            + floor({u("call_second")} * 3600)::bigint as opened,
            {world.pick(outcomes, "end")} as outcome,
            false as is_answered,
            case when outcome = 'abandoned' and {u("hasty")} < 0.3
            then 1 + floor({u("haste")} * 5)::bigint
            else 6 + {seconds("patience", 60)} end as wait,
            null::bigint as talk,
            null::bigint as hold,
            null::bigint as wrap,
            opened + wait as hung_up,
            null::bigint as agent,
            {array(TEAM_OF_20[PHONE])}[{index(u("queue"), 20)}] as team,
            null as exclusion
        -- of a story only the number: its other columns would be read for these
        from (select contact from story) as callers
        where {u("alone")} < 0.05
    """
    named = f"""
        select
            contact, false as is_alone, customer, is_anonymous, opened, outcome,
            is_answered, wait, talk, hold, wrap, hung_up, agent, team, exclusion
        from story
        where channel = {PHONE}
    """
    values = {
        "call_id": "case when is_alone then 'L' else 'K' end || (10000000 + contact)",
        "started_at": moment("opened"),
        "queue": f"{names}[team + 1]",
        "direction": "case when exclusion = 'outbound' then 'outbound'"
        " else 'inbound' end",
        "customer_phone": f"case when not is_anonymous then {phone('customer')} end",
        "outcome": "outcome",
        "answered_at": f"case when is_answered then {moment('opened + wait')} end",
        "ended_at": moment("hung_up"),
        "wait_seconds": "wait",
        "talk_seconds": "talk",
        "hold_seconds": "hold",
        "wrap_seconds": "wrap",
        "agent_id": f"case when is_answered then {agent_id('agent')} end",
        "team": f"{names}[team + 1]",
        "site": f"{sites}[team + 1]",
        "contact_id": f"case when not is_alone then {contact_id('contact')} end",
    }
    return rows_sql("calls", values, f"({named} union all {alone})")


def surveys_sql(world: World) -> str:
    """Return SQL for the answers to three questions after a contact."""
    u = world.draw
    questions = " union all ".join(
        f"""
        select
            *,
            '{question}' as question,
            {low} as low,
            {array(scores)}[1 + floor(
                case when {u(question)} < 0.7 then mood else {u(question + " own")} end
                * 20
            )::integer] as score
        from invited
        """
        for question, low, scores in (
            ("nps", 0, NPS),
            ("csat", 1, CSAT),
            ("ces", 1, CES),
        )
    )
    answered = f"""
        with invited as (
            select
                *,
                solved + 1800 as invited,
                invited + 60 + {world.seconds("answered", 86400)} as answered,
                -- who has to come back is less pleased
                pow({u("mood")}, case when rank > 0 or reopened is not null
                then 1.6 else 1 end) as mood
            from story
            where
                is_solved and has_human and exclusion is null and not is_anonymous
                and {u("survey")} < 0.103
        )
        {questions}
    """
    values = {
        "response_id": "'S' || (10000000 + contact)",
        "survey_id": "'after_contact'",
        "question_type": "question",
        "score": "score",
        "responded_at": moment("answered"),
        "scale_min": "low",
        "scale_max": "case question when 'nps' then 10 when 'csat' then 5 else 7 end",
        "scale_direction": "'high_is_good'",
        "invited_at": moment("invited"),
        "contact_id": contact_id("contact"),
        "customer_id": customer_id("customer"),
        "customer_email": email("customer"),
        "agent_id": agent_id("last_agent"),
    }
    return rows_sql("survey_responses", values, f"({answered}) where answered < {END}")


def has_order_before(world: World) -> str:
    """Return SQL for whether an order led to the issue of a contact."""
    # 21 days in, the order is sure to lie within the exports
    return f"({world.draw('order_before', 'issue')} < 0.88 and issue_day > 21)"


def orders_placed_sql(world: World, numbers: range) -> str:
    """Return SQL that says who ordered when: because of issues, and for no reason.

    Each order has a number; those without a reason count from the end of the others.
    """
    u = world.draw
    own = f"{2 * LARGEST} + 8 * customer + copy"
    return f"""
        create or replace temp table placed as
        with reasoned as (
            select
                2 * issue as number,
                customer,
                opened - 86400 * 2
                - floor({u("led_by", "issue")} * 18 * 86400)::bigint as placed,
                false as is_next
            from story
            where rank = 0 and {has_order_before(world)}
            union all
            select
                2 * issue + 1 as number,
                customer,
                opened + 2 * 86400 + floor(
                    pow({u("led_to", "issue")}, 1.5) * 45 * 86400
                )::bigint as placed,
                true as is_next
            from story
            where rank = 0 and {u("order_after", "issue")} < 0.26
        ),
        others as (
            select
                {own} as number,
                customer,
                {START} + 86400
                * getvariable('day_slots')[{index(u("order_day", own), DAY_SLOTS)}]
                + {array(AWAKE)}[{index(u("order_hour", own), 20)}] * 3600
                + floor({u("order_second", own)} * 3600)::bigint as placed,
                false as is_next
            from range({numbers.start}, {numbers.stop}) as customers (customer)
            cross join range(5) as copies (copy)
            where copy < case
                when customer < {world.customers}
                    then floor({u("orders", "customer")} * 3.4)
                else 1 + floor({u("orders", "customer")} * 4.3)
            end
        )
        select * from reasoned where placed < {END}
        union all
        select * from others
        order by placed, number
    """


def orders_sql(world: World) -> str:
    """Return SQL for the orders and what became of them."""

    def u(name: str) -> str:
        return world.draw(name, "number")

    seller = f"floor({u('seller')} * {sum(world.agents)})::bigint"
    drawn = f"""
        select
            *,
            1200 + floor(-ln(1 - {u("amount")}) * 4500)::bigint as net,
            placed + 86400 * 3 + floor({u("back")} * 27 * 86400)::bigint as returned,
            case
                when {u("fate")} < 0.03 then 'cancelled'
                when {u("fate")} < 0.045 then 'replacement'
                when {u("fate")} < 0.085 and returned < {END} then 'refunded'
                else 'paid'
            end as status,
            case
                when status = 'refunded' then net
                when status = 'paid' and {u("partly")} < 0.02 and returned < {END}
                    then net // 4
            end as refunded
        from placed
    """
    values = {
        "order_id": order_id("number"),
        "ordered_at": moment("placed"),
        "net_amount": money("net"),
        "customer_id": customer_id("customer"),
        "customer_email": email("customer"),
        "customer_phone": f"case when {world.draw('phoned', 'customer')} < 0.7"
        f" then {phone('customer')} end",
        "status": "status",
        "currency": "'EUR'",
        "cost_amount": money(f"net * (0.42 + 0.16 * {u('cost')})"),
        "shipping_cost_amount": money("case when net > 6000 then 0 else 480 end"),
        "payment_fee_amount": money("25 + net * 0.014"),
        "refunded_amount": money("refunded"),
        "refunded_at": f"case when refunded is not null then {moment('returned')} end",
        "sales_channel": world.pick(
            ["web"] * 6 + ["app"] * 3 + ["store"], "shop", "number"
        ),
        "agent_id": f"case when is_next and {u('upsold')} < 0.06"
        f" then {agent_id(seller)} end",
        "referral_code": f"case when {u('referred')} < 0.01"
        f" then 'REF' || floor({u('referrer')} * {world.contacts})::bigint end",
        "product_category": world.pick(PRODUCTS, "article", "number"),
        "region": world.pick(REGIONS, "region", "customer"),
    }
    return rows_sql("orders", values, f"({drawn})")


def costs_sql(world: World) -> str:
    """Return SQL for the cost ledger: people by team, everything else by site."""
    monthly = world.contacts / 36
    lines = [
        (
            "outsourcing" if team.partner else "salaries",
            team.name,
            team.site,
            team.partner,
            monthly * share * PEOPLE_COST,
        )
        for team, share in zip(TEAMS, team_shares(), strict=True)
    ] + [
        (category, "", site, "", monthly * per_contact / 3)
        for category, per_contact in OTHER_COSTS.items()
        for site in ("Lyon", "Nantes", "Tanger")
    ]
    listed = ", ".join(
        f"({number}, {', '.join(map(sql_value, line[:4]))}, {line[4]:.2f})"
        for number, line in enumerate(lines)
    )
    values = {
        "period_month": "strftime(date '2023-01-01' + to_months(month), '%Y-%m-01')",
        "category": "category",
        "amount": money(
            f"100 * amount * (1 + {GROWTH} * month / 36)"
            f" * {array(SEASON)}[1 + month % 12]"
            f" * (0.95 + 0.1 * {world.draw('cost line', '(100 * month + line)')})"
        ),
        "currency": "'EUR'",
        "site": "site",
        "team": "nullif(team, '')",
        "partner": "nullif(partner, '')",
    }
    source = f"""
        range(36) as months (month)
        cross join (
            values {listed}
        ) as ledger (line, category, team, site, partner, amount)
    """
    return rows_sql("support_costs", values, source)


def activity_sql(world: World) -> str:
    """Return SQL for the agents' working days of the last three months."""
    key = "(1000 * agent + day)"
    begun = f"(begins + floor({world.draw('late', key)} * 600)::bigint)"
    # state, start and end; each day has one spell of work before and one after lunch
    states = (
        ("scheduled", "begins", "begins + 28800"),
        ("logged_in", begun, "begins + 14400"),
        ("on_contact", f"{begun} + 300", f"{begun} + 9000 + jitter"),
        ("wrap", f"{begun} + 9000 + jitter", f"{begun} + 10200 + jitter"),
        ("break", "begins + 14400", "begins + 16200"),
        ("logged_in", "begins + 16200", "begins + 28800"),
        ("on_contact", "begins + 16500", "begins + 24000 + jitter"),
        ("wrap", "begins + 24000 + jitter", "begins + 25200 + jitter"),
    )
    listed = " union all ".join(
        f"select agent, '{state}' as state, {start} as started, {end} as ended"
        " from days"
        for state, start, end in states
    )
    source = f"""(
        with days as (
            select
                agent,
                day,
                {START} + 86400 * day + [21600, 25200, 32400][1 + agent % 3] as begins,
                floor({world.draw("jitter", key)} * 1800)::bigint as jitter
            from range({sum(world.agents)}) as agents (agent)
            cross join range({DAYS - ACTIVITY_DAYS}, {DAYS}) as days (day)
            -- the first day of 2023 was a Sunday
            where (day + 6) % 7 < 5
        )
        {listed}
    )"""
    values = {
        "agent_id": agent_id("agent"),
        "state": "state",
        "started_at": moment("started"),
        "ended_at": moment("ended"),
    }
    return rows_sql("agent_activity", values, source)


def rows_sql(entity: str, values: dict[str, str], source: str) -> str:
    """Return SQL for rows of an entity, every column as text, as landing keeps it."""
    columns = [
        f"({values.get(column.name, 'null')})::varchar as {column.name}"
        for column in SYSTEM.entity(entity).columns
    ]
    return f"select {', '.join(columns)} from {source}"


def moment(epoch: str) -> str:
    """Return SQL for an instant, as exports write it."""
    return f"strftime(make_timestamp(({epoch}) * 1000000), '%Y-%m-%dT%H:%M:%SZ')"


def past(epoch: str) -> str:
    """Return SQL for an instant, null if the exports end before it."""
    return f"case when {epoch} < {END} then {moment(epoch)} end"


def money(cents: str) -> str:
    """Return SQL for an amount in euros."""
    return f"(({cents}) / 100.0)::decimal(12, 2)"


def contact_id(number: str) -> str:
    """Return SQL for the id of a contact."""
    return f"'T' || (10000000 + {number})"


def customer_id(number: str) -> str:
    """Return SQL for the id of a customer."""
    return f"'C' || (10000000 + {number})"


def agent_id(number: str) -> str:
    """Return SQL for the id of an agent."""
    return f"'A' || (1000 + {number})"


def order_id(number: str) -> str:
    """Return SQL for the id of an order."""
    return f"'O' || (100000000 + {number})"


def email(customer: str) -> str:
    """Return SQL for a mailbox, in a domain reserved for examples."""
    return f"'c' || (10000000 + {customer}) || '@example.com'"


def phone(customer: str) -> str:
    """Return SQL for a number under a country code that no country has."""
    return f"'+999' || (100000000 + {customer})"


WRITERS: dict[str, Callable[[World], str]] = {
    "contacts": contacts_sql,
    "contact_events": events_sql,
    "calls": calls_sql,
    "survey_responses": surveys_sql,
    "orders": orders_sql,
}
# About the company rather than its contacts: written once, beside the first chunk.
ONCE: dict[str, Callable[[World], str]] = {
    "support_costs": costs_sql,
    "agent_activity": activity_sql,
}
