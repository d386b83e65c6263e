"""What contacts and changes did to customers, as the chances that were planted."""

from collections import defaultdict
from datetime import timedelta
from itertools import groupby

from savoir.demo.tally import mean_of
from savoir.demo.truth_of_value import is_fcr_mature, repurchase_of
from savoir.demo.world import (
    AS_OF,
    DAY,
    PHONE,
    PHONE_PARTNER_FROM,
    RATES,
    REPURCHASE_WINDOW,
    TEAMS,
    Chance,
    Issue,
    World,
    issues_of,
    paris,
)

INTERVENTION_DAYS = 90
CHURN_DAYS = 180

DEFINITIONS = {
    "uplift": "points by which issues raise the chance of a valid order in the 30 days "
    "after their end, over that of the same customer without the issue; issues with an "
    "earlier order, without another one open in the 30 days before them, and 30 days "
    "before the horizon; an outcome is later when the last contact was resolved",
    "repurchase_chances": "mean chance of the issues in the denominator of repurchase",
    "churn": "customers with an earlier order whose last issue, 180 days before the "
    "horizon, was not settled by the first contact: expected share that orders in "
    "these 180 days, and what it would be had nobody left over it",
    "interventions": "points of the team's FCR in the 90 days from the change",
}


def chance_between(chances: list[Chance], start: int, end: int) -> float:
    """How likely one customer buys after any of these issues between two instants."""
    none = 1.0
    for one in chances:
        common = min(end, one.end) - max(start, one.start)
        none *= 1 - one.chance * max(common, 0) / (one.end - one.start)
    return 1 - none


def by_person(world: World) -> list[list[Chance]]:
    """The chances of each customer, oldest first."""
    return [list(of) for _, of in groupby(world.chances, lambda c: id(c.issue.person))]


def truth(world: World) -> dict:
    """The planted effects, as plain values."""
    repurchases = {id(one): repurchase_of(one.issue) for one in world.chances}
    known = [one for one in world.chances if repurchases[id(one)]["has_earlier_order"]]
    mature = [one for one in known if repurchases[id(one)]["is_mature"]]
    return {
        "uplift": _uplift(world, {id(one) for one in mature}),
        "repurchase_chances": _repurchase_chances(mature),
        "churn": _churn(world, {id(one) for one in known}),
        "interventions": {"telephone_partner": {"fcr": _partner_effect(world)}},
    }


def _uplift(world: World, mature: set[int]) -> dict[str, dict[str, dict[str, float]]]:
    gains: dict[tuple[str, str], list[float]] = defaultdict(list)
    for chances in by_person(world):
        last_ended_at = 0
        for one in chances:
            issue = one.issue
            is_fresh = issue.opened_at - last_ended_at > REPURCHASE_WINDOW
            last_ended_at = max(last_ended_at, issue.ended_at)
            if is_fresh and id(one) in mature:
                until = issue.ended_at + REPURCHASE_WINDOW
                after = chance_between(chances, issue.ended_at, until)
                for cut in _cuts(issue).items():
                    gains[cut].append(100 * (after - one.without))
    cuts: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    for (cut, value), found in gains.items():
        cuts[cut][value] = {"issues": len(found), "points": mean_of(found)}
    return cuts


def _cuts(issue: Issue) -> dict[str, str]:
    first = issue.contacts[0]
    last = max(issue.contacts, key=lambda contact: contact.opened_at)
    outcome = "later" if last.is_resolved else "not resolved"
    return {
        "overall": "all",
        "reason": issue.reason or "unknown",
        "outcome": "first contact" if issue.failure is None else outcome,
        "channel": first.channel,
        "team": TEAMS[first.team],
    }


def _repurchase_chances(mature: list[Chance]) -> dict[str, float]:
    found: dict[str, list[float]] = {"resolved_first_time": [], "other": []}
    for one in mature:
        found["other" if one.issue.failure else "resolved_first_time"].append(
            one.chance
        )
    return {kind: mean_of(of) for kind, of in found.items()}


def _churn(world: World, known: set[int]) -> dict[str, float]:
    """A month without an order follows the other: nobody remembers the last one."""
    days = CHURN_DAYS * DAY
    lasts = [chances[-1] for chances in by_person(world)]
    months = days // REPURCHASE_WINDOW
    orders_anyway = [
        1 - (1 - one.without) ** months
        for one in lasts
        if id(one) in known and one.issue.failure and one.issue.ended_at + days <= AS_OF
    ]
    if_nobody_left = mean_of(orders_anyway)
    return {
        "customers": len(orders_anyway),
        "share": if_nobody_left * (1 - RATES.leaves_after_failure),
        "share_if_nobody_left": if_nobody_left,
    }


def _partner_effect(world: World) -> float:
    """Of what they would settle, a share comes back."""
    until = PHONE_PARTNER_FROM + timedelta(days=INTERVENTION_DAYS)
    settled = [
        issue.failure is None
        for person in world.people
        for issue in issues_of(person)
        if issue.contacts[0].team == PHONE
        and PHONE_PARTNER_FROM <= paris(issue.opened_at).date() < until
        and is_fcr_mature(issue)
    ]
    lost = RATES.partner_repeats / (1 - RATES.partner_repeats)
    return -100 * lost * mean_of(settled)
