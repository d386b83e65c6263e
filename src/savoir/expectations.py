"""The contract with the exporters, checked by Great Expectations on the landed files.

dbt tests guard everything from staging on; nothing here is asserted there again.
Rejects, duplicates and unreadable files are theirs. Suites are data: what each system
declares of its columns, beside its reader.
"""

import html
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from rich.progress import track

from savoir.drift import Drift, Limits, drift_of
from savoir.landing import schema, systems

# Beside what an entity declares; each as name, type, whether NULL is forbidden, rule.
PROVENANCE = (
    ("_file", "text", True, ""),
    ("_line", "integer", True, "whole"),
    ("_landed_at", "timestamp", False, ""),
    ("_file_hash", "text", False, ""),
    ("_unknown", "text", False, ""),
)

# The landing's own books. They may hold columns beyond these, in any order.
LANDING = {
    "files": (
        ("system", "text", True, ""),
        ("entity", "text", False, ""),
        ("file", "text", True, ""),
        ("file_hash", "text", False, "sha256"),
        ("size_bytes", "integer", True, "whole"),
        ("rows_read", "integer", True, "whole"),
        ("rows_landed", "integer", True, "whole"),
        ("rows_rejected", "integer", True, "whole"),
        ("status", "text", True, "in landed unreadable same_content"),
        ("message", "text", False, ""),
        ("landed_at", "timestamp", True, ""),
        ("unknown", "text", True, ""),
    ),
    "rejects": (
        ("system", "text", True, ""),
        ("entity", "text", False, ""),
        ("_file", "text", True, ""),
        ("_line", "integer", False, ""),
        ("raw_text", "text", False, ""),
        ("reason", "text", True, ""),
        ("_file_hash", "text", False, ""),
        ("_landed_at", "timestamp", False, ""),
    ),
}

# What a kind of column holds: in words, and as a pattern. Written without \s and
# lookarounds, which pandas would hand to Python, row by row.
KINDS = {
    "id": (
        "an id without spaces around it",
        r"^[^ \t](?:.*[^ \t])?$",
    ),
    "number": ("an id of digits", r"^-?\d{1,20}$"),
    "response": (
        "a Qualtrics response id such as R_2YPOQ602",
        r"^(?:R|FS)_[0-9A-Za-z]+$",
    ),
    "moment": (
        "an ISO 8601 timestamp from 2000 to 2099",
        r"^20\d\d[-/](?:0?[1-9]|1[0-2])[-/](?:0?[1-9]|[12]\d|3[01])"
        r"(?:[ T](?:[01]?\d|2[0-4]):[0-5]\d(?::[0-6]\d(?:[.,]\d+)?)?)?"
        r"(?: ?(?:Z|UTC|[+-]\d\d(?::?\d\d)?))?$",
    ),
    "epoch": (
        "seconds since 1970, from February 2000 to 2096",
        r"^(?:9[5-9]\d{7}|[1-3]\d{9})$",
    ),
    "month": (
        "a month from 2000 to 2099 as YYYY-MM-01",
        r"^20\d\d-(?:0[1-9]|1[0-2])-01$",
    ),
    "whole": ("a whole number, not negative", r"^\d{1,12}$"),
    "amount": (
        "an amount such as -12345.67, under a billion",
        r"^-?\d{1,9}(?:\.\d+)?$",
    ),
    "score": ("a number such as 4.5, under ten thousand", r"^-?\d{1,4}(?:\.\d+)?$"),
    "currency": ("a currency code of three capitals", r"^[A-Z]{3}$"),
    "zone": ("an IANA time zone", r"^[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*$"),
    "sha256": ("a SHA-256 in hexadecimal", r"^[0-9a-f]{64}$"),
}
KINDS |= {
    "timestamp": KINDS["moment"],
    "integer": KINDS["whole"],
    "decimal": KINDS["amount"],
    "rating": KINDS["score"],
}
# What a spreadsheet makes of a long id.
SCIENTIFIC = r"^\d+(?:[.,]\d+)?[eE]\+?\d+$"
RULES = {"in", *KINDS}
NO_NUMBER = "an id that no spreadsheet turned into 1.23E+15"
REQUIRED = "a value"
LAYOUT = "the columns of the contract, in order and of their types"
NOTHING_NEW = "no column that earlier deliveries did not have"
EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """One value that broke the contract, and where it stands."""

    value: str | None
    file: str
    line: int | None

    def __str__(self) -> str:
        """Return the value and its place."""
        value = "NULL" if self.value is None else f"'{self.value}'"
        line = "" if self.line is None else f", line {self.line}"
        return f"{value} ({self.file}{line})"


