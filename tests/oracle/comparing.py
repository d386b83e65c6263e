"""What the oracle and the warehouse disagree about, in words."""

from collections.abc import Iterator
from math import isclose

from tests.oracle.components import Key
from tests.oracle.kpis import FORMULAE
from tests.oracle.oracle import Opinion
from tests.oracle.warehouse import Warehouse


def differences(opinion: Opinion, warehouse: Warehouse) -> list[str]:
    """Return a line for everything the warehouse says otherwise."""
    return [
        *of_components(opinion, warehouse),
        *of_scorecard(opinion, warehouse),
        *of_percentiles(opinion, warehouse),
    ]


def of_components(opinion: Opinion, warehouse: Warehouse) -> Iterator[str]:
    """Components are equal, exactly; a missing one is 0."""
    ours, theirs = opinion.components, warehouse.components()
    for key in sorted(ours.keys() | theirs.keys()):
        if ours.get(key, 0) != theirs.get(key, 0):
            yield line(key, ours.get(key, 0), theirs.get(key, 0))


def of_scorecard(opinion: Opinion, warehouse: Warehouse) -> Iterator[str]:
    """Values follow from components, and every KPI has its overall line."""
    found = warehouse.scorecard()
    shown = {kpi for kpi, *_ in found}
    if found and shown != FORMULAE.keys():
        yield f"KPIs of one side only: {sorted(shown ^ FORMULAE.keys())}"
    for (kpi, *place), value in sorted(found.items()):
        ours = FORMULAE[kpi].value(opinion.components, tuple(place))
        if (ours is None) is not (value is None):
            yield line((kpi, *place), ours, value)
        # the scorecard's numerators are cents
        elif ours is not None and not isclose(ours, value, rel_tol=1e-9, abs_tol=5e-3):
            yield line((kpi, *place), float(ours), value)


def of_percentiles(opinion: Opinion, warehouse: Warehouse) -> Iterator[str]:
    """Percentiles are equal but for the last binary digits."""
    ours, theirs = opinion.percentiles, warehouse.percentiles()
    for key in sorted(ours.keys() | theirs.keys()):
        pair = (ours.get(key, (0, 0, 0)), theirs.get(key, (0, 0, 0)))
        if not all(isclose(a, b, rel_tol=1e-9) for a, b in zip(*pair, strict=True)):
            yield line(key, *[tuple(map(float, side)) for side in pair])


def line(key: Key, ours: object, theirs: object) -> str:
    return f"{' | '.join(map(str, key))}: oracle {ours}, warehouse {theirs}"
