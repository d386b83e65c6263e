"""What the oracle and the warehouse disagree about, in words."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from math import isclose

from tests.oracle.alerts import Alerts
from tests.oracle.components import Key
from tests.oracle.kpis import FORMULAE
from tests.oracle.oracle import Opinion
from tests.oracle.scorecard import Line, Scorecard
from tests.oracle.warehouse import Project, Warehouse

Columns = dict[str, object]


def differences(
    opinion: Opinion, warehouse: Warehouse, models: set[str] | None = None
) -> Iterator[str]:
    """Yield a line for everything that some models, or all, say otherwise."""
    for model, compare in COMPARED.items():
        if models is None or model in models:
            yield from compare(opinion, warehouse)


def of_components(opinion: Opinion, warehouse: Warehouse) -> Iterator[str]:
    """Components are equal, exactly; a missing one is 0."""
    ours, theirs = opinion.components, warehouse.components()
    for key in sorted(ours.keys() | theirs.keys()):
        if ours.get(key, 0) != theirs.get(key, 0):
            yield line(key, ours.get(key, 0), theirs.get(key, 0))


def of_scorecard(opinion: Opinion, warehouse: Warehouse) -> Iterator[str]:
    """Every line is there, and says the same."""
    ours = expected_scorecard(opinion, warehouse.project)
    theirs = {
        tuple(row[column] for column in GRAIN): row for row in warehouse.scorecard()
    }
    if not theirs and not opinion.components:
        return
    yield from (line(key, "a line", "none") for key in ours.keys() - theirs.keys())
    yield from (line(key, "none", "a line") for key in theirs.keys() - ours.keys())
    for key in ours.keys() & theirs.keys():
        of_line, found = ours[key], theirs[key]
        for column, value in of_line.items():
            if value != found[column] and not is_near(column, of_line, found):
                yield line((*key, column), value, found[column])


GRAIN = ("kpi_id", "period_grain", "period_start_date", "cut", "cut_value")


def expected_scorecard(opinion: Opinion, project: Project) -> dict[Key, Columns]:
    """Return the lines that an opinion amounts to, worked out once."""
    if opinion.lines is None:
        scorecard = Scorecard(
            opinion.components,
            opinion.calendar,
            project.catalogue,
            opinion.reference,
            opinion.parameters,
        )
        opinion.lines = {key: columns_of(ours) for key, ours in scorecard.lines()}
    return opinion.lines


def columns_of(ours: Line) -> Columns:
    """Return what a line says, by the scorecard's columns."""
    low, high = ours.interval or (None, None)
    return {
        "numerator": ours.numerator,
        "denominator": ours.denominator,
        "sample_size": ours.sample_size,
        "kpi_value": ours.value,
        "interval_low": low,
        "interval_high": high,
        "previous_value": ours.previous,
        "target_value": ours.green,
        "red_value": ours.red,
        "status": ours.status,
        "is_too_low": ours.is_too_low,
        "is_mature": ours.is_mature,
        "is_provisional": ours.is_provisional,
        "definition_version": ours.version,
    }


def is_near(column: str, ours: Columns, theirs: Columns) -> bool:
    """Say whether two values are equal but for rounding.

    The scorecard's components are cents; its t-quantile is an expansion, off by 0.2 %
    for few degrees of freedom.
    """
    mine, found = ours[column], theirs[column]
    if not isinstance(mine, float) or found is None:
        return False
    slack = 5e-3
    if column.startswith("interval"):
        width = ours["interval_high"] - ours["interval_low"]
        slack += (0.0011 if ours["denominator"] < 8 else 6e-5) * width
    return isclose(mine, found, rel_tol=1e-9, abs_tol=slack)


def of_percentiles(opinion: Opinion, warehouse: Warehouse) -> Iterator[str]:
    """Percentiles are equal but for the last binary digits."""
    ours, theirs = opinion.percentiles, warehouse.percentiles()
    for key in sorted(ours.keys() | theirs.keys()):
        pair = (ours.get(key, (0, 0, 0)), theirs.get(key, (0, 0, 0)))
        if not all(
            isclose(a, b, rel_tol=1e-9, abs_tol=1e-6)
            for a, b in zip(*pair, strict=True)
        ):
            yield line(key, *[tuple(map(float, side)) for side in pair])


def of_alerts(opinion: Opinion, warehouse: Warehouse) -> Iterator[str]:
    """What alerts follows from the scorecard's lines."""
    ours = Alerts(
        warehouse.scorecard(),
        warehouse.project.catalogue,
        opinion.calendar,
        opinion.reference,
        opinion.parameters,
    ).all()
    theirs = {row["alert_id"]: row for row in warehouse.rows("kpis.rpt_kpi_alerts")}
    yield from (line((key,), "an alert", "none") for key in ours.keys() - theirs)
    yield from (line((key,), "none", "an alert") for key in theirs.keys() - ours)
    for key in ours.keys() & theirs.keys():
        for column, value in ours[key].items():
            found = theirs[key][column]
            if value != found and not (
                isinstance(value, float) and found and isclose(value, found)
            ):
                yield line((key, column), value, found)


