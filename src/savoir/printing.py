"""What the printed reports share: figures in their units, dates, rows of a query."""

from collections.abc import Mapping
from datetime import date

import duckdb

Texts = Mapping[str, Mapping[str, str]]

# Number format and what follows the number, by `dim_kpi.unit` in lower case.
# Durations have words of their own; values of other units are bare numbers.
UNITS = {
    "percent": ("z,.1f", " %"),
    "points": ("+z,.1f", ""),
    "eur": ("z,.2f", " €"),
    "scale_1_7": ("z,.2f", ""),
    "scale_gap": ("+z,.2f", ""),
    "count": ("z,.0f", ""),
    "per_100_orders": ("z,.1f", ""),
    "per_100_customers": ("z,.1f", ""),
    "per_hour": ("z,.2f", " /h"),
}
OTHER_UNIT = ("z,.2f", "")

MISSING = "—"

BETWEEN = {"en": "to", "fr": "à"}
DAYS = {"en": "d", "fr": "j"}
DATES = {"en": "%Y-%m-%d", "fr": "%d/%m/%Y"}
MONTHS = {"en": "%Y-%m", "fr": "%m/%Y"}


def texts_in(texts: Texts, language: str) -> Mapping[str, str]:
    """Return the texts of a language; `ValueError` where there are none."""
    if language not in texts:
        raise ValueError(
            f"no such language: {language} ({' or '.join(texts)} expected)"
        )
    return texts[language]


def read_rows(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: dict | None = None
) -> list[dict]:
    """Return the rows of a query, each by column name."""
    result = connection.execute(query, parameters)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def format_value(value: float | None, unit: str, language: str) -> str:
    """Return a value with its unit: `76.8 %`, `2 h 53 min`, in French `4,35 €`."""
    if value is None:
        return MISSING
    if unit.lower() == "seconds":
        return _duration(value, language)
    form, suffix = UNITS.get(unit.lower(), OTHER_UNIT)
    return format_number(value, form, language) + suffix


def format_interval(
    low: float | None, high: float | None, unit: str, language: str
) -> str:
    """Return `74.1 to 79.3 %`: the unit once, but for durations."""
    if low is None or high is None:
        return MISSING
    if unit.lower() == "seconds":
        first = _duration(low, language)
    else:
        form, _ = UNITS.get(unit.lower(), OTHER_UNIT)
        first = format_number(low, form, language)
    return f"{first} {BETWEEN[language]} {format_value(high, unit, language)}"


def format_number(value: float, form: str, language: str) -> str:
    """Return a number in a Python format, as the language writes numbers."""
    text = format(value, form)
    if language == "fr":
        # A narrow no-break space between thousands, then a decimal comma.
        text = text.replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")
    return text


def format_date(day: date, language: str) -> str:
    """Return a day: `2026-06-22`, in French `22/06/2026`."""
    return day.strftime(DATES[language])


def format_month(month: date, language: str) -> str:
    """Return a month: `2026-06`, in French `06/2026`."""
    return month.strftime(MONTHS[language])


def _duration(seconds: float, language: str) -> str:
    """Return the two largest units: days and hours, hours and minutes, ..."""
    day = DAYS[language]
    for unit, name, part, part_name in (
        (86400, day, 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
        (1, "s", 1, ""),
    ):
        # rounded before it is split: 3599.6 s are 1 h, never 59 min 60 s
        rounded = round(abs(seconds) / part) * part
        if rounded >= unit:
            sign = "-" if seconds < 0 else ""
            whole, rest = divmod(rounded, unit)
            text = f"{sign}{format_number(whole, ',d', language)} {name}"
            return f"{text} {rest // part} {part_name}" if rest else text
    return "0 s"
