"""What the products' exports do not carry, by component of a KPI.

Everything else of the same world is equal, whatever the product:
`tests/project/test_vendors.py` holds both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from savoir.demo.vendors import OWN, PRODUCTS


@dataclass(frozen=True)
class Gap:
    """One thing that is not exported, and the components of KPIs that miss it.

    They miss it in some cuts only, if any are named. `*` ends a name in any way.
    """

    what: str
    components: tuple[str, ...]
    cuts: tuple[str, ...] = ()

    def covers(self, component: str, cut: str) -> bool:
        """Whether a component differs by it in a cut."""
        return (not self.cuts or cut in self.cuts) and any(
            fits(component, name) for name in self.components
        )


def fits(component: str, name: str) -> bool:
    """Whether a name, which may end in *, stands for a component."""
    if name.endswith("*"):
        return component.startswith(name.removesuffix("*"))
    return component == name


RATINGS = ("csat_answers*",)
NET_TIMES = ("resolution_net_seconds", "resolution_net_squared")
LANDED = ("contacts_landed", "contacts_excluded")
OF_TEAMS = ("team", "tier", "site", "partner")

# ---------- helpdesks

INVITATIONS = Gap("ratings asked for and not given", ("survey_invitations_*",))
SURVEY_NAME = Gap("Zendesk's name for its rating", RATINGS, ("survey",))
RATED_TEAM = Gap("the team at the time of a rating", RATINGS, OF_TEAMS)
NO_RATINGS = Gap("ratings", RATINGS)
SNOOZED = Gap("on whom a snoozed ticket waits", NET_TIMES)

# ---------- telephony

# A call has a record when it ends; whoever counts contacts counts those that have one.
UNRECORDED = (
    "avoided_cost_amount",
    "calls_offered",
    "contact_cost_*",
    "contacts",
    "contacts_costed",
    "contacts_identified",
    "contacts_landed",
    "contacts_tier_1",
    "exchanges_offered*",
    "issues",
    "ledger_cost_amount",
    "overhead_share_amount",
    "repeat_avoided_cost_amount",
    "resolution_cost_*",
    "support_cost_*",
    "support_gain_*",
    "support_net_gain_*",
)
UNDER_WAY = Gap("calls under way", UNRECORDED)

# ---------- shops

MARGINS = (
    "issues_matched",
    "margin_to_date_*",
    "order_margin_amount",
    "repurchase_margin_amount",
    "retained_margin_low_amount",
    "support_cost_judged_amount",
    "support_gain_*",
    "support_net_gain_*",
    "uplift_*",
    "upsell_margin_amount",
)
COSTS = Gap("what goods cost, and what they leave", MARGINS)
VALUE = Gap("a customer's value, which is margin", ("*",), ("value_band",))
CATEGORIES = Gap("categories of products", ("*",), ("product",))
SOLD = (COSTS, VALUE, CATEGORIES)
REFERRALS = Gap("coupons, and so who referred whom", ("customers_referring",))
# ---------- survey tools

SURVEYS = ("ces_*", "csat_*", "fcr_*", "nps_*", "servqual_*")

GAPS: dict[str, tuple[Gap, ...]] = {
    "freshdesk": (
        INVITATIONS,
        SURVEY_NAME,
        RATED_TEAM,
        Gap(
            "channel and author of a message an agent begins with",
            LANDED,
            ("channel", "agent"),
        ),
    ),
    "salesforce": (INVITATIONS, NO_RATINGS),
    "intercom": (
        INVITATIONS,
        SURVEY_NAME,
        RATED_TEAM,
        Gap("deleted conversations", LANDED),
        SNOOZED,
    ),
    "gorgias": (
        INVITATIONS,
        SURVEY_NAME,
        RATED_TEAM,
        Gap("that a ticket waits for the customer", NET_TIMES),
    ),
    "hubspot": (
        INVITATIONS,
        NO_RATINGS,
        Gap(
            "who had a ticket before the one who has it now",
            ("*",),
            (*OF_TEAMS, "agent"),
        ),
        Gap(
            "handovers and reopenings",
            (
                "contacts_transferred",
                "contacts_escalated",
                "contacts_tier_1",
                "contacts_reopened",
                "issues_resolved_first_time*",
                "resolution_business_*",
            ),
        ),
        Gap(
            "when a ticket was first solved, waited or was last worked on",
            (
                "contacts_ever_solved",
                "contacts_timed",
                "backlog_contacts",
                "handle_*",
                "call_legs",
                "leg_seconds",
                "resolution_net_*",
                "issues_repurchase*",
                "issues_matched",
                "uplift_*",
                "repurchase_margin_amount",
                "retained_margin_low_amount",
                "support_gain_*",
            ),
        ),
        Gap(
            "messages: who answered, a human or the bot, when and how often",
            (
                "avoided_cost_amount",
                "repeat_avoided_cost_amount",
                "chats_offered",
                "contacts_automated",
                "contacts_automation_eligible",
                "contacts_first_response_*",
                "contacts_handled*",
                "contacts_one_touch",
                "contacts_solved_in_writing",
                "exchanges_offered*",
                "first_response_*",
                "agent_time_cost_amount",
                "contact_cost_*",
                "ledger_cost_amount",
                "resolution_cost_*",
                "support_cost_*",
                "support_net_gain_*",
            ),
        ),
        Gap("the reason of an excluded ticket", LANDED, ("reason", "journey_stage")),
    ),
    "amazon_connect": (UNDER_WAY,),
    "five9": (UNDER_WAY,),
    "threecx": (
        Gap("calls under way, or lost", (*UNRECORDED, "issues_fcr_eligible*")),
        Gap(
            "who ended a call in the queue, the caller or the queue",
            ("calls_abandoned", "calls_answered_or_*", "exchanges_abandoned*"),
        ),
    ),
    "zendesk_talk": (
        UNDER_WAY,
        Gap(
            "calls apart from tickets: by id they come later, and get other odd cents",
            ("agent_time_cost_amount",),
        ),
    ),
    "woocommerce": (*SOLD, Gap("regions of France", ("*",), ("region",))),
    "magento": (*SOLD, Gap("regions: it has departments", ("*",), ("region",))),
    "prestashop": (*SOLD, Gap("regions", ("*",), ("region",)), REFERRALS),
    "olist": (
        *SOLD,
        Gap("regions as others call them", ("*",), ("region",)),
        REFERRALS,
        Gap(
            "e-mails and telephones: nobody who ordered is known to have called",
            (
                "issues",
                "issues_fcr_eligible*",
                "issues_repurchase*",
                "issues_resolved*",
                "messages_engaged_followed",
                "messages_ignored_followed",
                "resolution_cost_*",
            ),
        ),
        Gap(
            "what of a caller is known by orders",
            ("*",),
            ("segment", "tenure_band", "frequency_band"),
        ),
        Gap(
            "tax, discounts, refunds, replacements",
            (
                "customers_at_*",
                "customers_lost",
                "customers_retained",
                "customers_so_far",
                "order_net_amount",
                "orders",
            ),
        ),
    ),
    "surveymonkey": (Gap("the survey's name: it has an id", SURVEYS, ("survey",)),),
    "delighted": (
        Gap("what a survey is about: the relationship, too", ("nps_*",)),
        Gap("other questions than its one", ("fcr_*", "servqual_*")),
        Gap("the survey's name: it has a type", ("ces_*", "csat_*"), ("survey",)),
    ),
}


def gaps_of(product: str) -> tuple[Gap, ...]:
    """What a product's export does not carry."""
    return GAPS.get(product, ())


def is_carried(product: str, component: str, cut: str = "overall") -> bool:
    """Whether a product's export says all that a component counts in a cut."""
    return not any(gap.covers(component, cut) for gap in gaps_of(product))


def table() -> Iterator[str]:
    """The lines of the table in docs/exports.md."""
    yield "| Product | Its export does not carry | Components that miss it |"
    yield "|---|---|---|"
    others = (set(products) - {OWN[kind]} for kind, products in PRODUCTS.items())
    for product in chain.from_iterable(map(sorted, others)):
        if product not in GAPS:
            yield f"| {product} | - | - |"
        for gap in gaps_of(product):
            names = ", ".join(f"`{name}`" for name in gap.components)
            cuts = f" by {', '.join(gap.cuts)}" if gap.cuts else ""
            yield f"| {product} | {gap.what} | {names}{cuts} |"
