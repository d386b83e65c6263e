"""What the service costs."""

from savoir.demo.dice import Dice
from savoir.demo.world import (
    CHAT_PARTNER,
    PHONE_PARTNER,
    PHONE_PARTNER_FROM,
    Cost,
)


def keep_ledger(seed: int, scale: float) -> list[Cost]:
    """Eighteen months of costs that grow with the scale. Odd cents, so that sharing
    them out leaves remainders; one credit note."""
    dice = Dice(seed, "ledger")
    salaries = {
        "Support N1": ("Lyon", 17_000),
        "Support N2": ("Lyon", 6_500),
        "Téléphone N1": ("Nantes", 19_000),
        "Retours": ("Lyon", 4_500),
    }
    outsourcing = {
        "Téléphone N1": ("Nantes", PHONE_PARTNER, 14_000),
        "Chat N1": ("Tanger", CHAT_PARTNER, 8_500),
    }
    shared = {
        "tools": 5_300,
        "telephony": 3_000,
        "training": 1_500,
        "overhead": 3_000,
    }

    def amount(base: int) -> int:
        return round(scale * (base + dice.between(-base // 12, base // 12))) * 2 + 1

    outsourced_from = f"{PHONE_PARTNER_FROM:%Y-%m}"
    costs = []
    for number in range(18):
        month = f"{2025 + number // 12}-{number % 12 + 1:02d}"
        for team, (site, base) in salaries.items():
            if team == "Téléphone N1" and month >= outsourced_from:
                continue
            costs.append(Cost(month, site, team, "", "salaries", amount(base // 2)))
        for team, (site, partner, base) in outsourcing.items():
            if team == "Téléphone N1" and month < outsourced_from:
                continue
            cost = Cost(month, site, team, partner, "outsourcing", amount(base // 2))
            costs.append(cost)
        for category, base in shared.items():
            costs.append(Cost(month, "", "", "", category, amount(base // 2)))
        if month.endswith("-01"):
            licence = round(scale * 2_728) * 2 + 1
            costs.append(Cost(month, "", "", "", "tools", licence))
        if month == "2025-03":
            credit = -(round(scale * 2_283) * 2 + 1)
            costs.append(Cost(month, "", "", "", "tools", credit))
    return costs
