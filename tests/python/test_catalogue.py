"""The pages of the KPI catalogue: whole, true to the project, in both languages."""

import re
from copy import deepcopy
from math import sqrt
from statistics import NormalDist

import pytest
import yaml
from typer.testing import CliRunner

from savoir import catalogue
from savoir.cli import app
from savoir.definitions import DefinitionsError, compiled, read_definitions
from savoir.paths import PROJECT

CATALOGUE = PROJECT / "models" / "marts" / "kpis" / "_kpis__catalogue.yml"
Z = NormalDist().inv_cdf(0.975)


@pytest.fixture(scope="module")
def manifest():
    return compiled()


@pytest.fixture(scope="module")
def definitions(manifest):
    return read_definitions(manifest)


@pytest.fixture(scope="module")
def entries(manifest, definitions):
    return catalogue.read_catalogue(manifest, definitions).values()


@pytest.fixture(scope="module")
def pages(manifest, definitions):
    return catalogue.pages(manifest, definitions)


def test_the_committed_pages_say_what_the_catalogue_says(pages):
    assert catalogue.stale(pages) == []


def test_every_kpi_has_its_place_on_both_pages(entries, pages):
    for language in catalogue.TEXTS:
        headings = re.findall(r"^####? (.*)$", pages[f"kpis.{language}.md"], re.M)
        assert sorted(headings) == sorted(e.label(language) for e in entries)


def test_every_example_is_worked_right(entries):
    for entry in entries:
        example = entry.meta["example"]
        value = example["numerator"]
        if "denominator" in example:
            value *= entry.meta["scale"] / example["denominator"]
        decimals = len(example["value"].partition(".")[2])
        assert f"{value:.{decimals}f}" == example["value"], entry.kpi_id


def test_every_interval_of_an_example_is_worked_right(entries):
    worked = [e for e in entries if "interval" in e.meta["example"]]
    assert {entry.meta["interval"] for entry in worked} == {"wilson", "nps"}
    for entry in worked:
        example = entry.meta["example"]
        n, share = example["denominator"], example["numerator"] / example["denominator"]
        if entry.meta["interval"] == "wilson":
            middle = (share + Z**2 / 2 / n) / (1 + Z**2 / n)
            half = sqrt(share * (1 - share) / n + (Z / 2 / n) ** 2) / (1 + Z**2 / n)
        else:
            middle = example["numerator"] / (n + 3)
            spread = (example["squares"] + 1.5) / (n + 3) - middle**2
            half = sqrt(spread / (n + 3))
        ends = [100 * (middle - Z * half), 100 * (middle + Z * half)]
        assert [round(end, 1) for end in ends] == example["interval"]


def test_no_text_is_left_in_the_other_language(entries):
    def texts(entry, language):
        yield entry.label(language)
        yield from filter(None, entry.paragraphs(language))
        yield catalogue.in_language(entry.meta["example"], "case", language)
        for line in entry.meta.get("benchmarks", []):
            yield catalogue.in_language(line, "figure", language)
        for line in entry.meta["changelog"]:
            yield catalogue.in_language(line, "change", language)

    for entry in entries:
        english, french = list(texts(entry, "en")), list(texts(entry, "fr"))
        assert len(english) == len(french), entry.kpi_id
        assert not set(english) & set(french), entry.kpi_id
    assert catalogue.TEXTS["en"].keys() == catalogue.TEXTS["fr"].keys()


def test_a_parameter_that_a_definition_quotes_is_among_its_parameters():
    for metric in yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))["metrics"]:
        kpi = metric["config"]["meta"]["kpi"]
        texts = [metric["description"], kpi["definition_fr"]]
        quoted = [set(re.findall(r"var\('(\w+)'\)", text)) for text in texts]
        assert quoted[0] == quoted[1], metric["name"]
        assert quoted[0] <= set(kpi.get("parameters", [])), metric["name"]


def test_every_link_leads_somewhere(pages):
    for page in pages.values():
        headings = re.findall(r"^#+ (.*)$", page, re.M)
        anchors = {
            re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings
        }
        for link in re.findall(r"\]\(([^)]+)\)", page):
            if link.startswith("#"):
                assert link[1:] in anchors
            else:
                assert (catalogue.PAGES / link).exists()


def test_no_page_names_a_machine(pages):
    for page in pages.values():
        assert str(PROJECT) not in page
        assert not re.search(r"(?<![\w.])(/\w+/|~/|[A-Z]:\\)|://", page)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda kpi: kpi["example"].pop("case_fr"), "csat has no example.case_fr"),
        (lambda kpi: kpi.pop("example"), "csat has no example.case"),
        (lambda kpi: kpi["example"].pop("denominator"), "csat has no example.denom"),
        (lambda kpi: kpi["benchmarks"][0].pop("figure"), "csat has no benchmarks.fig"),
        (lambda kpi: kpi.update(version=2), "csat has no changelog line for version 2"),
        (lambda kpi: kpi.update(definition_fr="Une part."), "no paragraph “Compte …”"),
        (lambda kpi: kpi.update(parameters=["as_off"]), "csat does not read as_off"),
    ],
)
def test_what_a_kpi_lacks_is_named(manifest, definitions, change, says):
    metrics = deepcopy(manifest["metrics"])
    change(metrics["metric.savoir.csat"]["config"]["meta"]["kpi"])
    with pytest.raises(DefinitionsError, match=says):
        catalogue.read_catalogue(manifest | {"metrics": metrics}, definitions)


def test_a_target_says_what_it_holds_for():
    line = {
        "valid_from": "2000-01-01",
        "cut": "overall",
        "cut_value": "all",
        "period_grain": "",
        "basis": "value",
        "green_operator": "<",
        "green_value": "5",
        "red_operator": ">=",
        "red_value": "10.5",
        "too_low_value": "",
    }
    said = [
        catalogue.target(line | changes, "percent", language)
        for language, changes in (
            ("en", {}),
            ("fr", {"too_low_value": "1"}),
            ("en", {"cut": "tier", "cut_value": "1", "valid_from": "2027-01-01"}),
            ("en", {"period_grain": "year", "basis": "change_on_year"}),
        )
    ]
    assert said == [
        "green < 5 %, red ≥ 10.5 %",
        "vert < 5 %, rouge ≥ 10,5 %, trop bas sous 1 %",
        "green < 5 %, red ≥ 10.5 %, since 2027-01-01 (`tier = 1`)",
        "green < 5 %, red ≥ 10.5 % (change on the same period a year before) "
        "(`period_grain = year`)",
    ]


@pytest.mark.parametrize(
    ("text", "exit_code", "says"),
    [("new", 1, "stale: kpis.en.md"), ("old", 0, "say what the catalogue says")],
)
def test_a_stale_page_fails_the_check_and_is_not_written(
    tmp_path, monkeypatch, text, exit_code, says
):
    page = tmp_path / "kpis.en.md"
    page.write_text("old")
    stale = catalogue.stale
    monkeypatch.setattr("savoir.definitions.compiled", dict)
    monkeypatch.setattr("savoir.definitions.read_definitions", dict)
    monkeypatch.setattr(catalogue, "pages", lambda *_: {page.name: text})
    monkeypatch.setattr(catalogue, "stale", lambda pages: stale(pages, tmp_path))
    result = CliRunner().invoke(app, ["definitions", "catalogue", "--check"])
    assert result.exit_code == exit_code
    assert says in result.output
    assert page.read_text() == "old"
