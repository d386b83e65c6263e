"""The KPI catalogue as pages to read, `docs/kpis.en.md` and `docs/kpis.fr.md`.

What they say stands in `_kpis__catalogue.yml`, in the semantic layer, in the targets
and in the project's variables; here are only the words around it.
"""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from savoir import paths
from savoir.definitions import Definitions, DefinitionsError, components_of
from savoir.printing import (
    BETWEEN,
    MISSING,
    UNITS,
    Texts,
    format_number,
    format_value,
)

PAGES = paths.PROJECT / "docs"
FAMILIES = ("emotional", "operational", "profitability")

# How a definition's paragraphs begin: what it counts, what it leaves out.
OPENERS = {"en": ("Counts ", "Leaves out "), "fr": ("Compte ", "Exclut ")}

TIMES = "\N{MULTIPLICATION SIGN}"

TEXTS: Texts = {
    "en": {
        "title": "The KPIs",
        "written": (
            "Written by `savoir definitions catalogue` from "
            "[the catalogue](../models/marts/kpis/_kpis__catalogue.yml), which is what "
            "to edit. [En français](kpis.fr.md)."
        ),
        "rules": (
            "A rate or a mean is one sum over another, divided last; without a "
            "denominator it has no value. Contacts are countable unless spam, test, "
            "merged, deleted, internal, outbound or duplicate. Intervals are 95 %; "
            "below `min_sample` observations the status is `insufficient_data`. What "
            "looks forward counts only what has had its time. Components are columns "
            "of the `kpis.kpi_…` marts, cuts those of `kpis.rpt_kpi_scorecard`."
        ),
        "columns": "KPI | id | unit | better | version",
        "emotional": "Perception",
        "operational": "Operations",
        "profitability": "Money",
        "guards": "Guards: shares whose drift changes what KPIs mean",
        "parameters_in_force": "Parameters in force",
        "read": "Variables of `dbt_project.yml` that the KPIs stand on.",
        "variant": "variant of {kpi}, and as it is where nothing else is said",
        "version": "version",
        "formula": "Formula",
        "population": "Population",
        "exclusions": "Left out",
        "example": "Example",
        "target": "Target",
        "benchmark": "Benchmark",
        "parameters": "Parameters",
        "interval": "Interval",
        "maturity": "Matures",
        "cuts": "Cuts",
        "changelog": "Changelog",
        "colon": ": ",
        "semicolon": "; ",
        "up": "higher",
        "down": "lower",
        "better": "{direction} is better",
        "green": "green",
        "red": "red",
        "too_low": "too low below",
        "since": "since",
        "change_on_year": "change on the same period a year before",
        "after": "after {days} d",
        "wilson": "Wilson, of a share",
        "nps": "adjusted Wald, of a net share",
        "t": "Student's t, of a mean",
        "none": "none",
        "percent": "percent",
        "points": "points, -100 to 100",
        "scale_1_7": "1 to 7",
        "scale_gap": "-6 to 6",
        "seconds": "seconds",
        "count": "count",
        "per_100_orders": "per 100 orders",
        "per_100_customers": "per 100 customers",
        "per_hour": "per hour",
        "EUR": "EUR",
    },
    "fr": {
        "title": "Les indicateurs",
        "written": (
            "Page écrite par `savoir definitions catalogue` à partir du "
            "[catalogue](../models/marts/kpis/_kpis__catalogue.yml), seul à modifier. "
            "[In English](kpis.en.md)."
        ),
        "rules": (
            "Un taux ou une moyenne est une somme sur une autre, divisée en dernier ; "
            "sans dénominateur il n'a pas de valeur. Un contact est retenu sauf spam, "
            "test, fusionné, supprimé, interne, sortant ou doublon. Les intervalles "
            "sont à 95 % ; sous `min_sample` observations l'état est "
            "`insufficient_data`. Ce qui regarde vers l'avant ne compte que ce qui a "
            "eu son temps. Les composantes sont des colonnes des tables `kpis.kpi_…`, "
            "les axes ceux de `kpis.rpt_kpi_scorecard`."
        ),
        "columns": "Indicateur | id | unité | mieux | version",
        "emotional": "Perception",
        "operational": "Opérations",
        "profitability": "Rentabilité",
        "guards": "Garde-fous : des parts dont la dérive change le sens du reste",
        "parameters_in_force": "Paramètres en vigueur",
        "read": "Variables de `dbt_project.yml` dont dépendent les indicateurs.",
        "variant": "variante de {kpi}, à l'identique sauf mention contraire",
        "version": "version",
        "formula": "Formule",
        "population": "Population",
        "exclusions": "Exclusions",
        "example": "Exemple",
        "target": "Objectif",
        "benchmark": "Référence",
        "parameters": "Paramètres",
        "interval": "Intervalle",
        "maturity": "Maturité",
        "cuts": "Axes",
        "changelog": "Historique",
        "colon": " : ",
        "semicolon": " ; ",
        "up": "plus haut",
        "down": "plus bas",
        "better": "mieux si {direction}",
        "green": "vert",
        "red": "rouge",
        "too_low": "trop bas sous",
        "since": "depuis",
        "change_on_year": "évolution sur un an",
        "after": "après {days} j",
        "wilson": "Wilson, d'une part",
        "nps": "Wald ajusté, d'une part nette",
        "t": "t de Student, d'une moyenne",
        "none": "aucun",
        "percent": "pour cent",
        "points": "points, -100 à 100",
        "scale_1_7": "1 à 7",
        "scale_gap": "-6 à 6",
        "seconds": "secondes",
        "count": "nombre",
        "per_100_orders": "pour 100 commandes",
        "per_100_customers": "pour 100 clients",
        "per_hour": "par heure",
        "EUR": "EUR",
    },
}


