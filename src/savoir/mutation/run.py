"""Judges many mutants, in several processes, and says which survived."""

import hashlib
import multiprocessing
import pickle
import random
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from pickle import UnpicklingError

import yaml
from rich.console import Console
from rich.progress import track
from rich.table import Table

from savoir import paths
from savoir.mutation.built import Built, MutationError, Step
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
        """Say whether a mutant is listed; `*` stands for any text."""
        return any(pattern.fullmatch(str(mutant)) for pattern in self._listed)

    @cached_property
    def _listed(self) -> list[re.Pattern]:
        return [
            re.compile(".*".join(map(re.escape, listed.split("*"))))
            for listed in self.reasons
        ]

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
    """Judge the mutants of some models, or of all the demo fills, or a sample.

    Verdicts are kept in target/mutants, so that a run that was cut goes on where it
    was: those on noticed mutants until their model changes, those on survivors until
    anything does, as a new test may notice them.
    """
    # the truths and the oracle are tests: they lie in the project, not in the package
    sys.path.insert(0, str(paths.PROJECT))
    with tempfile.TemporaryDirectory(prefix="savoir-mutate-") as scratch:
        built = Built.build(Path(scratch), scale)
        mutants = built.mutants(models)
        if sample is not None and sample < len(mutants):
            mutants = random.Random(seed).sample(mutants, sample)
        kept = Kept(
            paths.PROJECT / "target" / "mutants" / f"{scale}.pickle",
            fingerprint(),
            {step.name: text_of(step, built.folder) for step in built.steps},
        )
        known = kept.verdicts()
        left = [mutant for mutant in mutants if mutant not in known]
        if left:
            prepare(built.folder / ORACLE)
            progress = track(
                judged(built, left, jobs), "Judging mutants", total=len(left)
            )
            known |= {verdict.mutant: verdict for verdict in map(kept.keep, progress)}
    return Report([known[mutant] for mutant in mutants], reasons())


@dataclass(frozen=True)
class Kept:
    """A file of verdicts, to which each is added as it comes.

    `project` tells the project from any other, `texts` the models.
    """

    file: Path
    project: str
    texts: dict[str, str]

    def verdicts(self) -> dict[Mutant, Verdict]:
        """Return what still holds of what is kept."""
        found = {}
        for project, text, verdict in self._entries():
            is_noticed = verdict.killed_by is not None or not verdict.is_valid
            is_same_model = text == self.texts.get(verdict.mutant.model)
            if project == self.project or (is_noticed and is_same_model):
                found[verdict.mutant] = verdict
        return found

    def _entries(self) -> Iterator[tuple[str, str, Verdict]]:
        """Yield what is kept, but for a verdict that was cut while it was written."""
        if self.file.exists():
            with self.file.open("rb") as source, suppress(EOFError, UnpicklingError):
                while entry := pickle.load(source):
                    yield entry

    def keep(self, verdict: Verdict) -> Verdict:
        """Add a verdict, and return it."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        entry = (self.project, self.texts[verdict.mutant.model], verdict)
        with self.file.open("ab") as target:
            target.write(pickle.dumps(entry))
        return verdict


def text_of(step: Step, folder: Path) -> str:
    """Return what tells a model's SQL from any other, wherever it was compiled."""
    return hashlib.sha256(step.sql.replace(str(folder), "").encode()).hexdigest()


def fingerprint() -> str:
    """Return what tells a project from any other."""
    told = hashlib.sha256()
    for folder in ("models", "macros", "seeds", "tests", "src"):
        for file in sorted((paths.PROJECT / folder).rglob("*.*")):
            if file.is_file() and file.suffix != ".pyc":
                told.update(f"{file}".encode() + file.read_bytes())
    return told.hexdigest()


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
