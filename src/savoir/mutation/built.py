"""A small demo that dbt has built once: its models, tests and mutants."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from savoir import paths
from savoir.definitions import is_python
from savoir.mutation.operators import Mutant, mutants_of, parse


class MutationError(Exception):
    """The project does not build, or a test fails without any mutant."""


@dataclass(frozen=True)
class Step:
    """One model as it is built: what it is called, reads and says."""

    name: str
    relation: str
    sql: str
    parents: frozenset[str]


@dataclass(frozen=True)
class Built:
    """A demo that dbt has built and tested."""

    folder: Path

    @classmethod
    def build(cls, folder: Path, scale: float) -> "Built":
        """Write, land, build and test a demo; raise `MutationError` where it fails."""
        from savoir.demo import write_demo

        write_demo(folder / "landing", scale=scale, show_progress=False)
        command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "build"]
        command += ["--full-refresh", "--target-path", str(folder / "target")]
        places = {
            "SAVOIR_LANDING": str(folder / "landing"),
            "SAVOIR_WAREHOUSE": str(folder / "warehouse"),
        }
        run = subprocess.run(
            [*command, "--log-path", str(folder / "logs")],
            cwd=paths.PROJECT,
            env=os.environ | places,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise MutationError(f"the demo does not build:\n{run.stdout[-3000:]}")
        return cls(folder)

    @cached_property
    def manifest(self) -> dict:
        """dbt's manifest, with every compiled text."""
        file = self.folder / "target" / "manifest.json"
        return json.loads(file.read_text(encoding="utf-8"))

    @cached_property
    def models(self) -> dict[str, dict]:
        """The models by name."""
        nodes = self.manifest["nodes"].values()
        return {n["name"]: n for n in nodes if n["resource_type"] == "model"}

    @cached_property
    def steps(self) -> list[Step]:
        """The models in SQL, in the order they are built."""
        return [
            Step(
                name,
                self.models[name]["relation_name"],
                self.models[name]["compiled_code"],
                frozenset(self._parents(name)),
            )
            for name in self._in_order()
            if not is_python(self.models[name])
        ]

    @property
    def given(self) -> list[str]:
        """The relations that no SQL makes: seeds, and models in Python."""
        nodes = self.manifest["nodes"].values()
        return [
            node["relation_name"]
            for node in nodes
            if node["resource_type"] == "seed" or is_python(node)
        ]

    def _parents(self, model: str) -> list[str]:
        return models_among(self.models[model]["depends_on"]["nodes"])

    def _in_order(self) -> list[str]:
        order: dict[str, None] = {}

        def visit(model: str) -> None:
            for parent in self._parents(model) if model not in order else ():
                visit(parent)
            order[model] = None

        for model in sorted(self.models):
            visit(model)
        return list(order)

    def last_of(self, models: Iterable[str]) -> str | None:
        """Return which of some models in SQL is built last; None if there are none."""
        places = self._places
        return max(places.keys() & set(models), key=places.__getitem__, default=None)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {step.name: place for place, step in enumerate(self.steps)}

    def mutants(self, models: Iterable[str] = ()) -> list[Mutant]:
        """Return every mutant of some models, or of all in SQL that the demo fills."""
        return [
            mutant
            for name, node in sorted(self.models.items())
            if not is_python(node)
            and (name in models if models else self._is_filled(node))
            for mutant in mutants_of(name, parse(node["compiled_code"]))
        ]

    def _is_filled(self, model: dict) -> bool:
        """Say whether a model is no staging of a system that the demo does not have."""
        _, layer, folder, *_ = Path(model["original_file_path"]).parts
        return layer != "staging" or (self.folder / "landing" / folder).is_dir()

    @cached_property
    def data_tests(self) -> dict[str, tuple[frozenset[str], str]]:
        """The error-level data tests by name: the models they read, and their SQL."""
        return {
            node["name"]: (
                frozenset(models_among(node["depends_on"]["nodes"])),
                node["compiled_code"],
            )
            for node in self.manifest["nodes"].values()
            if node["resource_type"] == "test"
            and node["config"]["severity"].lower() == "error"
        }

    @cached_property
    def unit_tests(self) -> dict[str, list[tuple[str, str]]]:
        """Name and SQL of the unit tests of each model, as dbt ran them."""
        texts = {
            file.stem: file for file in (self.folder / "target/run").rglob("*.sql")
        }
        found: dict[str, list[tuple[str, str]]] = {}
        for test in self.manifest["unit_tests"].values():
            text = texts[test["name"]].read_text(encoding="utf-8")
            found.setdefault(test["model"], []).append((test["name"], text))
        return found


def models_among(nodes: list[str]) -> list[str]:
    """Return the names of the models among dbt's nodes."""
    return [node.split(".")[-1] for node in nodes if node.startswith("model.")]