@dataclass(frozen=True)
class Entry:
    """One KPI: what the catalogue, the semantic layer and the targets say of it."""

    kpi_id: str
    meta: dict
    components: dict[str, str]
    cuts: list[str]
    parameters: dict[str, object]
    targets: list[dict[str, str]]

    def label(self, language: str) -> str:
        """Return the KPI's name."""
        return in_language(self.meta, "label", language)

    def paragraphs(self, language: str) -> tuple[str, str, str]:
        """Return what the KPI is, what it counts and what it leaves out."""
        text = in_language(self.meta, "definition", language)
        first, *others = text.strip().split("\n")
        found = [
            next((p[len(opener) :] for p in others if p.startswith(opener)), "")
            for opener in OPENERS[language]
        ]
        return first, *found


def in_language(texts: dict, key: str, language: str) -> str:
    """Return a text of the catalogue, which has the French one beside the English."""
    return texts[key if language == "en" else f"{key}_fr"]


# From the project to entries ---------------------------------------------------------


def read_catalogue(
    manifest: dict, definitions: Definitions, project: Path = paths.PROJECT
) -> dict[str, Entry]:
    """Return every KPI by id; raise `DefinitionsError` where one lacks a field."""
    cuts_of = {
        measure["name"]: [
            e["name"] for e in model["entities"] if e["type"] == "foreign"
        ]
        for model in manifest["semantic_models"].values()
        for measure in model["measures"]
    }
    targets = read_targets(project / "seeds" / "kpi_targets.csv")
    entries, wrong = {}, []
    for metric in manifest["metrics"].values():
        if not (meta := metric["config"]["meta"].get("kpi")):
            continue
        kpi_id, components = metric["name"], components_of(metric, meta)
        texts = {"label": metric["label"], "definition": metric["description"]}
        read = definitions.kpis[kpi_id].parameters
        named = meta.get("parameters", [])
        first, last = components["numerator"], components.get("denominator")
        entry = Entry(
            kpi_id,
            meta | texts,
            components,
            [cut for cut in cuts_of[first] if cut in cuts_of[last or first]],
            {name: read[name] for name in named if name in read},
            [line for line in targets if line["kpi_id"] == kpi_id],
        )
        wrong += [f"{kpi_id} has no {gap}" for gap in gaps(entry)]
        wrong += [
            f"{kpi_id} does not read {name}" for name in named if name not in read
        ]
        entries[kpi_id] = entry
    if wrong:
        raise DefinitionsError("\n".join(wrong))
    return entries


def read_targets(file: Path) -> list[dict[str, str]]:
    """Return the targets that have no end."""
    with file.open(encoding="utf-8") as lines:
        return [
            line for line in csv.DictReader(lines) if line["valid_to"] == "9999-12-31"
        ]


