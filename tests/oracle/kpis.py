"""The formula of every KPI: one component over another, divided only at the end."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.components import Key


@dataclass(frozen=True)
class Formula:
    """`scale` times numerator over denominator; a count has no denominator."""

    scale: int
    numerator: str
    denominator: str | None = None

    def value(
        self, components: dict[Key, Decimal], place: tuple[str, date, str, str]
    ) -> Fraction | None:
        """Rule: denominator = 0 gives NULL, never 0 and never an error."""
        numerator = Fraction(components.get((self.numerator, *place), 0))
        denominator = Fraction(1)
        if self.denominator:
            denominator = Fraction(components.get((self.denominator, *place), 0))
        return self.scale * numerator / denominator if denominator else None


# what is fitted is no arithmetic: the oracle has no opinion of it
FITTED = {"customers_valued", "lifetime_margin_amount", "lifetime_margin_squared"}
FORMULAE = {
    "abandonment_rate": Formula(
        100, "exchanges_abandoned_less_short", "exchanges_offered_less_short"
    ),
    "abandonment_rate_with_short": Formula(
        100, "exchanges_abandoned", "exchanges_offered"
    ),
    "aht": Formula(1, "handle_seconds", "contacts_timed"),
    "aht_per_leg": Formula(1, "leg_seconds", "call_legs"),
    "answer_rate": Formula(100, "calls_answered", "calls_offered"),
    "asa": Formula(1, "answered_wait_seconds", "calls_answered"),
    "assumed_resolved_share": Formula(
        100, "contacts_assumed_resolved", "contacts_resolved"
    ),
    "automation_rate": Formula(
        100, "contacts_automated", "contacts_automation_eligible"
    ),
    "backlog": Formula(1, "backlog_contacts"),
    "ces": Formula(1, "ces_effort", "ces_answers"),
    "churn_rate": Formula(100, "customers_lost", "customers_at_start"),
    "clv": Formula(1, "lifetime_margin_amount", "customers_valued"),
    "clv_to_date": Formula(1, "margin_to_date_amount", "customers_so_far"),
    "contact_rate": Formula(100, "contacts", "orders"),
    "contact_rate_per_customer": Formula(100, "contacts", "customers_at_end"),
    "contact_volume": Formula(1, "contacts"),
    "contacts_after_engaged_message": Formula(
        100, "messages_engaged_followed", "messages_engaged_mature"
    ),
    "contacts_after_ignored_message": Formula(
        100, "messages_ignored_followed", "messages_ignored_mature"
    ),
    "contacts_per_hour": Formula(
        3600, "contacts_handled_while_logged_in", "logged_in_seconds"
    ),
    "cost_per_contact": Formula(1, "contact_cost_amount", "contacts_costed"),
    "cost_per_resolution": Formula(1, "resolution_cost_amount", "issues_resolved"),
    "csat": Formula(100, "csat_answers_satisfied", "csat_answers"),
    "escalation_rate": Formula(100, "contacts_escalated", "contacts_tier_1"),
    "excluded_share": Formula(100, "contacts_excluded", "contacts_landed"),
    "fcr": Formula(100, "issues_resolved_first_time", "issues_fcr_eligible"),
    "fcr_14d": Formula(
        100, "issues_resolved_first_time_14d", "issues_fcr_eligible_14d"
    ),
    "fcr_1d": Formula(100, "issues_resolved_first_time_1d", "issues_fcr_eligible_1d"),
    "fcr_30d": Formula(
        100, "issues_resolved_first_time_30d", "issues_fcr_eligible_30d"
    ),
    "fcr_3d": Formula(100, "issues_resolved_first_time_3d", "issues_fcr_eligible_3d"),
    "fcr_7d": Formula(100, "issues_resolved_first_time_7d", "issues_fcr_eligible_7d"),
    "fcr_by_customer": Formula(100, "fcr_answers_yes", "fcr_answers"),
    "first_response_business_time": Formula(
        1, "first_response_business_seconds", "contacts_answered"
    ),
    "first_response_in_target": Formula(
        100, "contacts_first_response_in_target", "contacts_first_response_due"
    ),
    "first_response_time": Formula(1, "first_response_seconds", "contacts_answered"),
    "identified_share": Formula(100, "contacts_identified", "contacts"),
    "nps": Formula(100, "nps_net_promoters", "nps_answers"),
    "occupancy": Formula(100, "busy_seconds", "logged_in_seconds"),
    "offered_share": Formula(
        100, "survey_invitations_delivered", "survey_invitations_eligible"
    ),
    "one_touch_rate": Formula(100, "contacts_one_touch", "contacts_solved_in_writing"),
    "proactive_engagement": Formula(100, "messages_engaged", "messages_delivered"),
    "quality_score": Formula(100, "quality_points", "quality_points_possible"),
    "referral_rate": Formula(100, "customers_referring", "customers_at_end"),
    "reopen_rate": Formula(100, "contacts_reopened", "contacts_ever_solved"),
    "repurchase_rate": Formula(100, "issues_repurchased", "issues_repurchase_eligible"),
    "repurchase_rate_30d": Formula(
        100, "issues_repurchased_30d", "issues_repurchase_eligible_30d"
    ),
    "repurchase_rate_60d": Formula(
        100, "issues_repurchased_60d", "issues_repurchase_eligible_60d"
    ),
    "repurchase_uplift": Formula(1, "uplift_points", "issues_matched"),
    "repurchase_rate_7d": Formula(
        100, "issues_repurchased_7d", "issues_repurchase_eligible_7d"
    ),
    "repurchase_rate_90d": Formula(
        100, "issues_repurchased_90d", "issues_repurchase_eligible_90d"
    ),
    "resolution_business_time": Formula(
        1, "resolution_business_seconds", "contacts_with_resolution_time"
    ),
    "resolution_in_target": Formula(
        100, "contacts_resolution_in_target", "contacts_resolution_due"
    ),
    "resolution_net_time": Formula(
        1, "resolution_net_seconds", "contacts_with_resolution_time"
    ),
    "resolution_time": Formula(
        1, "resolution_seconds", "contacts_with_resolution_time"
    ),
    "retention_rate": Formula(100, "customers_retained", "customers_at_start"),
    "roi": Formula(100, "support_net_gain_low_amount", "support_cost_judged_amount"),
    "roi_observed": Formula(100, "support_net_gain_amount", "support_cost_amount"),
    "schedule_adherence": Formula(100, "adherent_seconds", "scheduled_seconds"),
    "service_level": Formula(100, "calls_answered_in_time", "calls_answered_or_waited"),
    "service_level_abandoned_as_served": Formula(
        100, "calls_answered_or_abandoned_in_time", "calls_answered_or_abandoned"
    ),
    "service_level_late_abandons": Formula(
        100, "calls_answered_in_time", "calls_answered_or_abandoned_late"
    ),
    "service_level_of_all": Formula(
        100, "calls_answered_in_time", "calls_answered_or_abandoned"
    ),
    "service_level_of_answered": Formula(
        100, "calls_answered_in_time", "calls_answered"
    ),
    "service_level_short_as_served": Formula(
        100, "calls_answered_in_time_or_short", "calls_answered_or_abandoned"
    ),
    "servqual_gap": Formula(1, "servqual_gap_total", "servqual_pairs"),
    "short_abandon_share": Formula(
        100, "exchanges_short_abandoned", "exchanges_abandoned"
    ),
    "survey_response_rate": Formula(
        100, "survey_invitations_responded", "survey_invitations_delivered"
    ),
    "transfer_rate": Formula(100, "contacts_transferred", "contacts_handled"),
}
