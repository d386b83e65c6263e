"""What each KPI means, as text that can be compared: `definitions.lock`.

A KPI's definition is the SQL that its components come from, model by model up to the
exports, cut down to the columns that matter to it. Parsed and written anew, it does not
change with formatting, comments, the names of CTEs or columns that other KPIs read. A
model in Python is its source, that of the project's modules it imports, and its `meta`.
"""

import ast
import csv
import hashlib
import json
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from difflib import unified_diff
from functools import cache, reduce
from pathlib import Path

import sqlglot
import yaml
from sqlglot import exp
from sqlglot.optimizer.eliminate_ctes import eliminate_ctes
from sqlglot.optimizer.merge_subqueries import merge_subqueries
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope
from sqlglot.schema import MappingSchema

from savoir import paths

LOCK = paths.PROJECT / "definitions.lock"
DIALECT = "duckdb"
STAND_IN = 7_000_001

HEADER = """\
# What every KPI means: written by `savoir definitions update`, reviewed by people,
# edited by nobody. `savoir definitions check` fails when a definition moved and its
# version did not.
"""


class DefinitionsError(Exception):
    """The lock cannot be read, or a definition moved and its version did not."""


@dataclass(frozen=True)
class Definition:
    """One KPI as it stands or as it was locked.

    `models` holds, for each model behind it, a hash of the SQL of the columns it reads.
    """

    version: int
    formula: str
    parameters: dict[str, object]
    models: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """Return a hash of everything the KPI's value depends on."""
        parts = [f"{model} {of}" for model, of in sorted(self.models.items())]
        return digest("\n".join([self.formula, *parts]))


@dataclass(frozen=True)
class Definitions:
    """All KPIs, and the SQL of each model behind any of them."""

    kpis: dict[str, Definition]
    models: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class Move:
    """One KPI whose meaning is not the locked one, and why."""

    kpi_id: str
    says: str
    details: list[str] = field(default_factory=list)


def digest(text: str) -> str:
    """Return the first 12 hexadecimal digits of a text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


# From the compiled project to definitions --------------------------------------------


def compiled(
    project: Path = paths.PROJECT,
    variables: dict[str, object] | None = None,
    target: Path | None = None,
) -> dict:
    """Compile the project as it stands, without a warehouse; return its manifest.

    Its variables are its own unless `variables` gives others. Raise `DefinitionsError`,
    with what dbt says, where it does not compile.
    """
    target = target or project / "target" / "definitions"
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "compile"]
    command += ["--no-populate-cache", "--target", "lint", "--target-path", str(target)]
    command += ["--vars", json.dumps(variables or {})]
    run = subprocess.run(command, cwd=project, capture_output=True, text=True)
    if run.returncode:
        raise DefinitionsError(f"the project does not compile:\n{run.stdout.strip()}")
    return json.loads((target / "manifest.json").read_text(encoding="utf-8"))


def read_definitions(manifest: dict, project: Path = paths.PROJECT) -> Definitions:
    """Return what every KPI means in a manifest that holds compiled SQL."""
    lineage = Lineage(manifest, project)
    variables = project_variables(project)
    declared = declared_parameters(manifest)
    shared = variables.keys() - set().union(*declared.values())
    kpis, everything = {}, defaultdict(set)
    for metric in metrics_of(manifest):
        kpi = metric["config"]["meta"]["kpi"]
        columns = lineage.columns(metric)
        for mart, names in columns.items():
            everything[mart] |= names
        slices = lineage.slices(columns)
        own = shared | declared[metric["name"]]
        kpis[metric["name"]] = Definition(
            version=kpi["version"],
            formula=formula_of(components_of(metric, kpi), kpi),
            parameters={
                name: variables[name]
                for name in sorted(lineage.variables(slices) & own)
            },
            models={model: digest(sql) for model, sql in sorted(slices.items())},
        )
    return Definitions(kpis, dict(sorted(lineage.slices(everything).items())))


def metrics_of(manifest: dict) -> list[dict]:
    """Return the metrics that are KPIs, by name."""
    metrics = sorted(manifest["metrics"].values(), key=lambda metric: metric["name"])
    return [metric for metric in metrics if metric["config"]["meta"].get("kpi")]


def project_variables(project: Path = paths.PROJECT) -> dict[str, object]:
    """Return the project's variables as `dbt_project.yml` has them."""
    return yaml.safe_load((project / "dbt_project.yml").read_text())["vars"]