def gaps(entry: Entry) -> Iterator[str]:
    """Name what the documentation of a KPI needs and its catalogue entry lacks."""
    meta = entry.meta
    example, changelog = meta.get("example", {}), meta.get("changelog", [])
    for suffix in ("", "_fr"):
        for key in ("label", "definition"):
            if not meta.get(key + suffix):
                yield key + suffix
        if "case" + suffix not in example:
            yield f"example.case{suffix}"
        if any("figure" + suffix not in line for line in meta.get("benchmarks", [])):
            yield f"benchmarks.figure{suffix}"
        if any("change" + suffix not in line for line in changelog):
            yield f"changelog.change{suffix}"
    if not {"numerator", "value"} <= example.keys():
        yield "example.numerator or example.value"
    if ("denominator" in example) != ("denominator" in entry.components):
        yield "example.denominator like its formula"
    if meta["version"] not in [line["version"] for line in changelog]:
        yield f"changelog line for version {meta['version']}"
    for language, openers in OPENERS.items():
        if meta.get("role") != "variant" and meta.get("definition_fr"):
            _, *found = entry.paragraphs(language)
            for opener, text in zip(openers, found, strict=True):
                if not text:
                    yield f"paragraph “{opener}…” in its definition"


# From entries to pages ---------------------------------------------------------------


def pages(
    manifest: dict, definitions: Definitions, project: Path = paths.PROJECT
) -> dict[str, str]:
    """Return the pages by file name."""
    entries = read_catalogue(manifest, definitions, project)
    parameters = {
        name: value
        for kpi in definitions.kpis.values()
        for name, value in kpi.parameters.items()
        # a table of ids says where a field is, not what a KPI means
        if not isinstance(value, dict)
    }
    return {
        f"kpis.{language}.md": page(entries, parameters, language) for language in TEXTS
    }


def stale(texts: dict[str, str], folder: Path = PAGES) -> list[str]:
    """Return the names of the pages whose files say something else, or are missing."""
    return [
        name
        for name, text in texts.items()
        if not (folder / name).exists()
        or (folder / name).read_text(encoding="utf-8") != text
    ]


def write_pages(texts: dict[str, str], folder: Path = PAGES) -> None:
    """Write the pages into a folder."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def page(entries: dict[str, Entry], parameters: dict, language: str) -> str:
    """Return the catalogue in one language: contents, then family by family."""
    texts = TEXTS[language]
    sections = {texts[family]: in_order(entries, family) for family in FAMILIES}
    sections[texts["guards"]] = [
        entry
        for _, entry in sorted(entries.items())
        if entry.meta.get("role") == "guard"
    ]
    blocks = [f"# {texts['title']}", texts["written"], texts["rules"]]
    for title, members in sections.items():
        blocks += [f"**{title}**", contents(members, language)]
    for title, members in sections.items():
        blocks.append(f"## {title}")
        for entry in members:
            blocks += described(entry, entries, language)
    blocks += [f"## {texts['parameters_in_force']}", texts["read"]]
    blocks.append("\n".join(f"- {line}" for line in settings(parameters)))
    return "\n\n".join(blocks) + "\n"


def in_order(entries: dict[str, Entry], family: str) -> list[Entry]:
    """Return a family's KPIs by id, each followed by its variants."""

    def place(entry: Entry) -> tuple:
        parent = entry.meta.get("variant_of")
        waits = entry.meta.get("maturity_days") or 0
        return (parent or entry.kpi_id, parent is not None, waits, entry.kpi_id)

    def family_of(entry: Entry) -> str:
        return entries[entry.meta.get("variant_of", entry.kpi_id)].meta["family"]

    found = [e for e in entries.values() if e.meta.get("role") != "guard"]
    return sorted((e for e in found if family_of(e) == family), key=place)


