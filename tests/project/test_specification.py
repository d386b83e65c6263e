"""The catalogue covers what was specified, and holds nothing that nobody uses.

`specified_kpis.csv` is the specification's own list, kept by hand: what is promised
stands there whether the catalogue knows it or not.
"""

import csv
from pathlib import Path

import pytest

with Path(__file__).with_name("specified_kpis.csv").open(encoding="utf-8") as file:
    SPECIFIED = list(csv.DictReader(file))
BUILT = [kpi for kpi in SPECIFIED if kpi["is_built"] == "true"]


@pytest.mark.parametrize("kpi", BUILT, ids=lambda kpi: kpi["kpi_id"])
def test_a_specified_kpi_has_its_labels_and_rows(demo, kpi):
    labels = demo.read(
        f"""
        select label_en, label_fr from kpis.dim_kpi
        where kpi_id = '{kpi["kpi_id"]}' and role = 'kpi'
        """
    )
    assert labels == [(kpi["label_en"], kpi["label_fr"])]
    rows = demo.read(
        f"""
        select count(*) filter (where cut = 'overall'), count(distinct cut)
        from kpis.rpt_kpi_scorecard
        where kpi_id = '{kpi["kpi_id"]}' and kpi_value is not null
        """
    )
    ((overall, cuts),) = rows
    assert overall > 0
    assert cuts > 1  # something to cut it by, beside the overall line


def test_every_kpi_is_specified(demo):
    """Variants and guards stand beside the KPIs; they are nobody's headline."""
    found = {
        kpi_id
        for (kpi_id,) in demo.read("select kpi_id from kpis.dim_kpi where role = 'kpi'")
    }
    assert found == {kpi["kpi_id"] for kpi in BUILT}


def test_a_component_is_used_by_a_kpi_or_says_what_it_is_for(demo):
    manifest = demo.manifest()
    used = set()
    for metric in manifest["metrics"].values():
        kpi = metric["config"]["meta"].get("kpi")
        if kpi:
            inputs = metric["type_params"]
            for part in ("measure", "numerator", "denominator"):
                if inputs.get(part):
                    used.add(inputs[part]["name"])
            used |= {kpi.get("squares_component"), kpi.get("sample_component")}
    idle = [
        measure["name"]
        for model in manifest["semantic_models"].values()
        for measure in model["measures"]
        if measure["name"] not in used and not measure["description"]
    ]
    assert idle == []


def test_a_variant_belongs_to_a_kpi_and_shares_its_unit(demo):
    apart = demo.read(
        """
        select variants.kpi_id
        from kpis.dim_kpi as variants
        left join kpis.dim_kpi as kpis on variants.variant_of_kpi_id = kpis.kpi_id
        where variants.role = 'variant'
            and (
                kpis.role is distinct from 'kpi'
                or (kpis.unit != variants.unit and variants.unit not like 'per_100_%')
            )
        """
    )
    assert apart == []