def declared_parameters(manifest: dict) -> dict[str, set[str]]:
    """Return, for each KPI, the variables that the catalogue says shape it.

    What no KPI declares, time zones for instance, is the frame all of them stand in.
    """
    return {
        metric["name"]: set(metric["config"]["meta"]["kpi"].get("parameters", []))
        for metric in metrics_of(manifest)
    }


def stand_ins(variables: dict[str, object]) -> dict[str, object]:
    """Return a value for each variable that no SQL holds but where it is read.

    Lists of names by name (`stating_systems`) say which models there are, and stay as
    they are.
    """

    def like(value: object, number: int) -> object:
        if isinstance(value, dict):
            return {
                name: entry if is_names(entry) else like(entry, number)
                for name, entry in value.items()
            }
        if isinstance(value, list):
            return [like(value[0], number)]
        return str(number) if value is None or isinstance(value, str) else number

    def is_names(entry: object) -> bool:
        return isinstance(entry, list) and isinstance(entry[0], str)

    return {
        name: like(value, STAND_IN + place)
        for place, (name, value) in enumerate(variables.items())
    }


def read_parameters(
    manifest: dict, variables: list[str], project: Path = paths.PROJECT
) -> dict[str, set[str]]:
    """Return, for each KPI, the variables that the SQL of its components reads.

    The manifest is that of a project compiled with the variables' `stand_ins`.
    """
    lineage = Lineage(manifest, project)
    found = {}
    for metric in metrics_of(manifest):
        text = "\n".join(lineage.slices(lineage.columns(metric)).values())
        found[metric["name"]] = {
            name
            for place, name in enumerate(variables)
            if str(STAND_IN + place) in text
        }
    return found


def components_of(metric: dict, kpi: dict) -> dict[str, str]:
    """Return a KPI's components by the part each plays."""
    inputs = metric["type_params"]
    parts = {
        "numerator": (inputs["numerator"] or inputs["measure"])["name"],
        "denominator": (inputs["denominator"] or {}).get("name"),
        "squares": kpi.get("squares_component"),
        "sample": kpi.get("sample_component"),
    }
    return {part: name for part, name in parts.items() if name}


def formula_of(components: dict[str, str], kpi: dict) -> str:
    """Write a KPI's formula on one line."""
    formula = components["numerator"]
    if "denominator" in components:
        formula = f"{kpi['scale']} * {formula} / {components['denominator']}"
    said = [f"interval {kpi['interval']}"]
    said += [
        f"{part} {components[part]}"
        for part in ("squares", "sample")
        if part in components
    ]
    if kpi.get("maturity_days"):
        said.append(f"mature after {kpi['maturity_days']} days")
    return f"{formula} ({', '.join(said)})"


