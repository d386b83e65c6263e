"""The oracle's worlds, each in a warehouse of its own, with a mutant in it."""

import pickle
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

import duckdb

from savoir import paths
from savoir.mutation.built import Step, models_among
from savoir.mutation.operators import DIALECT, Mutant, parse
from savoir.mutation.rebuild import Rebuilt, create

ALERTS = "rpt_kpi_alerts"
OPINIONS = "opinions.pickle"


def prepare(folder: Path) -> None:
    """Compile the project for the oracle in a folder, and let it judge some worlds."""
    from tests.oracle.comparing import expected_scorecard
    from tests.oracle.oracle import judge
    from tests.oracle.parameters import Parameters
    from tests.oracle.warehouse import Project
    from tests.oracle.worlds import crowds, merged

    parameters = Parameters(min_sample=3)
    project = Project.compile(folder, parameters)
    seeds = paths.PROJECT / "seeds"
    together = map(merged, crowds())
    judged = [(world, judge(world, seeds, parameters)) for world in together]
    for _, opinion in judged:
        expected_scorecard(opinion, project)
    (folder / OPINIONS).write_bytes(pickle.dumps(judged))


class Worlds:
    """Worlds that the oracle has judged."""

    def __init__(self, folder: Path) -> None:
        """Build every world that was prepared in a folder."""
        from tests.oracle.warehouse import Project, Warehouse

        self.project = Project(folder)
        self.judged = []
        self._prepared = pickle.loads((folder / OPINIONS).read_bytes())
        for exports, opinion in self._prepared:
            warehouse = Warehouse(self.project)
            warehouse.take(exports)
            rebuilt = Rebuilt(warehouse.connection, list(self.steps.values()))
            self.judged.append((opinion, warehouse, rebuilt))

    @cached_property
    def steps(self) -> dict[str, Step]:
        """The models that the oracle knows, in the order they are built."""
        return {
            step.name: Step(
                step.name,
                step.relation,
                step.sql,
                frozenset(
                    models_among(self.project.parents(f"model.savoir.{step.name}"))
                ),
            )
            for step in self.project.steps
        }

    @cached_property
    def data_tests(self) -> dict[str, set[str]]:
        """The data tests by the last model they read."""
        places = {name: place for place, name in enumerate(self.steps)}
        found: dict[str, set[str]] = {}
        for name, (read, _) in self.project.data_tests.items():
            if models := [model for model in read if model in places]:
                found.setdefault(max(models, key=places.get), set()).add(name)
        return found

    @property
    def connections(self) -> list[duckdb.DuckDBPyConnection]:
        """What to interrupt when a mutant takes too long."""
        return [warehouse.connection for _, warehouse, _ in self.judged]

    def killer(self, mutant: Mutant) -> str | None:
        """Return the first world in which the oracle disagrees with a mutant."""
        from tests.oracle.comparing import differences, of_alerts

        step = self.steps.get(mutant.model)
        # the worlds' project is compiled with a smaller `min_sample`
        tree = step and mutant.apply(parse(step.sql), with_any_number=True)
        if tree is None:
            return None
        sql = tree.sql(dialect=DIALECT)
        for number, (opinion, warehouse, rebuilt) in enumerate(self.judged, start=1):
            with rebuilt.undone():
                for model, changed in rebuilt.rebuild(mutant.model, sql):
                    if model in changed and fails(
                        lambda m=model, o=opinion, w=warehouse: differences(o, w, {m})
                    ):
                        return f"oracle, world {number}: {model}"
                    tests = self.data_tests.get(model, set()) if changed else set()
                    if broken := next(warehouse.broken(tests, changed), None):
                        return f"data test {broken}, world {number}"
        if mutant.model == ALERTS:
            for opinion, warehouse, rebuilt in self.noisy:
                with rebuilt.undone():
                    create(warehouse.connection, step, sql)
                    if fails(lambda o=opinion, w=warehouse: of_alerts(o, w)):
                        return "oracle, noisy world"
        return None

    @cached_property
    def noisy(self) -> list[tuple]:
        """Worlds whose scorecard is noise, for what alerts."""
        from tests.oracle.noise import SALTS, add_noise
        from tests.oracle.warehouse import Warehouse

        exports, opinion = self._prepared[1]
        found = []
        for salt in SALTS:
            warehouse = Warehouse(self.project)
            warehouse.take(exports)
            add_noise(warehouse, salt)
            warehouse.rebuild(ALERTS)
            found.append((opinion, warehouse, Rebuilt(warehouse.connection, [])))
        return found


def fails(compare: Callable[[], Iterable[str]]) -> bool:
    """Say whether a comparison finds a difference, or rows it cannot even read."""
    try:
        return any(compare())
    except (TypeError, KeyError, ValueError):
        return True