@dataclass(frozen=True)
class Failure:
    """One expectation that did not hold: `failed` of `rows` rows.

    Without a column the expectation is about the layout, and files are counted. What
    is a warning breaks nothing.
    """

    system: str
    entity: str
    column: str | None
    expected: str
    failed: int
    rows: int
    examples: tuple[Example, ...]
    severity: str = "error"

    def __str__(self) -> str:
        """Return the failure in one line."""
        what, counted = (self.column, "rows") if self.column else ("columns", "files")
        return (
            f"{self.system}.{self.entity} {what}: expected {self.expected}; not so in "
            f"{self.failed:,} of {self.rows:,} {counted}: "
            + ", ".join(map(str, self.examples))
        )


@dataclass(frozen=True)
class CheckResult:
    """What was checked, what failed, and the first page of the Data Docs."""

    failures: tuple[Failure, ...]
    rows: int
    expectations: int
    index: Path

    @property
    def passed(self) -> bool:
        """Whether every expectation held, but for warnings."""
        return all(failure.severity == "warn" for failure in self.failures)


@dataclass(frozen=True)
class Column:
    """One landed column: its type there, and what each value has to be."""

    name: str
    type: str
    required: bool
    rule: str
    words: tuple[str, ...]


def check(
    raw: Path, docs: Path, limits: Limits, *, show_progress: bool = True
) -> CheckResult:
    """Check every landed file under `raw`; replace the folder `docs` by the Data Docs.

    What changed since earlier deliveries is judged by `limits`. A system without rows
    passes. Raises `FileExistsError` when `docs` holds anything but Data Docs.
    """
    if docs.exists() and any(docs.iterdir()) and not (docs / "expectations").is_dir():
        raise FileExistsError(f"{docs} holds something else than Data Docs")
    entities, known = _entities(), systems.known()
    # not so in what an earlier version landed
    has_headings = "unknown text" in _layout(raw / "_landing/files.parquet")
    docs.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=docs.parent, prefix=".docs-") as scratch:
        site = Path(scratch) / "site"
        suites = _Suites(site)
        failures: list[Failure] = []
        rows = 0
        for (system, entity), columns in track(
            entities.items(),
            "Checking raw files",
            transient=True,
            disable=not show_progress,
        ):
            failed, count = _check_entity(suites, raw, system, entity, columns)
            failures += failed
            rows += count
            if (
                system != "_landing"
                and has_headings
                and count
                and not any(f.column is None for f in failed)
                and (drift := drift_of(raw, system, known[system].entity(entity)))
            ):
                failures += _check_drift(suites, system, entity, drift, limits)
        suites.context.build_data_docs()
        result = CheckResult(
            tuple(failures), rows, suites.expectations, docs / "index.html"
        )
        _finish_pages(site, result, entities)
        if docs.exists():
            shutil.rmtree(docs)
        site.replace(docs)
    return result


