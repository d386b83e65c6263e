"""The dashboard in a real browser: its figures, its silence, its readers."""

import base64
import csv
import json
import os
import random
import re
import shutil
import zlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from click.testing import Result
from playwright.sync_api import Browser, Page, expect, sync_playwright
from typer.testing import CliRunner

from savoir.cli import app
from savoir.dashboard import write_dashboard
from savoir.dashboard.pack import read_pack
from savoir.dashboard.pdf import find_browser
from savoir.dashboard.scopes import file_names, find_scopes
from savoir.dashboard.tables import Only
from savoir.printing import format_value

# Each KPI as this test understands it: mart and sum, mart and sum, factor, unit.
CONTACTS = "kpi_contacts_daily"
RESPONSE = "kpi_response_and_resolution_daily"
CALLS = "kpi_telephony_daily"
OPENED = "kpi_issues_opened_daily"
ENDED = "kpi_issues_ended_daily"
VOICE = "kpi_perception_daily"
NPS = "kpi_nps_by_period"
AGENTS = "kpi_agents_daily"
CUSTOMERS = "kpi_customers_by_period"
KPIS = {
    "abandonment_rate": (
        (CALLS, "exchanges_abandoned - exchanges_short_abandoned"),
        (CALLS, "exchanges_offered - exchanges_short_abandoned"),
        100,
        "percent",
    ),
    "aht": ((RESPONSE, "handle_seconds"), (RESPONSE, "contacts_timed"), 1, "seconds"),
    "answer_rate": (
        (CALLS, "calls_answered"),
        (CALLS, "calls_offered"),
        100,
        "percent",
    ),
    "asa": ((CALLS, "answered_wait_seconds"), (CALLS, "calls_answered"), 1, "seconds"),
    "automation_rate": (
        (CONTACTS, "contacts_automated"),
        (CONTACTS, "contacts_automation_eligible"),
        100,
        "percent",
    ),
    "backlog": (("kpi_backlog_by_period", "backlog_contacts"), None, 1, "count"),
    "ces": ((VOICE, "ces_effort"), (VOICE, "ces_answers"), 1, "scale_1_7"),
    "churn_rate": (
        (CUSTOMERS, "customers_at_start - customers_retained"),
        (CUSTOMERS, "customers_at_start"),
        100,
        "percent",
    ),
    "clv": (
        (CUSTOMERS, "lifetime_margin_amount"),
        (CUSTOMERS, "customers_valued"),
        1,
        "EUR",
    ),
    "contact_rate": (
        (CONTACTS, "contacts"),
        ("kpi_orders_daily", "orders"),
        100,
        "per_100_orders",
    ),
    "contact_volume": ((CONTACTS, "contacts"), None, 1, "count"),
    "contacts_per_hour": (
        (AGENTS, "contacts_handled_while_logged_in"),
        (AGENTS, "logged_in_seconds"),
        3600,
        "per_hour",
    ),
    "cost_per_contact": (
        ("kpi_costs_daily", "contact_cost_amount"),
        ("kpi_costs_daily", "contacts_costed"),
        1,
        "EUR",
    ),
    "cost_per_resolution": (
        (ENDED, "resolution_cost_amount"),
        (ENDED, "issues_resolved"),
        1,
        "EUR",
    ),
    "csat": (
        (VOICE, "csat_answers_satisfied"),
        (VOICE, "csat_answers"),
        100,
        "percent",
    ),
    "escalation_rate": (
        (CONTACTS, "contacts_escalated"),
        (CONTACTS, "contacts_tier_1"),
        100,
        "percent",
    ),
    "fcr": (
        (OPENED, "issues_resolved_first_time"),
        (OPENED, "issues_fcr_eligible"),
        100,
        "percent",
    ),
    "first_response_in_target": (
        (RESPONSE, "contacts_first_response_in_target"),
        (RESPONSE, "contacts_first_response_due"),
        100,
        "percent",
    ),
    "first_response_time": (
        (RESPONSE, "first_response_seconds"),
        (RESPONSE, "contacts_answered"),
        1,
        "seconds",
    ),
    "nps": (
        (NPS, "nps_promoters - nps_detractors"),
        (NPS, "nps_answers"),
        100,
        "points",
    ),
    "occupancy": (
        (AGENTS, "on_contact_seconds + wrap_seconds"),
        (AGENTS, "logged_in_seconds"),
        100,
        "percent",
    ),
    "one_touch_rate": (
        (RESPONSE, "contacts_one_touch"),
        (RESPONSE, "contacts_solved_in_writing"),
        100,
        "percent",
    ),
    "proactive_engagement": (
        ("kpi_proactive_daily", "messages_engaged"),
        ("kpi_proactive_daily", "messages_delivered"),
        100,
        "percent",
    ),
    "quality_score": (
        ("kpi_quality_daily", "quality_points"),
        ("kpi_quality_daily", "quality_points_possible"),
        100,
        "percent",
    ),
    "referral_rate": (
        (CUSTOMERS, "customers_referring"),
        (CUSTOMERS, "customers_at_end"),
        100,
        "percent",
    ),
    "reopen_rate": (
        (RESPONSE, "contacts_reopened"),
        (RESPONSE, "contacts_ever_solved"),
        100,
        "percent",
    ),
    "repurchase_rate": (
        (ENDED, "issues_repurchased"),
        (ENDED, "issues_repurchase_eligible"),
        100,
        "percent",
    ),
    "resolution_in_target": (
        (RESPONSE, "contacts_resolution_in_target"),
        (RESPONSE, "contacts_resolution_due"),
        100,
        "percent",
    ),
    "resolution_time": (
        (RESPONSE, "resolution_seconds"),
        (RESPONSE, "contacts_with_resolution_time"),
        1,
        "seconds",
    ),
    "retention_rate": (
        (CUSTOMERS, "customers_retained"),
        (CUSTOMERS, "customers_at_start"),
        100,
        "percent",
    ),
    "roi": (
        (
            "kpi_support_pnl_daily",
            "support_gain_low_amount - support_cost_judged_amount",
        ),
        ("kpi_support_pnl_daily", "support_cost_judged_amount"),
        100,
        "percent",
    ),
    "schedule_adherence": (
        (AGENTS, "adherent_seconds"),
        (AGENTS, "scheduled_seconds"),
        100,
        "percent",
    ),
    "service_level": (
        (CALLS, "calls_answered_in_time"),
        (CALLS, "calls_answered + calls_abandoned - calls_short_abandoned"),
        100,
        "percent",
    ),
    "servqual_gap": (
        (VOICE, "servqual_gap_total"),
        (VOICE, "servqual_pairs"),
        1,
        "scale_gap",
    ),
    "survey_response_rate": (
        (VOICE, "survey_invitations_responded"),
        (VOICE, "survey_invitations_delivered"),
        100,
        "percent",
    ),
    "transfer_rate": (
        (CONTACTS, "contacts_transferred"),
        (CONTACTS, "contacts_handled"),
        100,
        "percent",
    ),
}
KPIS["repurchase_uplift"] = (
    (ENDED, "uplift_points"),
    (ENDED, "issues_matched"),
    1,
    "points",
)
COLUMNS = {"reason": "contact_reason"}
UNANSWERED = {"en": "not by this filter", "fr": "pas selon ce filtre"}