def of_catalogue(opinion: Opinion, warehouse: Warehouse) -> Iterator[str]:
    """The table of KPIs says what the oracle calculates and the catalogue declares."""
    theirs = {row["kpi_id"]: row for row in warehouse.rows("kpis.dim_kpi")}
    for kpi, declared in warehouse.project.catalogue.items():
        formula = FORMULAE[kpi]
        ours = {
            "scale": formula.scale,
            "numerator_component": formula.numerator,
            "denominator_component": formula.denominator,
            "squares_component": declared.squares,
            "sample_component": declared.sample,
            "interval_method": declared.interval,
            "maturity_days": declared.maturity_days,
            "version": declared.version,
            "role": declared.role,
            "direction": declared.direction,
        }
        for column, value in ours.items():
            if value != theirs[kpi][column]:
                yield line(("dim_kpi", kpi, column), value, theirs[kpi][column])


def of_daily(
    table: str, cuts: tuple[str, ...], opinion: Opinion, warehouse: Warehouse
) -> Iterator[str]:
    """A day's components by any one of a mart's cuts are the oracle's."""
    theirs: dict[Key, Decimal] = defaultdict(Decimal)
    rows = warehouse.rows(f"kpis.{table}")
    names = rows[0].keys() - {"date_day", *cuts} if rows else set()
    for row in rows:
        for name in names:
            if row[name] is None:
                yield line((table, name, row["date_day"]), "a number", None)
                continue
            for cut in cuts:
                theirs[name, "day", row["date_day"], cut, row[cut]] += row[name]
    ours = {
        key: value
        for key, value in opinion.components.items()
        if key[0] in names and key[1] == "day" and key[3] in cuts
    }
    for key in ours.keys() | theirs.keys():
        if ours.get(key, 0) != theirs[key]:
            yield line((table, *key), ours.get(key, 0), theirs[key])


def of_coverage(_: Opinion, warehouse: Warehouse) -> Iterator[str]:
    """Shares of what is known are counted from the facts."""
    contacts = [c for c in warehouse.rows("core.fct_contacts") if c["is_countable"]]
    calls = [c for c in warehouse.rows("core.fct_calls") if c["is_answered"]]
    orders = [o for o in warehouse.rows("core.fct_orders") if o["is_valid_order"]]
    costs = warehouse.rows("core.fct_support_costs")
    answers = warehouse.rows("core.fct_survey_responses", "survey_kind = 'service'")
    allocated = [c["cost_amount"] for c in costs if c["is_allocated"]]
    ours = {
        "assumed_handle_time_share": counted(contacts, "is_handle_time_assumed"),
        "linked_share": counted(calls, "is_linked"),
        "linked_answer_share": counted(answers, "contact_id"),
        "known_margin_share": counted(orders, "is_margin_known"),
        "allocated_cost_share": (sum(allocated), sum(c["cost_amount"] for c in costs)),
    }
    for row in warehouse.rows("kpis.rpt_kpi_coverage"):
        found = (row["numerator"], row["denominator"])
        expected = ours.get(row["coverage_id"], found)
        if expected != found:
            yield line((row["coverage_id"],), expected, found)
        share, said = float(found[0] / found[1]) if found[1] else None, row["share"]
        if (share is None) is not (said is None) or not isclose(share or 0, said or 0):
            yield line((row["coverage_id"], "share"), share, said)


def counted(rows: list[Columns], column: str) -> tuple[int, int]:
    """Return how many rows have something in a column, and how many there are."""
    return sum(bool(row[column]) for row in rows), len(rows)


def of_fact(table: str, opinion: Opinion, warehouse: Warehouse) -> Iterator[str]:
    """A fact has the rows that the oracle knows, and they say the same."""
    ours = opinion.facts[table]
    found = warehouse.rows(f"core.{table}")
    theirs = {next(iter(row.values())): row for row in found}
    yield from (line((table, key), "a row", "none") for key in ours.keys() - theirs)
    yield from (line((table, key), "none", "a row") for key in theirs.keys() - ours)
    for key in ours.keys() & theirs.keys():
        for column, value in ours[key].items():
            if value != theirs[key][column]:
                yield line((table, key, column), value, theirs[key][column])


def line(key: Key, ours: object, theirs: object) -> str:
    return f"{' | '.join(map(str, key))}: oracle {ours}, warehouse {theirs}"


COMPARED = {
    table: partial(of_fact, table)
    for table in (
        "fct_contacts",
        "fct_issues",
        "fct_calls",
        "fct_orders",
        "fct_contact_costs",
    )
} | {
    "dim_kpi": of_catalogue,
    "kpi_components": of_components,
    "rpt_kpi_percentiles": of_percentiles,
    "rpt_kpi_scorecard": of_scorecard,
    "rpt_kpi_alerts": of_alerts,
    "rpt_kpi_coverage": of_coverage,
    "kpi_journey_daily": partial(
        of_daily, "kpi_journey_daily", ("channel", "journey_stage")
    ),
    "kpi_volume_by_hour": partial(
        of_daily, "kpi_volume_by_hour", ("channel", "team", "local_hour", "weekday")
    ),
}