class _Suites:
    """A Great Expectations context in memory that writes to one folder and nowhere."""

    def __init__(self, site: Path) -> None:
        self.expectations = 0
        self.context = gx.get_context(
            mode="ephemeral",
            project_config=DataContextConfig(
                store_backend_defaults=InMemoryStoreBackendDefaults(
                    init_temp_docs_sites=False
                ),
                analytics_enabled=False,
                progress_bars=ProgressBarsConfig(globally=False),
                data_docs_sites={
                    "landed": {
                        "class_name": "SiteBuilder",
                        "show_how_to_buttons": False,
                        "store_backend": {
                            "class_name": "TupleFilesystemStoreBackend",
                            "base_directory": str(site),
                        },
                        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                    }
                },
            ),
        )
        self.source = self.context.data_sources.add_pandas("landed")

    def run(self, name: str, expectations: list, frame: pd.DataFrame) -> list:
        """Return the results that failed."""
        self.expectations += len(expectations)
        batch = self.source.add_dataframe_asset(name).add_batch_definition("all")
        suite = gx.ExpectationSuite(name, expectations=expectations)
        definition = gx.ValidationDefinition(
            name=name, data=batch, suite=self.context.suites.add(suite)
        )
        # BASIC: with indexes a column that fails on every row takes 40 s a million.
        outcome = self.context.validation_definitions.add(definition).run(
            batch_parameters={"dataframe": frame},
            result_format={
                "result_format": "BASIC",
                "partial_unexpected_count": EXAMPLES,
            },
        )
        return [result for result in outcome.results if not result.success]


def _check_entity(
    suites: _Suites, raw: Path, system: str, entity: str, columns: list[Column]
) -> tuple[list[Failure], int]:
    """Return what failed in one entity, and its number of rows."""
    layout = [f"{column.name} {column.type}" for column in columns]
    exact = system != "_landing"
    found = {path: _layout(path) for path in _files(raw, system, entity)}
    bad = {
        path: labels
        for path, labels in found.items()
        if (labels != layout if exact else not set(layout) <= set(labels))
    }
    # An empty frame whose column labels are "name type" lets one expectation hold
    # presence, order and type, without reading a row.
    labels = next(iter((bad or found).values()), [])
    broken = suites.run(
        f"{system}.{entity}.columns",
        [
            gxe.ExpectTableColumnsToMatchOrderedList(column_list=layout)
            if exact
            else gxe.ExpectTableColumnsToMatchSet(column_set=layout, exact_match=False)
        ],
        pd.DataFrame(columns=pd.Index(labels, dtype=object)),
    )
    failures = []
    if broken:
        examples = tuple(
            Example(_difference(layout, labels), path.name, None)
            for path, labels in list(bad.items())[:EXAMPLES]
        ) or (Example("no Parquet file", f"{system}/{entity}", None),)
        failures.append(
            Failure(system, entity, None, LAYOUT, len(bad), len(found), examples)
        )

    frame = _read([path for path in found if path not in bad], columns)
    if len(frame):
        expectations = [e for column in columns for e in _expectations(column)]
        failures += [
            _failure(system, entity, frame, result)
            for result in suites.run(f"{system}.{entity}.values", expectations, frame)
        ]
    return failures, len(frame)


def _check_drift(
    suites: _Suites, system: str, entity: str, drift: Drift, limits: Limits
) -> list[Failure]:
    """Return which columns are not what they were in earlier deliveries."""
    columns = drift.columns
    frame = pd.DataFrame(
        {
            "column": [c.column for c in columns],
            "allowed_share": [
                max(limits.unreadable_share, limits.unreadable_times * c.earlier_share)
                for c in columns
            ],
            "unreadable_share": [c.unreadable_share for c in columns],
            "values": [c.values for c in columns],
            "least_values": [
                int(c.expected_values >= limits.vanished_values) for c in columns
            ],
        }
    )
    rules = {
        "unreadable": ("allowed_share", "unreadable_share"),
        "vanished": ("values", "least_values"),
    }
    broken = suites.run(
        f"{system}.{entity}.drift",
        [
            gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=more, column_B=less, or_equal=True, meta={"kind": kind}
            )
            for kind, (more, less) in rules.items()
        ],
        frame,
    )
    failures = []
    for kind in (result.expectation_config.meta["kind"] for result in broken):
        more, less = rules[kind]
        for place in frame.index[frame[more] < frame[less]]:
            column = columns[place]
            expected, failed = {
                "unreadable": (
                    f"at most {frame['allowed_share'][place]:.1%} unreadable values "
                    f"in the latest delivery ({column.earlier_share:.1%} before)",
                    column.unreadable,
                ),
                "vanished": (
                    "values in the latest delivery, as before in "
                    f"{column.earlier_values / column.earlier_rows:.0%} of the rows",
                    column.rows,
                ),
            }[kind]
            example = (Example(*column.example),)
            severity = limits.severity[kind]
            failures.append(
                Failure(
                    *(system, entity, column.column, expected, failed, column.rows),
                    *(example, severity),
                )
            )
    if suites.run(
        f"{system}.{entity}.headings",
        [gxe.ExpectTableRowCountToEqual(value=0)],
        pd.DataFrame({"new": pd.Series(list(drift.new), dtype="str")}),
    ):
        examples = tuple(Example(*new, None) for new in drift.new.items())
        files = len(set(drift.new.values()))
        failures.append(
            Failure(
                *(system, entity, None, NOTHING_NEW, files, drift.files),
                *(examples[:EXAMPLES], limits.severity["new"]),
            )
        )
    return failures


