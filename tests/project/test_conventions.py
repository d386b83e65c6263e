"""House rules, read from dbt's own artefacts. A rule nobody runs is a wish."""

import re
from collections import Counter

import pytest

from savoir.paths import PROJECT

LAYERS = ["staging", "intermediate", "core", "kpis"]
NAMES = {
    "staging": r"stg_[a-z][a-z0-9]*(_[a-z]+)*__[a-z_]+",
    "intermediate": r"int_[a-z_]+",
    "core": r"(fct|dim|bridge)_[a-z_]+",
    "kpis": r"(kpi|dim|rpt)_[a-z_]+",
}
TYPES = {
    r"^(is|has)_": "BOOLEAN",
    r"_at$|^as_of$": "TIMESTAMP",
    r"_(date|day)$": "DATE",
    r"_(id|key)$": "VARCHAR",
    r"_seconds$": "BIGINT",
    r"_amount$": "DECIMAL(18,2)",
}
FREE_TEXT_OR_PERSON = r"(^|_)(email|phone|name|comment|subject|description|body)$"


@pytest.fixture(scope="module")
def manifest(demo):
    return demo.manifest()


@pytest.fixture(scope="module")
def models(manifest):
    nodes = manifest["nodes"].values()
    found = {n["name"]: n for n in nodes if n["resource_type"] == "model"}
    assert len(found) > 60
    return found


@pytest.fixture(scope="module")
def columns(demo):
    return demo.read(
        """
        select table_schema, table_name, column_name, data_type
        from information_schema.columns
        where table_schema in ('staging', 'intermediate', 'core', 'kpis')
        """
    )


def layer(model):
    return model["config"]["schema"]


def readable(model):
    """The layers it may read: fits have no contract, but read what marts do."""
    own = "kpis" if "value" in model["fqn"] else layer(model)
    return LAYERS[: LAYERS.index(own) + 1]


def test_models_are_named_for_their_layer(models):
    wrong = [n for n, m in models.items() if not re.fullmatch(NAMES[layer(m)], n)]
    assert wrong == []


def test_models_say_what_one_row_is(models):
    wrong = [n for n, m in models.items() if "One row per" not in m["description"]]
    assert wrong == []


def test_models_read_only_from_the_layers_below(models, manifest):
    wrong = []
    for name, model in models.items():
        here = layer(model)
        for parent in model["depends_on"]["nodes"]:
            kind, *_, parent_name = parent.split(".")
            if kind == "source" and here != "staging":
                wrong.append((name, parent))
            if kind == "model" and layer(models[parent_name]) not in readable(model):
                wrong.append((name, parent))
    assert wrong == []


def test_every_mart_has_an_enforced_contract(models):
    marts = [m for m in models.values() if layer(m) in ("core", "kpis")]
    assert [m["name"] for m in marts if not m["contract"]["enforced"]] == []


def test_every_column_is_described_and_nothing_else(models, columns):
    built = {(table, column) for _, table, column, _ in columns}
    described = {
        (name, column)
        for name, model in models.items()
        for column, facts in model["columns"].items()
        if facts["description"].strip()
    }
    assert built ^ described == set()


def test_every_model_has_a_test_of_its_own(manifest, models):
    tested = Counter(
        node["attached_node"].split(".")[-1]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node.get("attached_node")
    )
    tested.update(
        node["depends_on"]["nodes"][0].split(".")[-1]
        for node in manifest["unit_tests"].values()
    )
    assert set(models) - set(tested) == set()


def test_column_types_follow_their_names(columns):
    wrong = [
        (table, column, type_)
        for _, table, column, type_ in columns
        for pattern, expected in TYPES.items()
        if re.search(pattern, column) and type_ != expected
    ]
    assert wrong == []


def test_no_person_and_no_free_text_leaves_staging(columns):
    wrong = [
        (table, column)
        for schema, table, column, _ in columns
        if schema != "staging" and re.search(FREE_TEXT_OR_PERSON, column)
    ]
    assert wrong == []


def test_each_macro_stands_alone_in_the_file_of_its_name():
    """The variants that dbt dispatches to by engine are one macro."""
    for path in (PROJECT / "macros").rglob("*.sql"):
        macros = re.findall(r"{% macro (\w+)\(", path.read_text())
        assert len(macros) == len(set(macros))
        names = {re.sub(r"^(duckdb|spark)__", "", macro) for macro in macros}
        assert names == {path.stem}


def test_every_kpi_component_is_a_column_of_a_mart(manifest, models):
    measures = {
        (measure["name"], model["node_relation"]["alias"])
        for model in manifest["semantic_models"].values()
        for measure in model["measures"]
    }
    for name, table in measures:
        assert name in models[table]["columns"]
    names = [name for name, _ in measures]
    assert len(names) == len(set(names))
    for metric in manifest["metrics"].values():
        kpi = metric["config"]["meta"].get("kpi")
        if kpi:
            inputs = metric["type_params"]
            parts = ("measure", "numerator", "denominator")
            used = {inputs[part]["name"] for part in parts if inputs.get(part)}
            used |= {
                kpi[k] for k in ("squares_component", "sample_component") if k in kpi
            }
            assert used <= set(names)


def test_each_mart_column_below_its_grain_is_a_component(manifest, models):
    """A component nobody declares would be missing from every cut, silently."""
    for model in manifest["semantic_models"].values():
        table = model["node_relation"]["alias"]
        if not table.startswith("kpi_"):
            continue
        grain = {entity["name"] for entity in model["entities"]}
        grain |= {"date_day", "period_grain", "period_start_date"}
        measures = {measure["name"] for measure in model["measures"]}
        assert set(models[table]["columns"]) - grain == measures
