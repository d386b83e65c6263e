"""What the helpdesks' exports do not carry, by component of a KPI.

Everything else of the same world is equal, whatever the helpdesk:
`tests/project/test_helpdesks.py` holds both.
"""

from collections.abc import Iterator
from dataclasses import dataclass


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


RATINGS = ("csat_answers", "csat_answers_satisfied")
NET_TIMES = ("resolution_net_seconds", "resolution_net_squared")
LANDED = ("contacts_landed", "contacts_excluded")
OF_TEAMS = ("team", "tier", "site", "partner")

INVITATIONS = Gap("ratings asked for and not given", ("survey_invitations_*",))
SURVEY_NAME = Gap("Zendesk's name for its rating", RATINGS, ("survey",))
RATED_TEAM = Gap("the team at the time of a rating", RATINGS, OF_TEAMS)
NO_RATINGS = Gap("ratings", RATINGS)
SNOOZED = Gap("on whom a snoozed ticket waits", NET_TIMES)

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
}


def is_carried(helpdesk: str, component: str, cut: str = "overall") -> bool:
    """Whether a helpdesk's export says all that a component counts in a cut."""
    return not any(gap.covers(component, cut) for gap in GAPS[helpdesk])


def table() -> Iterator[str]:
    """The lines of the table in docs/exports.md."""
    yield "| Helpdesk | Its export does not carry | Components that miss it |"
    yield "|---|---|---|"
    for helpdesk, gaps in GAPS.items():
        for gap in gaps:
            names = ", ".join(f"`{name}`" for name in gap.components)
            cuts = f" by {', '.join(gap.cuts)}" if gap.cuts else ""
            yield f"| {helpdesk} | {gap.what} | {names}{cuts} |"