class Lineage:
    """The compiled models of a project, and which columns each takes from which."""

    def __init__(self, manifest: dict, project: Path) -> None:
        """Read the models from a manifest and the seeds' columns from their files."""
        nodes = manifest["nodes"].values()
        self._cuts = frozenset(
            entity["name"]
            for model in manifest["semantic_models"].values()
            for entity in model["entities"]
            if entity["type"] == "foreign"
        )
        self._marts = {
            measure["name"]: model["name"]
            for model in manifest["semantic_models"].values()
            for measure in model["measures"]
        }
        self._macros = manifest["macros"]
        self._source = project / "src"
        self._models = {n["name"]: n for n in nodes if n["resource_type"] == "model"}
        self._schema: dict = {}
        for node in nodes:
            if node["resource_type"] == "seed":
                with (project / node["original_file_path"]).open() as file:
                    self._know(node, next(csv.reader(file)))
        self._trees: dict[str, exp.Expr] = {}
        self._order = self._parents_first()
        self.slice = cache(self._slice)

    def columns(self, metric: dict) -> dict[str, set[str]]:
        """Return the components of a KPI by the mart that has them."""
        found = defaultdict(set)
        components = components_of(metric, metric["config"]["meta"]["kpi"])
        for component in components.values():
            found[self._marts[component]].add(component)
        return found

    def slices(self, columns: dict[str, set[str]]) -> dict[str, str]:
        """Return, by model, the SQL that some columns of some marts come from."""
        wanted = defaultdict(set)
        for model, names in columns.items():
            wanted[model] |= names
        found: dict[str, str] = {}
        for model in reversed(self._order):
            if model in wanted:
                found[model], needed = self.slice(model, frozenset(wanted[model]))
                for parent, names in needed.items():
                    wanted[parent] |= names
        return found

    def variables(self, models: dict[str, str]) -> set[str]:
        """Return the vars that some models read, themselves or by a macro."""
        texts, todo, seen, given = [], [], set(), set()
        for model in models:
            texts.append(self._models[model]["raw_code"])
            # a model in Python is given variables under their names
            if is_python(self._models[model]):
                given |= set(self._models[model]["config"].get("meta_keys_used", []))
            todo += self._models[model]["depends_on"]["macros"]
        while todo:
            macro = todo.pop()
            if macro not in seen and macro.startswith("macro.savoir."):
                seen.add(macro)
                texts.append(self._macros[macro]["macro_sql"])
                todo += self._macros[macro]["depends_on"]["macros"]
        return given | set(re.findall(r"var\(\s*[\"'](\w+)[\"']", "\n".join(texts)))

    def _parents_first(self) -> list[str]:
        """Return the models, parents first, and remember the columns each has."""
        order: dict[str, None] = {}

        def visit(name: str) -> None:
            if name in order:
                return
            for parent in self._models[name]["depends_on"]["nodes"]:
                if parent.startswith("model."):
                    visit(parent.split(".")[-1])
            order[name] = None
            if is_python(self._models[name]):
                self._know(self._models[name], list(self._models[name]["columns"]))
            else:
                self._trees[name] = self._qualified(name)
                self._know(self._models[name], self._trees[name].named_selects)

        for name in sorted(self._models):
            visit(name)
        return list(order)

    def _know(self, node: dict, columns: list[str]) -> None:
        tables = self._schema.setdefault(node["database"], {}).setdefault(
            node["schema"], {}
        )
        # an optimiser that knows no types cannot be wrong about them
        tables[node["alias"]] = dict.fromkeys(columns, "UNKNOWN")

    def _qualified(self, name: str) -> exp.Expr:
        """Parse a model; every column says which table it is of, no star is left."""
        tree = sqlglot.parse_one(self._models[name]["compiled_code"], dialect=DIALECT)
        # what sqlglot does not know it would never leave out
        for call in list(tree.find_all(exp.Anonymous)):
            if call.name == "date_sub":
                unit, start, end = call.expressions
                call.replace(exp.TimeDiff(this=end, expression=start, unit=unit))
        used = {column.name for column in tree.find_all(exp.Column)} - {"*"}
        used = used or {"nothing"}
        # what a model adds beside a star is no column of the exports
        used -= {
            added.alias
            for select in tree.find_all(exp.Select)
            if select.is_star
            for added in select.expressions
        }
        landed = {"raw": {"raw": {}}}
        for table in list(tree.find_all(exp.Table)):
            if isinstance(table.this, exp.Func) and (file := table.find(exp.Literal)):
                entity = "_".join(Path(file.this).parent.parts[-2:])
                # the exports have more columns, but none that this model reads
                landed["raw"]["raw"][entity] = dict.fromkeys(sorted(used), "UNKNOWN")
                raw = exp.table_(entity, db="raw", catalog="raw")
                table.replace(exp.alias_(raw, table.alias or entity, table=True))
        return qualify(
            tree,
            dialect=DIALECT,
            schema=MappingSchema(self._schema | landed, dialect=DIALECT),
            identify=False,
            validate_qualify_columns=False,
        )

    def _slice(
        self, model: str, columns: frozenset[str]
    ) -> tuple[str, dict[str, set[str]]]:
        """Return a model's text for some columns, and what it reads of other models."""
        if is_python(self._models[model]):
            return self._python(model)
        tree = self._trees[model].copy()
        for select in outermost(tree):
            kept = [e for e in select.expressions if e.alias_or_name in columns]
            select.set(
                "expressions", kept or [exp.alias_(exp.Literal.number(1), "one")]
            )
        tree = simplified(tree, self._cuts)
        needed = defaultdict(set)
        for scope in traverse_scope(tree):
            for name, source in scope.sources.items():
                if isinstance(source, exp.Table) and source.name in self._models:
                    needed[source.name] |= {c.name for c in scope.source_columns(name)}
        return canonical(tree), dict(needed)

    def _python(self, model: str) -> tuple[str, dict[str, set[str]]]:
        """Return a model's Python, and all columns of what it reads: it may use any."""
        node = self._models[model]
        parents = [
            self._models[parent.split(".")[-1]]
            for parent in node["depends_on"]["nodes"]
            if parent.startswith("model.")
        ]
        needed = {
            parent["name"]: set(
                self._schema[parent["database"]][parent["schema"]][parent["alias"]]
            )
            for parent in parents
        }
        given = json.dumps(node["config"].get("meta", {}), sort_keys=True)
        return f"meta = {given}\n{python_of(node['raw_code'], self._source)}", needed