def _entities() -> dict[tuple[str, str], list[Column]]:
    """Return the columns of every landed entity, and of the landing's own books."""
    entities = {
        (system.name, entity.name): [
            *map(_promised, entity.columns),
            *(_own(*column) for column in PROVENANCE),
        ]
        for system in systems.known().values()
        for entity in system.entities
    }
    books = {
        ("_landing", book): [_own(*column) for column in columns]
        for book, columns in LANDING.items()
    }
    return entities | books


def _promised(column: schema.Column) -> Column:
    """Return a column as its system declares it; all land as text."""
    rule, words = column.type, column.words
    if rule == "boolean":
        words = ("true", "false")
    if words:
        rule = "in"
    return Column(
        column.name, "text", column.required, rule if rule in RULES else "", words
    )


def _own(name: str, kind: str, required: bool, rule: str) -> Column:
    rule, *words = rule.split() or [""]
    return Column(name, kind, required, rule, tuple(words))


def _expectations(column: Column) -> Iterator[gxe.Expectation]:
    """Yield what a column has to hold; NULL passes every rule but *."""
    name = column.name
    if column.required:
        yield gxe.ExpectColumnValuesToNotBeNull(column=name, description=REQUIRED)
    if column.rule == "in":
        yield gxe.ExpectColumnValuesToBeInSet(
            column=name,
            value_set=list(column.words),
            description="one of " + ", ".join(column.words),
        )
    elif column.rule:
        words, pattern = KINDS[column.rule]
        yield gxe.ExpectColumnValuesToMatchRegex(
            column=name, regex=pattern, description=words
        )
    if column.rule == "id":
        yield gxe.ExpectColumnValuesToNotMatchRegex(
            column=name, regex=SCIENTIFIC, description=NO_NUMBER
        )


def _files(raw: Path, system: str, entity: str) -> list[Path]:
    folder = raw / system / entity
    single = folder.with_suffix(".parquet")
    return [single] if single.exists() else sorted(folder.glob("*.parquet"))


def _layout(path: Path) -> list[str]:
    """Return a Parquet file's columns as `name type`."""
    return [f"{field.name} {_type(field.type)}" for field in pq.read_schema(path)]


def _type(type_: pa.DataType) -> str:
    if pa.types.is_string(type_) or pa.types.is_large_string(type_):
        return "text"
    if pa.types.is_int64(type_):
        return "integer"
    if pa.types.is_timestamp(type_) and type_.tz is None:
        return "timestamp"
    return str(type_)


def _difference(layout: list[str], found: list[str]) -> str:
    missing = [label for label in layout if label not in found]
    extra = [label for label in found if label not in layout]
    parts = [
        f"{what} {', '.join(labels)}"
        for what, labels in (("missing", missing), ("unexpected", extra))
        if labels
    ]
    return "; ".join(parts) or "other order: " + ", ".join(found)


def _read(paths: list[Path], columns: list[Column]) -> pd.DataFrame:
    """Return the columns that a suite looks at, as text, of files of one layout."""
    wanted = [c.name for c in columns if c.rule or c.required]
    if not paths:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in wanted})
    table = pq.read_table([str(path) for path in paths], columns=wanted)
    return pa.table(
        {name: table[name].cast(pa.large_string()) for name in wanted}
    ).to_pandas()


