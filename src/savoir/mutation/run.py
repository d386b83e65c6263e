"""Judges many mutants, in several processes, and says which survived."""

import multiprocessing
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

import yaml
from rich.console import Console
from rich.progress import track
from rich.table import Table

from savoir import paths
from savoir.mutation.built import Built, MutationError
from savoir.mutation.judge import Judge, Verdict
from savoir.mutation.operators import Mutant
from savoir.mutation.worlds import prepare

ORACLE = "oracle"
EQUIVALENTS = Path(__file__).with_name("equivalents.yml")


@dataclass(frozen=True)
class Report:
    """The verdicts, and the reasons why some survivors change nothing."""

    verdicts: list[Verdict]
    reasons: dict[str, str]

    @property
    def survivors(self) -> list[Mutant]:
        """Return the mutants that no test noticed and nobody calls equivalent."""
        lived = [v.mutant for v in self.verdicts if v.is_valid and not v.killed_by]
        return [mutant for mutant in lived if not self.is_equivalent(mutant)]

    def is_equivalent(self, mutant: Mutant) -> bool:
        """Say whether a mutant is listed, by its model or for any (`*`)."""
        names = (str(mutant), f"*{str(mutant).removeprefix(mutant.model)}")
        return any(name in self.reasons for name in names)

    @property
    def invalid(self) -> int:
        """Return how many changes make no SQL: no test has to notice them."""
        return sum(not verdict.is_valid for verdict in self.verdicts)

    @property
    def killed(self) -> int:
        """Return how many mutants a test noticed."""
        return sum(v.killed_by is not None for v in self.verdicts)

    @property
    def share(self) -> float:
        """Return the killed ones' percentage of those that are not equivalent."""
        judged = self.killed + len(self.survivors)
        return 100 * self.killed / judged if judged else 100.0


def mutate(
    models: list[str], sample: int | None, seed: int, jobs: int, scale: float
) -> Report:
    """Judge the mutants of some models, or of all if none is named, or a sample."""
    # the truths and the oracle are tests: they lie in the project, not in the package
    sys.path.insert(0, str(paths.PROJECT))
    with tempfile.TemporaryDirectory(prefix="savoir-mutate-") as scratch:
        built = Built.build(Path(scratch), scale)
        mutants = [m for m in built.mutants() if not models or m.model in models]
        if sample is not None and sample < len(mutants):
            mutants = random.Random(seed).sample(mutants, sample)
        prepare(built.folder / ORACLE)
        progress = track(
            judged(built, mutants, jobs), "Judging mutants", total=len(mutants)
        )
        return Report(list(progress), reasons())


def judged(built: Built, mutants: list[Mutant], jobs: int) -> Iterator[Verdict]:
    """Yield a verdict for each mutant, as they come, from so many processes."""
    # a process forked from a server ends at once, and leaves no half-closed warehouse
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(jobs, context, _start, (built,)) as pool:
        verdicts = [pool.submit(_judge, mutant) for mutant in mutants]
        try:
            for done in as_completed(verdicts):
                yield done.result()
        except BrokenProcessPool as error:
            raise MutationError("a process that judges ended: see above") from error


def _start(built: Built) -> None:
    global _of_this_process
    sys.path.insert(0, str(paths.PROJECT))
    _of_this_process = Judge(built, built.folder / ORACLE)


def _judge(mutant: Mutant) -> Verdict:
    return _of_this_process.judge(mutant)


def reasons() -> dict[str, str]:
    """Return the reason by mutant, for those that change no figure."""
    listed = yaml.safe_load(EQUIVALENTS.read_text(encoding="utf-8"))
    return {entry["mutant"]: entry["reason"] for entry in listed["equivalent"]}


def print_report(report: Report, console: Console) -> None:
    """Print killed and surviving mutants by model, then every survivor."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    survivors = set(report.survivors)
    for verdict in report.verdicts:
        counts[verdict.mutant.model][0] += verdict.killed_by is not None
        counts[verdict.mutant.model][1] += verdict.mutant in survivors
    table = Table("model", "killed", "survived", title="Mutants")
    for model, (killed, survived) in sorted(counts.items()):
        table.add_row(model, str(killed), str(survived))
    console.print(table)
    for mutant in report.survivors:
        console.print(f"survived: {mutant}", markup=False, highlight=False)
    judged = len(report.verdicts) - report.invalid
    equivalent = judged - report.killed - len(survivors)
    console.print(
        f"{report.killed} killed, {len(survivors)} survived, {equivalent} equivalent, "
        f"{report.invalid} no SQL: {report.share:.1f} % of what a test can notice was "
        "noticed.",
        highlight=False,
    )
