"""What the site declares about itself: its seeds, read as they stand."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

CENT = Decimal("0.01")


def to_cents(amount: Decimal | int) -> Decimal:
    """Round half a cent away from zero."""
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Reference:
    """The seed files of a folder."""

    folder: Path
    reporting_currency: str = "EUR"

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of one seed; an empty field is missing."""
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def timezones(self) -> dict[str, str]:
        """Time zone by site."""
        return {row["site"]: row["timezone"] for row in self.rows("sites")}

    @cached_property
    def channels(self) -> dict[str, dict[str, str]]:
        """Facts of each channel."""
        return {row["channel"]: row for row in self.rows("channels")}

    @cached_property
    def channel_aliases(self) -> dict[tuple[str, str], str]:
        """Channel by a system and its name for it."""
        return {
            (row["source_system"], row["source_channel"]): row["channel"]
            for row in self.rows("channel_aliases")
        }

    @cached_property
    def journey_stages(self) -> dict[str, str]:
        """Stage of the customer journey by contact reason."""
        reasons = self.rows("contact_reasons")
        return {row["contact_reason"]: row["journey_stage"] for row in reasons}

    @cached_property
    def agent_aliases(self) -> dict[tuple[str, str], str]:
        """Agent by a system and the number it gives them."""
        return {
            (row["source_system"], row["source_agent_id"]): (
                f"{row['agent_source_system']}:{row['agent_source_id']}"
            )
            for row in self.rows("agent_aliases")
        }

    @cached_property
    def experiments_of_service(self) -> set[str]:
        """Experiments whose arms differ by being served at all."""
        rows = self.rows("experiments")
        return {r["experiment_id"] for r in rows if r["is_of_service"] == "true"}

    @cached_property
    def relationship_surveys(self) -> set[str]:
        """Surveys that ask about the relationship, not about a contact."""
        return {
            row["survey_id"]
            for row in self.rows("survey_questions")
            if row["survey_kind"] == "relationship"
        }

    @cached_property
    def satisfied_from(self) -> dict[tuple[Decimal, Decimal], Decimal]:
        """The lowest satisfied score by the ends of a CSAT scale."""
        return {
            (Decimal(row["scale_min"]), Decimal(row["scale_max"])): Decimal(
                row["satisfied_from"]
            )
            for row in self.rows("csat_scales")
        }

    @cached_property
    def default_scales(self) -> dict[str, dict[str, str]]:
        """The scale of a question that declares none."""
        return {row["question_type"]: row for row in self.rows("default_scales")}

    @cached_property
    def rates(self) -> dict[tuple[date, str], Decimal]:
        """Rate by month and currency."""
        return {
            (date.fromisoformat(row["month_start_date"]), row["currency"]): Decimal(
                row["rate"]
            )
            for row in self.rows("currency_rates")
        }

    def amount(
        self, amount: Decimal | None, currency: str | None, month: date
    ) -> Decimal | None:
        """Rule: money is in reporting_currency, converted with a monthly rate seed."""
        if amount is None:
            return None
        if currency in (None, self.reporting_currency):
            return to_cents(amount)
        rate = self.rates.get((month.replace(day=1), currency))
        return None if rate is None else to_cents(amount * rate)

    def team(self, name: str | None, day: date) -> dict[str, str]:
        """Rule: agents and tiers as of the event date, not today's."""
        return next(in_force((r for r in self._teams if r["team"] == name), day), {})

    def team_of_agent(self, agent: str, day: date) -> str | None:
        """Return the team an agent belongs to on a day."""
        rows = (
            r
            for r in self._agent_teams
            if f"{r['source_system']}:{r['source_agent_id']}" == agent
        )
        return next(in_force(rows, day), {}).get("team")

    def opening_hours(self, site: str, day: date) -> list[tuple[timedelta, timedelta]]:
        """Return when a site opens and closes on a day, as time since midnight."""
        if (site, day) in self._holidays:
            return []
        rows = (
            r
            for r in self._business_hours
            if r["site"] == site and int(r["iso_weekday"]) == day.isoweekday()
        )
        return [
            (since_midnight(r["opens_at"]), since_midnight(r["closes_at"]))
            for r in in_force(rows, day)
        ]

    @cached_property
    def _teams(self) -> list[dict[str, str]]:
        return self.rows("teams")

    @cached_property
    def _agent_teams(self) -> list[dict[str, str]]:
        return self.rows("agent_teams")

    @cached_property
    def _business_hours(self) -> list[dict[str, str]]:
        return self.rows("business_hours")

    @cached_property
    def _holidays(self) -> set[tuple[str, date]]:
        return {
            (row["site"], date.fromisoformat(row["holiday_date"]))
            for row in self.rows("holidays")
        }


def in_force(rows: Iterator[dict[str, str]], day: date) -> Iterator[dict[str, str]]:
    """Keep the rows that are valid on a day, both ends included."""
    return (r for r in rows if r["valid_from"] <= day.isoformat() <= r["valid_to"])


def since_midnight(text: str) -> timedelta:
    """Return `HH:MM:SS` as a duration."""
    parsed = [int(part) for part in text.split(":")]
    return timedelta(hours=parsed[0], minutes=parsed[1], seconds=parsed[2])


def month_of(instant: datetime) -> date:
    """Return the first day of an instant's month."""
    return instant.date().replace(day=1)
