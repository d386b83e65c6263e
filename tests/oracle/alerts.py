"""What somebody should look at, from the lines of the scorecard."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import hypot

from tests.oracle.components import Calendar
from tests.oracle.parameters import Parameters
from tests.oracle.reference import Reference
from tests.oracle.scorecard import Described, previous_start

# how far beyond its interval a cut value must be: one of many is always unlucky
CUT_INTERVALS = 1.5

Row = dict[str, object]


@dataclass(frozen=True)
class Found:
    """A line that stands out, and why; `paying` pays for what it gained."""

    kind: str
    severity: str
    line: Row
    evidence: float | None
    since: date
    paying: str | None = None

    @property
    def group(self) -> tuple[str, object, str | None]:
        """Rule: one alert per KPI and kind."""
        return self.kind, self.line["kpi_id"], self.paying

    @property
    def prominence(self) -> tuple:
        """Rule: the line that stands out most comes first."""
        line = self.line
        return (
            self.severity != "red",
            self.evidence is None,
            -(self.evidence or 0),
            line["cut"] != "overall",
            line["period_grain"],
            line["cut"],
            line["cut_value"],
        )


@dataclass(eq=False)
class Alerts:
    """The alerts that the scorecard's lines amount to."""

    scorecard: list[Row]
    catalogue: dict[str, Described]
    calendar: Calendar
    reference: Reference
    parameters: Parameters

    @cached_property
    def columns(self) -> dict[str, str]:
        """The column of a fact by the cut that somebody answers for."""
        rows = self.reference.rows("kpi_cut_columns")
        return {row["cut"]: row["fact_column"] for row in rows}

    @cached_property
    def lines(self) -> dict[tuple, dict[date, Row]]:
        """The lines that may alert, by place and the start of their period."""
        found: dict[tuple, dict[date, Row]] = defaultdict(dict)
        for line in self.scorecard:
            if self.may_alert(line):
                found[place(line)][line["period_start_date"]] = line
        return found

    def may_alert(self, line: Row) -> bool:
        """Rule: weeks and months; enough observations; whole months of accounts."""
        described = self.catalogue[line["kpi_id"]]
        return (
            line["period_grain"] in ("week", "month")
            and line["sample_size"] >= self.parameters.min_sample
            and described.role in ("kpi", "guard")
            and (line["cut"] == "overall" or line["cut"] in self.columns)
            and (described.interval != "none" or line["period_grain"] == "month")
            and line["cut_value"] != "unknown"
        )

    def current(self) -> Iterator[Row]:
        """Yield the lines of the latest complete week and month."""
        for grain in ("week", "month"):
            periods = self.calendar.all_periods(grain)
            complete = [p.start for p in periods if p.end <= self.calendar.last]
            for (of_grain, *_), lines in self.lines.items():
                if complete and of_grain == grain and max(complete) in lines:
                    yield lines[max(complete)]

    def all(self) -> dict[str, Row]:
        """Return every alert by its id."""
        found = [*self.thresholds(), *self.too_low(), *self.moves(), *self.pairs()]
        groups: dict[tuple, list[Found]] = defaultdict(list)
        for one in found:
            groups[one.group].append(one)
        return dict(self.row(alike) for alike in groups.values())

    def row(self, alike: list[Found]) -> tuple[str, Row]:
        """Return the alert that stands for all of its kind and KPI."""
        one = min(alike, key=lambda found: found.prominence)
        line = one.line
        parts = (
            *(one.kind, one.severity, line["kpi_id"], one.paying),
            *(line["cut"], line["cut_value"], one.since),
        )
        said = ("kpi_value", "interval_low", "interval_high", "sample_size")
        return "|".join(str(part) for part in parts if part is not None), {
            "kpi_id": line["kpi_id"],
            "paying_kpi_id": one.paying,
            "kind": one.kind,
            "severity": one.severity,
            "period_grain": line["period_grain"],
            "rows_query": self.query(line),
            **{column: line[column] for column in (*said, "previous_value")},
            "red_value": line["red_value"] if one.kind == "threshold" else None,
            "evidence": one.evidence,
            "other_lines": len(alike) - 1,
            "period_start_date": line["period_start_date"],
            "since_date": one.since,
        }

    def query(self, line: Row) -> str:
        described = self.catalogue[line["kpi_id"]]
        start = line["period_start_date"]
        end = self.calendar.period(line["period_grain"], start).end
        query = (
            f"select * from {described.fact} where {described.fact_date}"
            f" between date '{start}' and date '{end}' and {described.fact_rows}"
        )
        if line["cut"] == "overall":
            return query
        quoted = line["cut_value"].replace("'", "''")
        return f"{query} and {self.columns[line['cut']]} = '{quoted}'"

    def thresholds(self) -> Iterator[Found]:
        """Rule: red where a threshold is surely crossed, else amber."""
        for line in self.current():
            if line["status"] == "red":
                evidence = self.beyond(line)
                sure = evidence is not None and evidence >= needed(line)
                severity = "red" if sure else "amber"
                yield Found("threshold", severity, line, evidence, self.red_since(line))

    def beyond(self, line: Row) -> float | None:
        """Return how many times its interval a line is beyond its threshold."""
        if self.catalogue[line["kpi_id"]].interval == "none":
            return 1.0
        over = line["kpi_value"] - line["red_value"]
        reach = reach_down(line) if over > 0 else reach_up(line)
        return abs(over) / reach if reach else None

    def red_since(self, line: Row) -> date:
        lines = self.lines[place(line)]
        since = line["period_start_date"]
        for start in sorted((s for s in lines if s <= since), reverse=True):
            if lines[start]["status"] != "red":
                break
            since = start
        return since

    def too_low(self) -> Iterator[Found]:
        for line in self.current():
            if line["is_too_low"] and line["cut"] == "overall":
                yield Found("too_low", "amber", line, None, line["period_start_date"])

    def moved(self) -> Iterator[tuple[Row, str, float]]:
        """Yield lines that moved, which way, and how surely."""
        for line in self.current():
            period = self.calendar.period(
                line["period_grain"], line["period_start_date"]
            )
            before = self.lines[place(line)].get(previous_start(period))
            if before and None not in (line["kpi_value"], before["kpi_value"]):
                by = line["kpi_value"] - before["kpi_value"]
                ends = (reach_down(line), reach_up(before))
                if by <= 0:
                    ends = (reach_up(line), reach_down(before))
                if None not in ends and any(ends):
                    yield line, "up" if by > 0 else "down", abs(by) / hypot(*ends)

    def moves(self) -> Iterator[Found]:
        """Rule: a move for the worse is amber, a guard two intervals off is red."""
        for line, way, evidence in self.moved():
            described = self.catalogue[line["kpi_id"]]
            is_guard = described.role == "guard"
            if evidence >= needed(line) and described.direction != way:
                sure = is_guard and evidence >= 2 * needed(line)
                yield Found(
                    "drift" if is_guard else "move",
                    "red" if sure else "amber",
                    line,
                    evidence,
                    line["period_start_date"],
                )

    def pairs(self) -> Iterator[Found]:
        """Rule: a pair that moves against itself is red."""
        moved = {
            (line["period_grain"], line["kpi_id"], way): (line, evidence)
            for line, way, evidence in self.moved()
            if line["cut"] == "overall" and evidence >= 1
        }
        for (grain, kpi, way), (line, evidence) in moved.items():
            for pair in self.reference.rows("kpi_pairs"):
                paying = (grain, pair["paying_kpi_id"], pair["paying_moves"])
                if (pair["kpi_id"], pair["moves"]) == (kpi, way) and paying in moved:
                    yield Found(
                        "pair",
                        "red",
                        line,
                        min(evidence, moved[paying][1]),
                        line["period_start_date"],
                        pair["paying_kpi_id"],
                    )


def place(line: Row) -> tuple:
    return line["period_grain"], line["kpi_id"], line["cut"], line["cut_value"]


def needed(line: Row) -> float:
    return 1.0 if line["cut"] == "overall" else CUT_INTERVALS


def reach_down(line: Row) -> float | None:
    low = line["interval_low"]
    return None if low is None else line["kpi_value"] - low


def reach_up(line: Row) -> float | None:
    high = line["interval_high"]
    return None if high is None else high - line["kpi_value"]
