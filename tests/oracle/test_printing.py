"""A failing world is shrunk and printed as exports to drop in the landing folder."""

from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, find, settings

from savoir.landing.run import land
from tests.oracle.comparing import differences
from tests.oracle.oracle import judge
from tests.oracle.warehouse import Warehouse
from tests.oracle.world import read_exports
from tests.oracle.worlds import as_csv, worlds

# who comes back the next day has another problem
MODEL = "int_contacts_sequenced"
FAULT = ("+ 7 * interval", "+ 0 * interval")
# where it shows first
SHOWN = "fct_contacts"
# enough to shrink most of a world, not to its last field
TRIES = 8


def drop(printed: str, folder: Path) -> Path:
    """Write what was printed as the files it names, as a reader would."""
    for part in printed.split("--- ")[1:]:
        name, _, text = part.partition("\n")
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder / "landing"


def size(exports: dict[str, list]) -> int:
    return sum(map(len, exports.values()))


def test_what_is_printed_lands_and_shows_the_same(project, parameters, seeds, tmp_path):
    faulty = Warehouse(project, {MODEL: FAULT})
    found = []

    def fails(exports):
        # what failed once fails again, or Hypothesis calls it flaky
        if exports in found:
            return True
        if len(found) == TRIES or not faulty.is_moved(exports, MODEL):
            return False
        faulty.build(varies=True, names=project.ancestors(SHOWN) | {SHOWN})
        opinion = judge(exports, seeds, parameters)
        fault = any(differences(opinion, faulty, {SHOWN}))
        found.extend([exports] if fault else [])
        return fault

    shrunk = find(
        worlds(),
        fails,
        random=Random(0),
        settings=settings(
            max_examples=200,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert size(shrunk) < size(found[0])
    faulty.take(shrunk)
    shown = set(differences(judge(shrunk, seeds, parameters), faulty))
    assert shown

    landing = drop(as_csv(shrunk), tmp_path)
    report = land(landing, tmp_path / "raw", show_progress=False)
    assert {file.status for file in report.files} == {"landed"}
    assert report.rejects == []
    faulty.take_landed(tmp_path / "raw")
    exports = read_exports(landing / "generic")
    assert set(differences(judge(exports, seeds, parameters), faulty)) == shown
    faulty.connection.close()