@pytest.fixture(scope="module")
def database(demo) -> Path:
    return demo.warehouse / "savoir.duckdb"


@pytest.fixture(scope="module")
def marts(database):
    with duckdb.connect(database, read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def sums(marts) -> "Sums":
    return Sums(marts)


@pytest.fixture(scope="module")
def dashboard(demo, database, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("dashboard") / "dashboard.html"
    return write_dashboard(database, target, demo.target / "run_results.json")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        # the machine's where there is one, Playwright's own elsewhere
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def charts(browser, dashboard) -> Page:
    """The page of everything. It is shared: who asks for it goes where it is needed."""
    return opened(browser, dashboard)


@pytest.fixture(scope="module")
def page(browser, dashboard) -> Page:
    """The same without charts: figures stand beside them, and drawing is dear."""
    page = opened(browser, dashboard)
    page.evaluate("window.savoir.whenLibrary = () => {}")
    return page


def opened(browser: Browser, file: Path, address: str = "", **context) -> Page:
    page = browser.new_context(**context).new_page()
    page.goto(f"{file.as_uri()}#{address}")
    page.wait_for_selector("body[data-ready]")
    return page


def go(page: Page, address: str) -> None:
    """Change what follows the # as a link does, and wait for the drawing."""
    page.evaluate(
        """address => new Promise(done => {
            addEventListener("hashchange", () => setTimeout(done), { once: true });
            location.hash = address;
        })""",
        # a number of its own: the same address twice would change nothing
        f"{address}&visit={random.random()}",
    )


def address(view: str, state: dict) -> str:
    filters = "".join(f"&{cut}={v}" for cut, vs in state["filters"].items() for v in vs)
    return (
        f"{view}?grain={state['grain']}&start={state['start']}"
        f"&lang={state['lang']}&kpi={state.get('kpi', 'fcr')}{filters}"
    )


def states(marts, count: int, seed: int) -> list[dict]:
    """Draw combinations of period, language and filters."""
    dice = random.Random(seed)
    periods = marts.sql(
        "select period_grain, period_start_date from core.dim_periods order by all"
    ).fetchall()
    cuts = {
        cut: [
            row[0]
            for row in marts.sql(
                f"select distinct {COLUMNS.get(cut, cut)} from kpis.{CONTACTS} "
                "order by 1"
            ).fetchall()
        ]
        for cut in ("channel", "reason", "segment", "site", "team", "agent", "product")
    }
    drawn = []
    for _ in range(count):
        grain = dice.choice(["day", "week", "month", "month", "quarter", "year", "all"])
        filters = {
            cut: dice.sample(cuts[cut], min(dice.choice([1, 1, 2]), len(cuts[cut])))
            for cut in dice.sample(sorted(cuts), dice.choice([0, 1, 1, 2, 3]))
        }
        start = dice.choice([start for one, start in periods if one == grain])
        drawn.append(
            {
                "grain": grain,
                "start": start,
                "filters": filters,
                "lang": dice.choice(["en", "fr"]),
                "kpi": dice.choice(sorted(KPIS)),
            }
        )
    return drawn


# What KPIs are made of, by mart.
PARTS: dict[str, set[str]] = {}
for numerator, denominator, *_ in KPIS.values():
    for mart, expression in filter(None, (numerator, denominator)):
        PARTS.setdefault(mart, set()).add(expression)


@dataclass
class Sums:
    """Sums of the parts of KPIs under filters: one query for all parts of a mart."""

    connection: duckdb.DuckDBPyConnection
    known: dict = field(default_factory=dict)

    def of(self, mart: str, state: dict, by: tuple[str, ...]) -> dict | None:
        """Sums by part, by the values of cuts; None where the mart lacks a cut."""
        asked = (mart, state["grain"], state["start"], str(state["filters"]), by)
        if asked not in self.known:
            self.known[asked] = self._read(mart, state, by)
        return self.known[asked]

    def _read(self, mart: str, state: dict, by: tuple[str, ...]) -> dict | None:
        described = self.connection.execute(f"describe kpis.{mart}").fetchall()
        columns = {row[0] for row in described}
        cuts = [COLUMNS.get(cut, cut) for cut in by]
        conditions = [f"period_grain = '{state['grain']}'"]
        conditions += [f"period_start_date = date '{state['start']}'"]
        for cut, values in state["filters"].items():
            column = COLUMNS.get(cut, cut)
            if column not in columns:
                return None
            listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
            conditions.append(f"{column} in ({listed})")
        if not columns.issuperset(cuts):
            return None
        days = (
            "inner join core.bridge_dates_x_periods using (date_day)"
            if "date_day" in columns
            else ""
        )
        parts = sorted(PARTS[mart])
        totals = [f"coalesce(sum({part}), 0)::double" for part in parts]
        rows = self.connection.execute(
            f"select {', '.join(cuts + totals)} from kpis.{mart} {days} "
            f"where {' and '.join(conditions)} group by {', '.join(cuts) or '()'}"
        ).fetchall()
        return {
            row[: len(by)]: dict(zip(parts, row[len(by) :], strict=True))
            for row in rows
        }


def expected(
    sums: Sums, kpi_id: str, state: dict, **by: str
) -> tuple[bool, float | None]:
    """Whether the marts can answer, and what: of all, or of one value by each cut."""
    numerator, denominator, scale, _ = KPIS[kpi_id]
    found = []
    for part in (numerator, denominator):
        if part is None:
            found.append(1.0)
            continue
        mart, expression = part
        totals = sums.of(mart, state, tuple(by))
        if totals is None:
            return False, None
        found.append(totals.get(tuple(by.values()), {}).get(expression, 0.0))
    top, bottom = found
    return True, scale * top / bottom if bottom else None


def shown(text: str) -> str:
    """A figure with plain spaces, as the terminal writes it."""
    return text.strip().replace("\N{NO-BREAK SPACE}", " ")


READ = """selector => [...document.querySelectorAll(selector)].map(one => ({
    ...one.dataset, text: one.textContent,
    cutValue: one.parentElement.dataset.cutValue, cut: one.parentElement.dataset.cut,
}))"""


def test_every_kpi_is_known_to_this_test(marts):
    listed = marts.sql("select kpi_id from kpis.dim_kpi where role = 'kpi'").fetchall()
    assert {row[0] for row in listed} == set(KPIS)


def same_figures(page: Page, sums: Sums, state: dict) -> set[tuple]:
    """Hold the overview to SQL; return the combinations with a figure."""
    go(page, address("overview", state))
    figures = page.evaluate(READ, ".kpi-table [data-kpi], .gauge-card [data-kpi]")
    assert len(figures) >= len(KPIS)
    combinations = set()
    for figure in figures:
        kpi_id = figure["kpi"]
        if kpi_id not in KPIS:
            continue
        known, value = expected(sums, kpi_id, state)
        said = (state, kpi_id)
        if not known:
            assert figure["text"] == UNANSWERED[state["lang"]], said
            continue
        assert figure["start"] == str(state["start"]), said
        unit, language = KPIS[kpi_id][3], state["lang"]
        assert shown(figure["text"]) == format_value(value, unit, language), said
        filters = json.dumps(state["filters"])
        combinations.add((filters, kpi_id, state["grain"], state["start"], language))
    return combinations


def test_every_figure_equals_sql_on_the_marts(marts, sums, page):
    """KPI x filter x period x language, each another one; most of them filtered."""
    combinations = set()
    for state in states(marts, 42, seed=1):
        combinations |= same_figures(page, sums, state)
    assert len(combinations) >= 900
    assert sum(filters != "{}" for filters, *_ in combinations) >= 500


def test_a_page_without_old_days_says_the_same_of_months(
    database, marts, sums, browser, tmp_path, monkeypatch
):
    """Where contacts are many, single days are kept of the newest months only."""
    monkeypatch.setattr("savoir.dashboard.tables.MOST_ROWS", 0)
    monkeypatch.setattr("savoir.dashboard.tables.LEAVES_OUT", ())
    file = write_dashboard(database, tmp_path / "coarse.html")
    page = opened(browser, file)
    assert page.evaluate("window.savoir.pack.daysSince") == "2025-06-01"
    checked = 0
    for state in states(marts, 16, seed=6):
        if state["start"] >= date(2025, 6, 1) or state["grain"] not in ("day", "week"):
            checked += len(same_figures(page, sums, state))
    assert checked >= 200
    # a week that the first single day is in the middle of is not told by halves
    has = "([grain, start]) => Boolean(window.savoir.engine.period(grain, start))"
    weeks = [["week", "2025-05-26"], ["week", "2025-06-02"]]
    days = [["day", "2025-05-31"], ["day", "2025-06-01"]]
    told = [page.evaluate(has, one) for one in weeks + days]
    assert told == [False, True, False, True]
    go(page, "overview?grain=month&start=2025-03-01&trend=week&lang=fr")
    assert "détaillés depuis le 1 juin 2025" in shown(page.inner_text("#main"))
    # an old month has its hours and weekdays still
    state = {"grain": "month", "start": "2025-03-01", "filters": {}, "lang": "en"}
    go(page, address("flow", state))
    open_tables(page)
    assert hours_told(page) == hours_of(marts, state)
    page.context.close()


def test_every_figure_of_a_cut_equals_sql_on_the_marts(marts, sums, page):
    checked = 0
    for state in states(marts, 26, seed=2):
        go(page, address("overview", state))
        for figure in page.evaluate(READ, "[data-cut-value] > [data-kpi]"):
            if figure["cut"] in state["filters"]:
                assert figure["cutValue"] in state["filters"][figure["cut"]]
            one = {figure["cut"]: figure["cutValue"]}
            known, value = expected(sums, figure["kpi"], state, **one)
            unit, language = KPIS[figure["kpi"]][3], state["lang"]
            assert known
            assert shown(figure["text"]) == format_value(value, unit, language), state
            checked += 1
    assert checked >= 100


def test_interval_sample_status_and_target_are_the_scorecards(marts, page):
    """The scorecard rounds its components to cents, an interval to less than that."""
    checked = 0
    for grain in ("week", "month", "quarter", "year", "all"):
        start = marts.execute(
            "select max(period_start_date) from core.dim_periods "
            "where period_grain = ?",
            [grain],
        ).fetchall()[0][0]
        for cut, value in (("overall", "all"), ("channel", "phone"), ("tier", "1")):
            filters = {} if cut == "overall" else {cut: [value]}
            state = {"grain": grain, "start": start, "filters": filters, "lang": "en"}
            go(page, address("overview", state))
            figures = {
                one["kpi"]: one for one in page.evaluate(READ, ".kpi-table [data-kpi]")
            }
            lines = marts.execute(
                """
                select kpi_id, interval_low, interval_high, sample_size, status,
                    target_value
                from kpis.rpt_kpi_scorecard inner join kpis.dim_kpi using (kpi_id)
                where role = 'kpi' and period_grain = ? and period_start_date = ?
                    and cut = ? and cut_value = ?
                """,
                [grain, start, cut, value],
            ).fetchall()
            for kpi_id, low, high, sample, status, target in lines:
                figure, said = figures[kpi_id], (kpi_id, state)
                assert near(figure["low"], low, 1e-3), said
                assert near(figure["high"], high, 1e-3), said
                assert int(figure["n"]) == sample, said
                assert figure["status"] == status, said
                assert near(figure["target"], target, 1e-6), said
                checked += 1
    assert checked >= 300


def near(text: str, value: float | None, tolerance: float) -> bool:
    if value is None or not text:
        return value is None and not text
    return float(text) == pytest.approx(value, rel=tolerance, abs=tolerance)


def test_nothing_could_leave_the_page(browser, dashboard):
    """And nothing tries to: see what every look asks for."""
    page = opened(browser, dashboard)
    for directive, attempt in ATTEMPTS.items():
        assert page.evaluate(REFUSED, attempt) == directive
    page.context.close()


ATTEMPTS = {
    "connect-src": "fetch('https://example.invalid').catch(() => 0)",
    "img-src": "new Image().src = 'https://example.invalid/a.png'",
    "script-src-elem": "document.head.append(Object.assign("
    "document.createElement('script'), { src: 'https://example.invalid/a.js' }))",
    "style-src-elem": "document.head.append(Object.assign("
    "document.createElement('link'), { rel: 'stylesheet', href: 'http://a.invalid' }))",
    "frame-src": "document.body.append(Object.assign("
    "document.createElement('iframe'), { src: 'https://example.invalid' }))",
}

# What the page's own policy refuses when an attempt is made.
REFUSED = """attempt => new Promise(done => {
    addEventListener("securitypolicyviolation",
        event => done(event.effectiveDirective), { once: true });
    eval(attempt);
    setTimeout(() => done("nothing"), 1000);
})"""


def views(page: Page) -> list[str]:
    return page.evaluate("window.savoir.views.map(view => view.id)")


def test_both_languages_say_the_same_things():
    from savoir.dashboard.page import texts

    assert list(texts("en")) == list(texts("fr"))
    assert all(texts("en").values())
    assert all(texts("fr").values())


# Width of each chart, and of the card it is in.
CHARTS = """() => [...document.querySelectorAll(".canvas")].map(one => [
    one.querySelector("svg")?.getBoundingClientRect().width ?? 0, one.clientWidth,
])"""

# Texts of charts that reach out of them, and elements that reach out of their card.
OUTSIDE = """() => [
    ...[...document.querySelectorAll(".canvas svg text")].filter(text => {
        const [one, all] = [text, text.closest("svg")].map(
            element => element.getBoundingClientRect());
        return one.width && text.getAttribute("opacity") !== "0"
            && (one.left < all.left - 1 || one.right > all.right + 1);
    }),
    ...[...document.querySelectorAll(".card > *, .gauge-card *")].filter(element => {
        const [one, card] = [element, element.closest(".card")].map(
            element => element.getBoundingClientRect());
        return one.width > 2 && !element.closest(".hidden")
            && (one.left < card.left - 1 || one.right > card.right + 1);
    }),
].map(element => element.textContent.slice(0, 60))"""


# Tables cut off by their card: agents may be scrolled sideways, others not.
CUT_OFF = """() => [...document.querySelectorAll(".card:not(.agent-table) .scroller")]
    .filter(one => one.scrollWidth > one.clientWidth + 1)
    .map(one => one.getAttribute("aria-label"))"""


# Each chart has been drawn, and nothing moves any more.
STILL = """() => [...document.querySelectorAll(".drawing")].every(one =>
    one.querySelector("svg")) && !document.getAnimations().length"""

# What axe finds. Contrast is dear and the same in every language: once a scheme.
BARRIERS = """hasContrast => axe.run(document, {
    resultTypes: ["violations"], rules: { "color-contrast": { enabled: hasContrast } },
}).then(({ violations }) => violations.map(
    ({ id, nodes }) => [id, nodes[0].html.slice(0, 200)]))"""


@dataclass
class Look:
    """One view in one language and width, as drawn, and what is amiss with it."""

    view: str
    language: str
    width: int
    page_width: int
    words: list[str]
    charts: list[tuple[float, float]]  # width of each, and of the card it is in
    outside: list[str]
    cut_off: list[str]
    barriers: list[tuple[str, str]]

    def __str__(self) -> str:
        return f"{self.view} in {self.language} at {self.width} px"


@dataclass
class Looks:
    """Every view in both languages at one width, and what the page asked for."""

    all: list[Look]
    asked: list[str]
    file: str


# Every page is held to all that axe knows in English by light and in French by dark.
SCHEMES = {1440: ("light", "en"), 1024: ("light", None), 390: ("dark", "fr")}


@pytest.fixture(scope="module", params=SCHEMES)
def looks(request, browser, dashboard) -> Looks:
    """Draw each view once and measure all there is to measure.

    Pictures of them are kept in SAVOIR_PICTURES, where that is set.
    """
    width, (scheme, contrast_in) = request.param, SCHEMES[request.param]
    size = {"width": width, "height": 900}
    page = browser.new_context(viewport=size, color_scheme=scheme).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(dashboard.as_uri())
    page.wait_for_selector("body[data-ready]")
    page.evaluate(AXE_SCRIPT)
    looks = []
    for view in views(page):
        for language in ("en", "fr"):
            go(page, f"{view}?lang={language}")
            page.wait_for_function(STILL)
            if folder := os.environ.get("SAVOIR_PICTURES"):
                path = Path(folder) / f"{view}-{language}-{width}.png"
                page.screenshot(path=path, full_page=True)
            measured = {
                "page_width": page.evaluate("document.documentElement.scrollWidth"),
                "words": page.inner_text("body").split(),
                "charts": page.evaluate(CHARTS),
                "outside": page.evaluate(OUTSIDE),
                "cut_off": page.evaluate(CUT_OFF),
                "barriers": [],
            }
            if contrast_in:
                open_tables(page)
                is_dear = language == contrast_in
                measured["barriers"] = page.evaluate(BARRIERS, is_dear)
            looks.append(Look(view, language, width, **measured))
    page.context.close()
    return Looks(looks, asked, dashboard.as_uri())


def test_nothing_is_wider_than_the_window(looks):
    for look in looks.all:
        assert look.page_width <= look.width, str(look)
        assert all(0.6 * card < chart <= card for chart, card in look.charts), str(look)
        assert look.outside == [], str(look)
        if look.width > 390:
            assert look.cut_off == [], str(look)
    assert sum(len(look.charts) for look in looks.all) > 10


def test_no_barrier_that_axe_knows(looks):
    assert [(str(look), one) for look in looks.all for one in look.barriers] == []


def test_no_text_is_missing(looks):
    """A key that has no text is shown as it is: words with dots between them."""
    key = re.compile(r"[a-z_]+(\.[a-z_0-9]+)+")
    missing = {word for look in looks.all for word in look.words if key.fullmatch(word)}
    assert missing == set()


def test_nothing_leaves_the_page(looks):
    inside = ("file:", "data:", "blob:")
    assert [url for url in looks.asked if not url.startswith(inside)] == []
    assert looks.asked.count(looks.file) == 1


def test_the_keyboard_goes_everywhere(browser, dashboard):
    page = opened(browser, dashboard, "overview?lang=en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    # a card chooses the KPI, and keeps the focus
    page.focus("[data-focus=gauge-csat]")
    page.keyboard.press("Enter")
    assert "kpi=csat" in page.evaluate("location.hash")
    focused = "document.activeElement.dataset.focus"
    assert page.evaluate(focused) == "gauge-csat"
    # a filter opens, is chosen from and closes
    page.focus("[data-focus=filter-channel]")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert "channel=chat" in page.evaluate("location.hash")
    assert page.evaluate(focused) == "filter-channel-chat"
    page.keyboard.press("Escape")
    assert page.evaluate(focused) == "filter-channel"
    assert page.locator("details.filter[open]").count() == 0
    # a definition opens and closes
    page.locator(".help").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    # a browser says that a dialog has closed in a later turn: it is waited for
    expect(page.locator("dialog")).to_have_count(0)
    page.context.close()


def texts_by(page: Page, attribute: str) -> list[tuple[str, str]]:
    """The texts of the elements with an attribute, by its value; spaces plain."""
    texts = page.eval_on_selector_all(
        f"[{attribute}]",
        "(all, name) => all.map((one) => [one.getAttribute(name), one.innerText])",
        attribute,
    )
    return [(value, " ".join(text.split())) for value, text in texts]


def test_uplift_and_value_at_risk_are_those_of_the_marts(page, marts):
    go(page, "money?grain=all&lang=fr&channel=email")
    shown = texts_by(page, "data-uplift")
    rows = marts.sql("""
        select cut_value, uplift_points
        from kpis.rpt_uplift
        where attribution = 'matched' and cut in ('overall', 'reason')
    """).fetchall()
    assert dict(shown) == {
        value: format_value(points, "points", "fr") for value, points in rows
    }
    assert len(rows) > 5
    shown = [text for _, text in texts_by(page, "data-at-risk")]
    rows = marts.sql("""
        select value_at_risk_amount
        from kpis.rpt_value_at_risk
        where value_at_risk_amount > 0 and channel = 'email'
        order by risk_rank
        limit 15
    """).fetchall()
    assert shown == [format_value(float(amount), "EUR", "fr") for (amount,) in rows]
    assert rows


def test_roi_stands_in_its_versions(page, marts):
    go(page, "money?grain=year&start=2025-01-01&lang=en&channel=phone")
    shown = dict(texts_by(page, "data-roi"))
    rows = marts.sql("""
        select
            attribution,
            bool_or(is_headline),
            100 * sum(support_net_gain_amount)::double / sum(support_cost_amount),
            100 * sum(support_net_gain_low_amount)::double / sum(support_cost_amount)
        from kpis.rpt_support_pnl
        where cut = 'channel' and cut_value = 'phone' and year(month_start_date) = 2025
        group by attribution
    """).fetchall()
    (least,) = (low for _, is_headline, _, low in rows if is_headline)
    roi = {attribution: value for attribution, _, value, _ in rows} | {"least": least}
    assert {"observed", "matched"} < roi.keys()
    assert shown == {
        version: format_value(value, "percent", "en") for version, value in roi.items()
    }


def test_what_is_to_come_is_the_forecast(page, marts):
    go(page, "flow?grain=all&lang=en&channel=email")
    card = page.locator(".card", has=page.get_by_text("Contacts to come, E-mail"))
    card.locator("summary").click()
    card.locator("[data-forecast]").first.wait_for()
    shown = dict(
        card.locator("[data-forecast]").evaluate_all(
            "cells => cells.map((cell) => [cell.dataset.forecast, cell.innerText])"
        )
    )
    rows = marts.sql("""
        select date_day::varchar, printf('%.1f', expected_contacts)
        from kpis.rpt_volume_forecast
        where channel = 'email'
    """).fetchall()
    assert shown == dict(rows)
    assert len(rows) == 28


def test_a_lever_moves_what_the_mart_says(page, marts):
    go(page, "money?grain=all&lang=en")
    page.locator("[data-lever=handle_time]").fill("-30")
    page.locator("[data-lever=fcr]").fill("2")
    shown = dict(texts_by(page, "data-what-if"))
    rows = marts.sql("""
        select outcome, sum(effect), max(outcome_value), max(gain_amount)::double
        from kpis.rpt_what_if
        where (lever, change_value) in (('handle_time', -30), ('fcr', 2))
        group by outcome
    """).fetchall()
    then = {outcome: now + effect for outcome, effect, now, _ in rows}
    effects = {outcome: effect for outcome, effect, *_ in rows}
    net = rows[0][3] + effects["margin"] - then["cost"]
    assert shown == {
        "cost": format_value(then["cost"], "EUR", "en"),
        "margin": format_value(then["margin"], "EUR", "en"),
        "service_level": format_value(then["service_level"], "percent", "en"),
        "roi": format_value(100 * net / then["cost"], "percent", "en"),
    }


def test_a_dated_change_is_marked_where_it_touches(charts, marts):
    """The demo's partner takes over the telephone team in September 2025."""
    month = "overview?lang=fr&grain=month&start=2025-12-01&kpi=fcr"
    page = charts
    go(page, month)
    mark = page.locator("[data-change]")
    ((label, day),) = marts.sql(
        "select label_fr, changed_date from reference.interventions"
    ).fetchall()
    assert (label, str(day)) == (
        "Centre Contact Ouest reprend le téléphone",
        "2025-09-01",
    )
    said = f"1 sept. 2025 : {label}"
    assert shown(mark.inner_text()) == f"1 · {said} (Équipe Téléphone N1)"
    page.wait_for_function(STILL)
    assert page.locator(".canvas svg text", has_text=re.compile("^1$")).count() == 1
    open_tables(page)
    marked = [
        shown(row).split("\t")[0]
        for row in page.locator(".as-table tbody tr").all_inner_texts()
        if said in shown(row)
    ]
    assert marked == ["septembre 2025"]
    # another team, or a channel that the touched never worked: no mark, no effect
    for elsewhere in ("team=Support N1", "channel=email&team=Téléphone N1"):
        go(page, f"{month}&{elsewhere}")
        assert (mark.count(), page.locator("[data-effect]").count()) == (0, 0)
    # the keyboard chooses those it touched
    go(page, month)
    page.focus("[data-change]")
    page.keyboard.press("Enter")
    assert "team=T%C3%A9l%C3%A9phone+N1" in page.evaluate("location.hash")
    assert mark.get_attribute("aria-pressed") == "true"


def test_what_a_dated_change_did_is_the_marts(page, marts):
    go(page, "overview?lang=en")
    rows = marts.sql("""
        select kpi_id, effect_points, effect_low, effect_high, is_trend_parallel
        from kpis.rpt_interventions
    """).fetchall()
    assert len(rows) > 5
    effects = {
        kpi_id: format_value(points, "points", "en") for kpi_id, points, *_ in rows
    }
    assert dict(texts_by(page, "data-effect")) == effects
    verdicts = dict(texts_by(page, "data-verdict"))
    for kpi_id, _, low, high, is_parallel in rows:
        is_clear = is_parallel and not low <= 0 <= high
        assert (verdicts[kpi_id] in ("better", "worse")) is is_clear, kpi_id
    # the partner's callers have to call again; a rate that should fall and does is
    # better; nothing is said of two that went apart before
    assert verdicts["fcr"] == "worse"
    fall = {"effect_points": -5, "effect_low": -9, "effect_high": -1}
    verdict = "effect => effectVerdict({ direction: 'down' }, effect)"
    assert page.evaluate(verdict, fall | {"is_trend_parallel": True}) == "better"
    assert page.evaluate(verdict, fall | {"is_trend_parallel": False}) == "apart"


@pytest.mark.parametrize(
    ("team", "changes"), [("Téléphone N1", 1), ("Support N1", 0), (None, 1)]
)
def test_a_scoped_file_has_only_the_changes_that_touched_it(database, team, changes):
    meta = read_pack(str(database), Only("team", team) if team else None).meta
    assert len(meta["interventions"]) == changes
    assert bool(meta["effects"]) is (team is None)


def test_the_definitions_are_found_and_say_what_they_stand_on(page):
    go(page, "definitions?lang=fr")
    lines = page.locator(".catalogue tbody tr")
    all_lines = lines.count()
    page.get_by_role("searchbox").fill("resolution PREMIER contact")
    left = lines.filter(visible=True)
    assert 0 < left.count() < all_lines
    line = left.filter(has_text="280").first
    line.locator("summary").click()
    said = line.locator("details").inner_text()
    assert "280 ÷ 400 = 70,0" in said
    assert "fcr_window_days = 7, fcr_same_reason = false" in said
    assert "75 à 85 % (MetricNet)" in said
    assert "1 (2026-11-22)" in said
    page.get_by_role("searchbox").fill("")
    assert lines.filter(visible=True).count() == all_lines


def test_shares_of_the_gap_run_to_the_whole(page):
    go(page, "money?lang=en&grain=all")
    table = page.locator("table", has=page.get_by_text("Running total")).first
    cells = table.locator("tbody tr").evaluate_all(
        "rows => rows.map(({ cells }) => [...cells].slice(-2).map((c) => c.innerText))"
    )
    shares = [
        [int(text.removesuffix("%").strip()) for text in row]
        for row in cells
        if row[0].endswith("%")
    ]
    assert len(shares) > 2
    total = 0
    for share, running in shares:
        total += share
        assert running == pytest.approx(total, abs=len(shares) / 2)  # each is rounded
    assert running == 100


def saved(page: Page, item: str, tmp_path: Path) -> Path:
    """Click an item of the export menu; return the file that the browser saves."""
    page.click(".menu > summary")
    with page.expect_download() as download:
        page.click(f".menu button:has-text('{item}')")
    page.keyboard.press("Escape")
    return download.value.path().rename(tmp_path / download.value.suggested_filename)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_saved_figures_equal_sql_on_the_marts(page, marts, sums, tmp_path, language):
    filters = {"channel": ["email", "phone"], "team": ["Support N1"]}
    state = {"grain": "quarter", "start": "2026-01-01", "filters": filters}
    go(page, address("overview", state | {"lang": language}))
    file = saved(page, "CSV", tmp_path)
    assert file.name == "savoir-2026-01-01.csv"
    written = file.read_text("utf-8-sig")
    lines = list(
        csv.DictReader(written.splitlines(), delimiter=";" if language == "fr" else ",")
    )
    checked = 0
    for line in lines:
        assert line["filters"] == "channel=email|phone; team=Support N1"
        assert (line["period_grain"], line["period_start_date"]) == (
            "quarter",
            "2026-01-01",
        )
        if line["kpi_id"] in KPIS:
            known, value = expected(sums, line["kpi_id"], state)
            assert known
            assert near(line["value"].replace(",", "."), value, 1e-9), line
            checked += value is not None
    (labels,) = marts.execute(
        f"select list(label_{language}) from kpis.dim_kpi where kpi_id in "
        f"({', '.join('?' * len(lines))})",
        [line["kpi_id"] for line in lines],
    ).fetchall()[0]
    assert {line["label"] for line in lines} == set(labels)
    # what the marts do not know under both filters is left out, not written as nothing
    missing = set(KPIS) - {line["kpi_id"] for line in lines}
    assert missing == {one for one in KPIS if not expected(sums, one, state)[0]}
    assert checked > 15


def test_a_saved_picture_is_the_chart_and_says_what_it_is_of(charts, tmp_path):
    go(charts, "overview?lang=en&grain=month&start=2026-05-01&kpi=csat&site=Lyon")
    charts.wait_for_function(STILL)
    file = saved(charts, "PNG", tmp_path)
    assert file.name == "savoir-overview-2026-05-01.png"
    size = charts.evaluate(
        "(({ clientWidth, clientHeight }) => [clientWidth, clientHeight])"
        "(document.querySelector('.canvas svg'))"
    )
    width, height, colours, head = charts.evaluate(
        LOOK_AT, base64.b64encode(file.read_bytes()).decode()
    )
    # twice as fine as on the screen, with two lines of text above
    assert (width, height) == (2 * size[0], 2 * size[1] + 110)
    assert colours > 50
    assert head > 1000
    # where there is no chart, that is said
    go(charts, "definitions?lang=en")
    charts.click(".menu > summary")
    charts.click(".menu button:has-text('PNG')")
    assert charts.locator(".menu").get_by_text("No chart on this page").count() == 1


# Size of a picture, how many colours it has, how much of its head is written on.
LOOK_AT = """async picture => {
    const image = new Image();
    image.src = "data:image/png;base64," + picture;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    const pixels = new Uint32Array(
        pen.getImageData(0, 0, image.width, image.height).data.buffer);
    const head = pixels.subarray(0, 110 * image.width);
    return [image.width, image.height, new Set(pixels).size,
        head.filter(pixel => pixel !== pixels[0]).length];
}"""


def test_a_copied_link_opens_what_was_seen(browser, dashboard):
    page = opened(browser, dashboard, permissions=["clipboard-read", "clipboard-write"])
    go(page, "flow?lang=fr&grain=quarter&start=2025-10-01&site=Lyon")
    seen = page.evaluate(READ, "[data-kpi]")
    page.click(".menu > summary")
    page.click(".menu button:has-text('lien')")
    page.wait_for_selector(".menu button:has-text('Copié')")
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate(READ, "[data-kpi]") == seen
    assert len(seen) > 10
    page.context.close()


def test_an_address_brings_the_same_page_back(browser, dashboard):
    told = "flow?grain=quarter&start=2025-10-01&trend=week&kpi=aht&lang=fr&site=Lyon"
    page = opened(browser, dashboard, told)
    state = page.evaluate("window.savoir.state")
    assert (state["view"], state["grain"], state["trend"]) == (
        "flow",
        "quarter",
        "week",
    )
    page.evaluate("window.savoir.set({})")
    assert page.evaluate("location.hash") == f"#{told}"
    # nonsense is left out, and harms nobody
    go(page, "nowhere?grain=century&start=yesterday&kpi=luck&lang=xx&site=Atlantis")
    assert page.evaluate("window.savoir.state.view") == "overview"
    assert page.evaluate("window.savoir.state.filters") == {}
    page.context.close()


def carried(file: Path, element: str) -> bytes:
    """What a page carries in an element, unpacked."""
    found = re.search(rf'id="{element}">([^<]*)<', file.read_text("utf-8"))
    return zlib.decompress(base64.b64decode(found.group(1)))


@pytest.mark.parametrize("cut", ["agent", "team", "site"])
def test_a_scoped_file_holds_nobody_elses_rows(database, marts, tmp_path, cut):
    only = find_scopes(database, [cut])[0]
    file = write_dashboard(database, tmp_path / "scoped.html", only=only)
    text = carried(file, "pack-meta").decode()
    meta = json.loads(text)
    assert meta["values"][cut] == [only.value]
    own = {
        row[0]
        for (name,) in marts.sql(
            "select table_name from information_schema.columns "
            "where table_schema = 'kpis' and column_name = 'agent'"
        ).fetchall()
        for row in marts.execute(
            f"select distinct agent from kpis.{name} where {cut} = ?", [only.value]
        ).fetchall()
    }
    others = {
        row[0]
        for row in marts.sql(
            "select agent_id from core.dim_agents union "
            "select agent from kpis.kpi_contacts_daily"
        ).fetchall()
    } - own
    assert len(others) > 3
    assert [agent for agent in others - {"unknown"} if agent in text] == []
    # nor a contact of theirs among those listed by id
    listed = [row["contact_id"] for rows in meta["lists"].values() for row in rows]
    handled = marts.execute(
        "select contact_id from core.fct_contacts where agent_id is not null "
        f"and {'agent_id' if cut == 'agent' else cut} is distinct from ?",
        [only.value],
    ).fetchall()
    answered = marts.execute(
        "select contact_id from core.fct_survey_responses "
        f"where {'agent_id' if cut == 'agent' else cut} = ?",
        [only.value],
    ).fetchall()
    assert set(listed) <= {row[0] for row in answered} | (
        set(listed) - {row[0] for row in handled}
    )


def test_scopes_that_are_spelled_alike_have_files_of_their_own():
    teams = [Only("team", "Support N1"), Only("team", "support-n1"), None]
    assert file_names(teams) == {
        "team-support-n1.html": teams[0],
        "team-support-n1-2.html": teams[1],
        "dashboard.html": None,
    }


@pytest.fixture
def warehouse(database, tmp_path, monkeypatch) -> Path:
    """A folder in which the demo is published."""
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "savoir.duckdb").symlink_to(database)
    monkeypatch.setenv("SAVOIR_WAREHOUSE", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["dashboard", *arguments])


def test_the_command_writes_every_page_and_removes_old_ones(warehouse):
    folder = warehouse / "dashboard"
    folder.mkdir()
    (folder / "site-closed-long-ago.html").write_text("figures of old")
    (folder / "notes.html").write_text("not ours")
    done = run("--each", "site", "--pdf", "--language", "fr")
    assert done.exit_code == 0, done.output
    assert sorted(file.name for file in folder.iterdir()) == [
        "dashboard.fr.pdf",
        "dashboard.html",
        "notes.html",
        "site-lyon.html",
        "site-nantes.html",
        "site-tanger.html",
    ]
    printed = (folder / "dashboard.fr.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert len(printed) > 50_000  # an undrawn page prints to less


def test_the_command_says_what_is_missing(warehouse, monkeypatch):
    assert "site, team, agent" in run("--each", "customer").output
    assert "choose en or fr" in run("--language", "de").output
    monkeypatch.setattr(shutil, "which", lambda name: None)
    refused = run("--pdf")
    assert refused.exit_code == 1
    assert "no browser to print with" in refused.output
    (warehouse / "published" / "savoir.duckdb").unlink()
    refused = run()
    assert refused.exit_code == 1
    assert "run `savoir publish` first" in " ".join(refused.output.split())


ODD = """L'équipe "A" </script><img src=x onerror=document.title='hacked'> {{data}}"""


@pytest.fixture(scope="module")
def odd_copy(database, tmp_path_factory) -> Path:
    """The demo with a team of an odd name, and with what publishing says of a build."""
    copy = tmp_path_factory.mktemp("odd") / "odd.duckdb"
    with duckdb.connect(copy) as connection:
        connection.execute(f"attach '{database}' as marts (read_only)")
        for schema, table in connection.sql(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = 'marts' "
            "and table_schema in ('core', 'kpis', 'reference')"
        ).fetchall():
            is_big = table in ("kpi_components", "rpt_kpi_scorecard")
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(
                f"create or replace table {schema}.{table} as "
                f"from marts.{schema}.{table} {'limit 0' if is_big else ''}"
            )
        for schema, table in connection.sql(
            "select table_schema, table_name from information_schema.columns "
            "where table_catalog = 'odd' and column_name = 'team' "
            "and data_type = 'VARCHAR'"
        ).fetchall():
            connection.execute(
                f"update {schema}.{table} set team = ? where team = 'Support N1'", [ODD]
            )
        connection.execute(
            "update kpis.rpt_kpi_percentiles set cut_value = ? "
            "where cut_value = 'Support N1'",
            [ODD],
        )
        connection.execute("""
            create or replace table kpis.rpt_build_health as
            from (values
                ('build', 'built at', 'ok', null, null, '2026-07-01T06:12:00'),
                ('tests', 'data tests passed', 'ok', 368.0, 'tests', null),
                ('tests', 'unit tests passed', 'ok', 63.0, 'tests', null),
                ('tests', 'data tests that warn', 'warning', 2.0, 'tests', null),
                ('freshness', 'zendesk contacts', 'ok', 0.5, 'days', 'to 30 June')
            ) as health(aspect, name, status, value, unit, detail)
        """)
    return copy


def test_a_name_is_never_more_than_a_name(odd_copy, browser, tmp_path):
    """Not in SQL, not in HTML: whatever a team or a product is called."""
    for only in (None, Only("team", ODD)):
        file = write_dashboard(odd_copy, tmp_path / "odd.html", only=only)
        page = opened(browser, file, "overview?lang=en")
        assert page.title().endswith("Overview")
        assert ODD in page.evaluate("window.savoir.pack.values.team")
        page.context.close()


def test_the_health_of_the_build_is_shown(odd_copy, browser, tmp_path):
    file = write_dashboard(odd_copy, tmp_path / "health.html")
    page = opened(browser, file, "definitions?lang=fr")
    assert "431 tests réussis sur 433" in page.inner_text("#header")
    health = page.inner_text("section[aria-label='Santé de la construction']")
    assert "zendesk contacts" in health
    assert "Fraîcheur" in health
    assert "À surveiller" in health
    page.context.close()


def test_a_variant_is_labelled_on_every_view(odd_copy, browser, tmp_path):
    """One KPI of other parameters is enough; the manifest says the page's own."""
    folder = tmp_path / "versions"
    folder.mkdir()
    copy = folder / "savoir.duckdb"
    shutil.copyfile(odd_copy, copy)
    with duckdb.connect(copy) as connection:
        connection.execute(
            "update kpis.dim_kpi set changed_parameters = 'fcr_window_days = 3' "
            "where kpi_id = 'fcr'"
        )
    parameters = {"min_sample": 17, "intervention_days": 45}
    manifest = {"parameters": parameters}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    served = tmp_path / "savoir.duckdb"
    served.symlink_to(copy)
    page = opened(browser, write_dashboard(served, tmp_path / "variant.html"), "")
    for view in views(page):
        go(page, f"{view}?lang=fr")
        label = page.inner_text("#header .fact.bad >> nth=0")
        assert shown(label) == "⚠ Variante : fcr_window_days = 3"
    assert "fcr_window_days = 3" in page.inner_text("dl.pairs >> nth=0")
    assert page.evaluate("window.savoir.pack.minSample") == 17
    go(page, "overview?lang=en")
    assert "45 days after against 45 before" in page.inner_text("#main")
    page.context.close()


def test_a_later_build_that_failed_is_said(odd_copy, browser, tmp_path):
    results = {
        "metadata": {"generated_at": "2026-07-02T06:12:00Z"},
        "results": [
            {"unique_id": "test.savoir.a", "status": "pass"},
            {"unique_id": "test.savoir.b", "status": "fail"},
        ],
    }
    log = tmp_path / "run_results.json"
    log.write_text(json.dumps(results))
    page = opened(browser, write_dashboard(odd_copy, tmp_path / "old.html", log), "")
    page.evaluate("window.savoir.set({ language: 'en' })")
    assert "Last build failed (1)" in page.inner_text(".fact.bad:last-child")
    page.context.close()


def test_an_agents_page_shows_own_figures_and_a_median(
    database, marts, sums, browser, tmp_path
):
    only = Only("agent", "zendesk:7000121")
    file = write_dashboard(database, tmp_path / "scoped.html", only=only)
    page = opened(browser, file, "results?grain=year&start=2025-01-01&lang=en")
    assert views(page) == ["results", "definitions"]
    figures = {one["kpi"]: one for one in page.evaluate(READ, ".gauge-card [data-kpi]")}
    state = {"grain": "year", "start": "2025-01-01", "filters": {"agent": [only.value]}}
    for kpi_id in ("fcr", "aht", "csat", "occupancy"):
        _, value = expected(sums, kpi_id, state)
        text = format_value(value, KPIS[kpi_id][3], "en")
        assert shown(figures[kpi_id]["text"]) == text
    values = sorted(
        row[0]
        for row in marts.execute(
            """
            select kpi_value from kpis.rpt_kpi_scorecard
            where kpi_id = 'fcr' and cut = 'agent' and period_grain = 'year'
                and period_start_date = date '2025-01-01' and sample_size >= 30
                and cut_value not in ('unknown', ?)
            """,
            [only.value],
        ).fetchall()
    )
    assert len(values) >= 5
    middle = len(values) // 2
    median = (values[middle] + values[~middle]) / 2
    assert shown(page.inner_text("[data-peers=fcr]")) == format_value(
        median, "percent", "en"
    )
    page.context.close()


DAYS = "inner join core.bridge_dates_x_periods using (date_day)"


def conditions_of(state: dict) -> tuple[str, list]:
    """The rows of a state with at most one value by cut, and what stands for each ?."""
    own = [f"{COLUMNS.get(cut, cut)} = '{v[0]}'" for cut, v in state["filters"].items()]
    conditions = ["period_grain = ?", "period_start_date = ?", *own]
    return " and ".join(conditions), [state["grain"], state["start"]]


def hours_of(marts, state: dict) -> dict[tuple[str, str], int]:
    """Contacts by hour and weekday, where there are any."""
    conditions, period = conditions_of(state)
    rows = marts.execute(
        "select local_hour, weekday, sum(contacts) "
        f"from kpis.{CONTACTS} {DAYS} where {conditions} "
        "group by all having sum(contacts) > 0",
        period,
    ).fetchall()
    return {(hour, weekday): contacts for hour, weekday, contacts in rows}


def hours_told(page: Page) -> dict[tuple[str, str], int]:
    """What the page says of them."""
    cells = page.evaluate(READ, "[data-contacts]")
    assert len(cells) == 24 * 7
    return {
        (one["hour"], one["weekday"]): int(one["contacts"])
        for one in cells
        if one["contacts"] != "0"
    }


def test_hours_percentiles_and_account_equal_sql_on_the_marts(marts, page):
    for state in states(marts, 12, seed=3):
        state["filters"] = dict(list(state["filters"].items())[:1])
        state["filters"] = {cut: vs[:1] for cut, vs in state["filters"].items()}
        go(page, address("flow", state))
        open_tables(page)
        conditions, period = conditions_of(state)
        assert hours_told(page) == hours_of(marts, state)
        cut, value = next(
            ((cut, v[0]) for cut, v in state["filters"].items()), ("overall", "all")
        )
        rows = marts.execute(
            "select duration_id, median_duration, p90_duration "
            "from kpis.rpt_kpi_percentiles "
            "where period_grain = ? and period_start_date = ? and cut = ? "
            "and cut_value = ?",
            [*period, cut, value],
        ).fetchall()
        lines = {
            (one["duration"], one["which"]): shown(one["text"])
            for one in page.evaluate(READ, "[data-duration]")
        }
        expected_lines = {}
        for duration, median, p90 in rows:
            for which, seconds in (("median", median), ("p90", p90)):
                text = format_value(seconds, "seconds", state["lang"])
                expected_lines[duration, which] = text
        assert lines == expected_lines, state
        go(page, address("money", state))
        for one in page.evaluate(READ, "[data-amount]"):
            total_amount = marts.execute(
                f"select coalesce(sum({one['amount']}), 0)::double "
                f"from kpis.kpi_support_pnl_daily {DAYS} where {conditions}",
                period,
            ).fetchall()[0][0]
            text = format_value(abs(total_amount), "EUR", state["lang"])
            assert shown(one["text"]).lstrip("-") == text, (state, one)


def test_what_no_mart_answers_is_not_shown(page):
    """No sum of percentiles, no hour of an account: a sentence instead of a figure."""
    month = "grain=month&start=2026-05-01&lang=en"
    go(page, f"flow?{month}&team=Support N1")
    assert page.evaluate(READ, "[data-duration]") != []
    for filters in ("team=Support N1&channel=email", "team=Retours&team=Support N1"):
        go(page, f"flow?{month}&{filters}")
        assert page.evaluate(READ, "[data-duration]") == []
        assert "one filter at a time" in page.inner_text(".view")
    go(page, f"overview?{month}&product=Lampes&kpi=occupancy")
    assert (
        page.locator(".kpi-table [data-kpi=occupancy]").inner_text()
        == (UNANSWERED["en"])
    )
    assert "does not know this KPI under these filters" in page.inner_text(".view")
    go(page, f"money?{month}&product=Lampes")
    assert "dearest issues" in page.inner_text(".view").lower()
    assert page.locator("text=From the weekly reviews").count() == 0


def test_heat_map_equals_sql_on_the_marts(marts, sums, page):
    checked = 0
    for state in states(marts, 15, seed=4):
        go(page, address("voice", state))
        open_tables(page)
        for one in page.evaluate(READ_CELLS):
            own = {one["cut"]: one["cutValue"], one["second"]: one["secondValue"]}
            _, value = expected(sums, one["kpi"], state, **own)
            assert shown(one["text"]) == format_value(value, "percent", state["lang"])
            checked += 1
    assert checked >= 60


READ_CELLS = """() => [...document.querySelectorAll("[data-second-value]")].map(
    one => ({
        ...one.dataset,
        kpi: one.firstChild.dataset.kpi,
        text: one.firstChild.textContent,
    })
)"""


def open_tables(page: Page) -> None:
    page.evaluate(
        "for (const one of document.querySelectorAll('.as-table')) one.open = true"
    )
    page.wait_for_timeout(50)
