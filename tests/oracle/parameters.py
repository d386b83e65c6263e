"""The parameters of a calculation: the project's variables, as plain values."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Parameters:
    """Rule: parameters are project variables with the defaults below."""

    reporting_timezone: str = "Europe/Paris"
    reporting_currency: str = "EUR"
    default_calling_code: str = "33"
    fcr_window_days: int = 7
    call_ticket_link_minutes: int = 15
    resolution_target_hours: int = 24
    service_level_seconds: int = 20
    short_abandon_seconds: int = 5
    repurchase_days: int = 30
    order_in_flight_days: int = 14
    proactive_days: int = 7
    churn_days_default: int = 180
    csat_answer_days: int = 28
    min_sample: int = 30
    default_site: str = "Lyon"

    def as_variables(self) -> str:
        """Return them as the value of dbt's `--vars`, without models in Python."""
        return json.dumps(asdict(self) | {"python_models": False})


# "Also published for 1, 3, 7, 14, 30 days"; repurchase "for 7, 30, 60, 90 days".
FCR_WINDOWS = (1, 3, 7, 14, 30)
REPURCHASE_WINDOWS = (7, 30, 60, 90)