def _failure(system: str, entity: str, frame: pd.DataFrame, result) -> Failure:
    config, found = result.expectation_config, result.result
    if "unexpected_count" not in found:
        raise RuntimeError(f"{system}.{entity}: {result.exception_info}")
    column = config.kwargs["column"]
    values = frame[column]
    if config.type == "expect_column_values_to_not_be_null":
        broken = values.isna()
    else:
        broken = values.isin(found["partial_unexpected_list"])
    return Failure(
        system,
        entity,
        column,
        config.description,
        found["unexpected_count"],
        found["element_count"],
        tuple(
            _example(row, column) for _, row in frame[broken].head(EXAMPLES).iterrows()
        ),
    )


def _example(row: pd.Series, column: str) -> Example:
    value, line = row[column], row.get("_line")
    return Example(
        None if pd.isna(value) else value,
        row.get("_file", row.get("file")),
        None if pd.isna(line) else int(line),
    )


# The pages ask ten hosts for style sheets, scripts and a logo: they have to be readable
# on a machine without a network, and to tell nobody that they are being read.
REMOTE = re.compile(
    r"<script[^>]*\bsrc=\"https?:[^>]*>\s*</script>"
    r"|<link[^>]*\bhref=\"https?:[^>]*>"
    r"|<img[^>]*\bsrc=\"https?:[^>]*>"
    r"|url\('?https?:[^)]*\)"
    r"|<footer.*?</footer>",
    re.DOTALL,
)
STYLE = """<style>
body {font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem}
table {border-collapse: collapse; margin-bottom: 1.5rem}
th, td {border-bottom: 1px solid #ccc; padding: .3rem .8rem; text-align: left}
td {vertical-align: top}
</style>"""


def _finish_pages(
    site: Path, result: CheckResult, entities: Iterable[tuple[str, str]]
) -> None:
    """Cut the pages loose from the network, and write an index that needs no script."""
    for page in [*site.rglob("*.html"), *site.rglob("*.css")]:
        text = REMOTE.sub("", page.read_text(encoding="utf-8"))
        page.write_text(text.replace("</head>", STYLE + "</head>", 1), encoding="utf-8")
    (site / "index.html").write_text(_index(site, result, entities), encoding="utf-8")


def _index(site: Path, result: CheckResult, entities: Iterable[tuple[str, str]]) -> str:
    failures = "".join(
        f"<tr><td>{html.escape(f'{f.system}.{f.entity}')}</td>"
        f"<td>{html.escape(f.column or 'columns')}</td>"
        f"<td>{html.escape(f.expected)}</td><td>{f.failed:,} of {f.rows:,}</td>"
        f"<td>{'<br>'.join(html.escape(str(example)) for example in f.examples)}"
        "</td></tr>"
        for f in result.failures
    )
    suites = "".join(
        f"<tr><td>{system}.{entity}</td>"
        + "".join(
            f"<td>{_link(site, result, system, entity, part)}</td>"
            for part in ("columns", "values")
        )
        + "</tr>"
        for system, entity in entities
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>Raw-file contracts</title>{STYLE}</head><body>"
        f"<h1>Raw-file contracts</h1><p>{result.rows:,} rows, "
        f"{result.expectations:,} expectations, {len(result.failures):,} failed.</p>"
        + (
            "<h2>Failed</h2><table><tr><th>Entity<th>Column<th>Expected<th>Rows"
            f"<th>Examples</tr>{failures}</table>"
            if failures
            else ""
        )
        + f"<h2>Suites</h2><table>{suites}</table></body></html>"
    )


def _link(site: Path, result: CheckResult, system: str, entity: str, part: str) -> str:
    """Return how one suite went, linked to its page; an absent system has no values."""
    pages = (site / "validations" / system / entity / part).rglob("*.html")
    page = next(pages, None)
    if page is None:
        return "no rows"
    failed = any(
        (f.system, f.entity, f.column is None) == (system, entity, part == "columns")
        for f in result.failures
    )
    href = page.relative_to(site).as_posix()
    return f'{part} <a href="{href}">{"failed" if failed else "passed"}</a>'