def is_python(node: dict) -> bool:
    """Say whether a model is written in Python."""
    return node.get("language") == "python"


def python_of(code: str, source: Path) -> str:
    """Return code and the modules of its project that it imports, as they are run.

    That is: without comments and docstrings, in one format; the modules by name.
    """
    found: dict[str, str] = {}

    def visit(name: str, text: str) -> None:
        tree = ast.parse(text)
        found[name] = ""
        for module in imported(tree):
            file = source / f"{module.replace('.', '/')}.py"
            if module not in found and file.exists():
                visit(module, file.read_text(encoding="utf-8"))
        for part in ast.walk(tree):
            if isinstance(part, ast.Module | ast.ClassDef | ast.FunctionDef) and (
                ast.get_docstring(part, clean=False) is not None
            ):
                part.body[:1] = [] if part.body[1:] else [ast.Pass()]
        found[name] = ast.unparse(tree)

    visit("", code)
    return "\n".join(f"# {name}\n{text}" for name, text in sorted(found.items()))


def imported(tree: ast.Module) -> set[str]:
    """Return the names that code imports, modules and what is taken of them alike."""
    names = set()
    for part in ast.walk(tree):
        if isinstance(part, ast.Import):
            names |= {name.name for name in part.names}
        elif isinstance(part, ast.ImportFrom) and part.module:
            names |= {part.module} | {f"{part.module}.{n.name}" for n in part.names}
    return names


def outermost(tree: exp.Expr) -> list[exp.Select]:
    """Return the selects that a query returns rows of: several, if it is a union."""
    if isinstance(tree, exp.SetOperation):
        return outermost(tree.left) + outermost(tree.right)
    return [tree]


def simplified(tree: exp.Expr, cuts: frozenset[str]) -> exp.Expr:
    """Leave out of a query what its columns do not depend on.

    That is: columns and CTEs that nothing reads, the cuts that a sum is grouped by,
    parts of a union that have nothing to sum, and left joins that bring no column. Such
    a join changes nothing while its key is unique, which the data tests hold.
    """
    size = 0
    while size != (size := sum(1 for _ in tree.walk())):
        drop_cuts(tree, cuts)
        drop_idle_parts(tree)
        for select in tree.find_all(exp.Select):
            drop_idle_joins(select)
            drop_idle_windows(select)
        tree = eliminate_ctes(merge_subqueries(pushdown_projections(tree)))
    return tree