def contents(members: list[Entry], language: str) -> str:
    """Return a table of some KPIs, each a link to what is said of it."""
    texts = TEXTS[language]
    lines = [f"| {texts['columns']} |", "|---|---|---|---|---|"]
    for entry in members:
        cells = [
            link(entry, language),
            f"`{entry.kpi_id}`",
            texts[entry.meta["unit"]],
            texts.get(entry.meta.get("direction"), "-"),
            str(entry.meta["version"]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def link(entry: Entry, language: str) -> str:
    """Return a link to a KPI's heading, as Markdown readers name it."""
    label = entry.label(language)
    anchor = re.sub(r"[^\w -]", "", label.lower()).replace(" ", "-")
    return f"[{label}](#{anchor})"


def described(entry: Entry, entries: dict[str, Entry], language: str) -> list[str]:
    """Return what is to say of a KPI; of a variant, where it differs from its KPI."""
    texts = TEXTS[language]
    parent = entries.get(entry.meta.get("variant_of"))
    said = facts(entry, language)
    about = [f"`{entry.kpi_id}`", texts[entry.meta["unit"]]]
    if parent:
        about.append(texts["variant"].format(kpi=link(parent, language)))
        said = beside(said, facts(parent, language))
    if direction := entry.meta.get("direction"):
        about.append(texts["better"].format(direction=texts[direction]))
    about += [f"{texts['version']} {entry.meta['version']}", entry.meta["owner_team"]]
    return [
        f"{'####' if parent else '###'} {entry.label(language)}",
        " · ".join(about),
        entry.paragraphs(language)[0],
        "\n".join(
            f"- **{texts[name]}**{texts['colon']}{text}"
            for name, text in said.items()
            if text
        ),
    ]


def beside(said: dict[str, str], parents: dict[str, str]) -> dict[str, str]:
    """Return what a variant does not share with its KPI; paragraphs it may inherit."""
    inherits = {"population", "exclusions"}
    return {
        name: text or ("" if name in inherits else MISSING)
        for name, text in said.items()
        if text != parents[name]
    }


def facts(entry: Entry, language: str) -> dict[str, str]:
    """Return what is said of a KPI, by the name of the text that introduces it."""
    texts, meta = TEXTS[language], entry.meta
    _, population, exclusions = entry.paragraphs(language)
    days = meta.get("maturity_days")
    parts = {part: f"`{name}`" for part, name in entry.components.items()}
    return {
        "formula": divided(meta["scale"], parts),
        "population": population,
        "exclusions": exclusions,
        "example": example(entry, language),
        "target": texts["semicolon"].join(
            target(line, meta["unit"], language) for line in entry.targets
        ),
        "benchmark": texts["semicolon"].join(
            in_language(line, "figure", language)
            + (f" ({line['source']})" if "source" in line else "")
            for line in meta.get("benchmarks", [])
        ),
        "parameters": ", ".join(settings(entry.parameters)),
        "interval": texts[meta["interval"]],
        "maturity": texts["after"].format(days=days) if days else "",
        "cuts": ", ".join(entry.cuts).replace("contact_reason", "reason"),
        "changelog": texts["semicolon"].join(
            f"{line['version']} ({line['date']}){texts['colon']}"
            + in_language(line, "change", language)
            for line in meta["changelog"]
        ),
    }


def divided(scale: int, parts: dict[str, str]) -> str:
    """Return a formula of names or of numbers."""
    formula = parts["numerator"]
    if "denominator" in parts:
        formula += f" ÷ {parts['denominator']}"
    return formula if scale == 1 else f"{scale} {TIMES} {formula}"


def example(entry: Entry, language: str) -> str:
    """Return the worked case: what happened, the sum, and its interval where known."""
    said, unit = entry.meta["example"], entry.meta["unit"]
    numbers = {
        part: format_number(said[part], ",d", language)
        for part in ("numerator", "denominator")
        if part in said
    }
    text = f"{in_language(said, 'case', language).strip()} → "
    if "denominator" in numbers:
        text += f"{divided(entry.meta['scale'], numbers)} = "
    text += figure(said["value"], unit, language)
    if "interval" in said:
        low, high = (figure(str(end), unit, language) for end in said["interval"])
        text += f" ({low} {BETWEEN[language]} {high})"
    return text


def figure(value: str, unit: str, language: str) -> str:
    """Return a value with the decimals it was written with, and its unit."""
    if unit == "seconds":
        return format_value(float(value), unit, language)
    form = f",.{len(value.partition('.')[2])}f"
    return format_number(float(value), form, language) + UNITS[unit.lower()][1]


def target(line: dict[str, str], unit: str, language: str) -> str:
    """Return a target with what it holds for: green < 8 h, … (`channel = email`)."""
    texts = TEXTS[language]
    on_year = line["basis"] == "change_on_year"
    compared = "percent" if on_year else unit

    def threshold(colour: str) -> str:
        sign = {">=": "≥", "<=": "≤"}.get(
            line[f"{colour}_operator"], line[f"{colour}_operator"]
        )
        value = figure(line[f"{colour}_value"], compared, language)
        return f"{texts[colour]} {sign} {value}"

    said = [threshold("green"), threshold("red")]
    if line["too_low_value"]:
        value = figure(line["too_low_value"], unit, language)
        said.append(f"{texts['too_low']} {value}")
    text = ", ".join(said)
    if on_year:
        text += f" ({texts['change_on_year']})"
    if line["valid_from"] != "2000-01-01":
        text += f", {texts['since']} {line['valid_from']}"
    if line["cut"] != "overall":
        text += f" (`{line['cut']} = {line['cut_value']}`)"
    if line["period_grain"]:
        text += f" (`period_grain = {line['period_grain']}`)"
    return text


def settings(parameters: dict[str, object]) -> list[str]:
    """Return parameters as `dbt_project.yml` has them."""
    return [
        f"`{name}: {json.dumps(value, ensure_ascii=False)}`"
        for name, value in sorted(parameters.items())
    ]