def drop_cuts(tree: exp.Expr, cuts: frozenset[str]) -> None:
    """Drop the cuts that a CTE groups its sums by and nothing reads."""
    read = {(column.table, column.name) for column in tree.find_all(exp.Column)}
    for cte in tree.find_all(exp.CTE):
        idle = {cut for cut in cuts if (cte.alias, cut) not in read}
        for select in outermost(cte.this):
            group = select.args.get("group")
            if group and group.args.get("all"):
                kept = [e for e in select.expressions if e.alias_or_name not in idle]
                select.set("expressions", kept)


def drop_idle_parts(tree: exp.Expr) -> None:
    """Drop the parts of a union that give null for whatever is summed."""
    for cte in tree.find_all(exp.CTE):
        parts = outermost(cte.this)
        if len(parts) == 1 or not only_summed(tree, cte.alias):
            continue
        given = [
            {e.alias for e in part.expressions if not isinstance(e.unalias(), exp.Null)}
            for part in parts
        ]
        summed = set.union(*given) - set.intersection(*given)
        kept = [
            part for part, names in zip(parts, given, strict=True) if names & summed
        ]
        if kept and len(kept) < len(parts):
            cte.set(
                "this",
                reduce(lambda one, other: exp.union(one, other, distinct=False), kept),
            )


def only_summed(tree: exp.Expr, name: str) -> bool:
    """Say whether whatever reads a CTE groups its rows and does not count them all."""
    readers = [
        table.find_ancestor(exp.Select)
        for table in tree.find_all(exp.Table)
        if table.name == name
    ]
    return all(
        reader.args.get("group")
        and all(
            isinstance(count.parent, exp.Filter)
            for count in reader.find_all(exp.Count)
            if isinstance(count.this, exp.Star)
        )
        for reader in readers
    )


def drop_idle_joins(select: exp.Select) -> None:
    """Drop the left joins whose table no other part of a query reads."""
    for join in reversed(select.args.get("joins") or []):
        others = [
            part for part in select.find_all(exp.Column) if not within(part, join)
        ]
        read = any(column.table == join.alias_or_name for column in others)
        if join.side == "LEFT" and not read:
            select.args["joins"].remove(join)


def drop_idle_windows(select: exp.Select) -> None:
    """Drop the named windows that nothing is computed over."""
    used = {over.alias for over in select.find_all(exp.Window) if over.alias}
    named = select.args.get("windows") or []
    select.set("windows", [window for window in named if window.name in used])


def within(part: exp.Expr, whole: exp.Expr) -> bool:
    """Say whether a part of a query lies inside another."""
    while part is not None and part is not whole:
        part = part.parent
    return part is whole


def canonical(tree: exp.Expr) -> str:
    """Write a query so that quotes and the names of CTEs and warehouse are the same."""
    steps = {
        cte.alias: f"step_{number}"
        for number, cte in enumerate(tree.find_all(exp.CTE), start=1)
    }
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
    for call in list(tree.find_all(exp.TimeDiff)):
        unit = exp.Literal.string(call.unit.name.lower())
        ends = [unit, call.expression, call.this]
        call.replace(exp.Anonymous(this="DATE_SUB", expressions=ends))
    for name in tree.find_all(exp.Identifier):
        is_of_a_table = (
            isinstance(name.parent, exp.TableAlias)
            or (isinstance(name.parent, exp.Table) and not name.parent.db)
            or (isinstance(name.parent, exp.Column) and name.arg_key == "table")
        )
        text = steps.get(name.name, name.name) if is_of_a_table else name.name
        name.replace(exp.to_identifier(text))
    return tree.sql(dialect=DIALECT, pretty=True, comments=False)


# The lock ----------------------------------------------------------------------------


def compare(now: Definitions, locked: Definitions) -> list[Move]:
    """Return every KPI that is not what the lock says, in the order of their names."""
    moves = []
    for kpi_id in sorted(now.kpis.keys() | locked.kpis.keys()):
        new, old = now.kpis.get(kpi_id), locked.kpis.get(kpi_id)
        if new is None:
            moves.append(Move(kpi_id, "is locked and in no catalogue"))
        elif old is None:
            moves.append(Move(kpi_id, "is new and not locked"))
        elif new.version != old.version:
            says = f"has version {new.version}, the lock has {old.version}"
            moves.append(Move(kpi_id, says))
        elif new.fingerprint != old.fingerprint:
            says = f"moved and still has version {new.version}"
            moves.append(Move(kpi_id, says, differences(new, old, now, locked)))
    return moves


def differences(
    new: Definition, old: Definition, now: Definitions, locked: Definitions
) -> list[str]:
    """Say where a KPI differs from its locked form: formula, models, expressions."""
    said = []
    if new.formula != old.formula:
        said += ["formula", f"- {old.formula}", f"+ {new.formula}"]
    for model in sorted(new.models.keys() | old.models.keys()):
        if new.models.get(model) != old.models.get(model):
            before = locked.models.get(model, "").splitlines()
            after = now.models.get(model, "").splitlines()
            changed = unified_diff(before, after, lineterm="", n=0)
            said.append(model)
            said += [
                line for line in changed if not line.startswith(("---", "+++", "@@"))
            ]
    return said


def update(
    now: Definitions,
    changelogs: dict[str, set[int]],
    file: Path = LOCK,
    same_meaning: bool = False,
) -> int:
    """Lock the definitions as they stand; return how many KPIs that changes.

    `changelogs` holds the versions each KPI's changelog has a line for. Raise
    `DefinitionsError` where a version has none, and, unless the SQL is said to mean
    what it meant, where a definition moved under its version.
    """
    moves = compare(now, read_lock(file) if file.exists() else Definitions({}, {}))
    wrong = [
        f"{kpi_id}: its changelog has no line for version {kpi.version}"
        for kpi_id, kpi in now.kpis.items()
        if kpi.version > 1 and kpi.version not in changelogs[kpi_id]
    ]
    if not same_meaning:
        wrong += [f"{move.kpi_id} {move.says}" for move in moves if move.details]
    if wrong:
        raise DefinitionsError("\n".join(wrong))
    write_lock(now, file)
    return len(moves)


def changelogs_of(manifest: dict) -> dict[str, set[int]]:
    """Return, for each KPI, the versions that its changelog has a line for."""
    return {
        metric["name"]: {line["version"] for line in kpi.get("changelog", [])}
        for metric in manifest["metrics"].values()
        if (kpi := metric["config"]["meta"].get("kpi"))
    }


def read_lock(file: Path = LOCK) -> Definitions:
    """Read a lock; raise `DefinitionsError` where there is none or it is no lock."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        kpis = {}
        for kpi_id, kpi in content["kpis"].items():
            kpi.pop("fingerprint")
            kpis[kpi_id] = Definition(**kpi)
        return Definitions(kpis, content["models"])
    except FileNotFoundError:
        raise DefinitionsError(
            f"{file} is missing: `savoir definitions update` writes it"
        ) from None
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise DefinitionsError(f"{file} is no lock: {error}") from error


def write_lock(definitions: Definitions, file: Path = LOCK) -> None:
    """Write the lock, every SQL text as a block that a diff can show."""
    content = {
        "kpis": {
            kpi_id: {
                "version": kpi.version,
                "formula": kpi.formula,
                "parameters": kpi.parameters,
                "fingerprint": kpi.fingerprint,
                "models": kpi.models,
            }
            for kpi_id, kpi in definitions.kpis.items()
        },
        "models": {model: Block(sql) for model, sql in definitions.models.items()},
    }
    text = yaml.dump(content, Dumper=Blocks, sort_keys=False, width=1000)
    file.write_text(HEADER + text, encoding="utf-8")


class Block(str):
    """Text that YAML writes as it stands, line by line."""

    __slots__ = ()


class Blocks(yaml.SafeDumper):
    """YAML's writer, for texts of several lines, and without references."""

    def ignore_aliases(self, data: object) -> bool:
        """Write a value again where it comes again."""
        return True


Blocks.add_representer(
    Block,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", str(text), style="|"
    ),
)
