"""One retailer's world in every product's form gives the same figures."""

from collections import defaultdict
from pathlib import Path

import pytest

from savoir.demo import write_demo
from savoir.demo.vendors import OWN, PRODUCTS, gaps
from savoir.landing.run import land
from savoir.paths import PROJECT
from tests.oracle.parameters import Parameters
from tests.oracle.warehouse import Landed, Project

SCALE = 0.15  # so small that every gap still shows
# Worlds are dear, so products of different kinds share one; but no two that lack the
# same, as nobody could tell then whose gap a difference is. And the telephony's name
# comes before the helpdesk's, as Asterisk's does: of contacts that tie for a cent of
# the ledger, the first by id gets it.
WORLDS = (
    {"helpdesk": "freshdesk", "telephony": "aircall", "survey": "typeform"},
    {"helpdesk": "salesforce", "shop": "magento"},
    {"helpdesk": "intercom", "telephony": "genesys", "shop": "prestashop"},
    {"helpdesk": "gorgias", "shop": "olist"},
    {"helpdesk": "hubspot"},
    {"telephony": "amazon_connect", "survey": "surveymonkey"},
    {"telephony": "five9", "survey": "delighted"},
    {"telephony": "threecx"},
    {"telephony": "zendesk_talk"},
    {"telephony": "twilio", "shop": "woocommerce"},
)
# what Olist's tables don't say of themselves
VARIABLES = {"olist_currency": "EUR", "olist_timezone": "Europe/Paris"}
KEY = "component, period_grain, period_start_date, cut, cut_value"
COMPONENTS = f"""
    select {KEY}, component_value as figure
    from savoir.kpis.kpi_components
    where component_value != 0
"""


def differing(warehouse: Landed, own: Path) -> dict[tuple[str, str], tuple]:
    """The first line of each component and cut whose figure is not our own's."""
    rows = warehouse.connection.execute(
        f"""
        select component, cut, min((period_grain, period_start_date, cut_value,
            own.figure, others.figure))
        from '{own}' as own full join ({COMPONENTS}) as others using ({KEY})
        where own.figure is distinct from others.figure
        group by all
        """
    ).fetchall()
    return {(component, cut): line for component, cut, line in rows}


def built(project: Project, folder: Path, **products: str) -> Landed:
    """The demo with some products, landed without a reject of theirs and built."""
    exports = write_demo(
        folder / "landing", scale=SCALE, show_progress=False, **products
    )
    raw = folder / "raw"
    report = land(exports, raw, show_progress=False)
    folders = {PRODUCTS[kind][name].folder or name for kind, name in products.items()}
    assert not [r for r in report.rejects if Path(r.file).parts[0] in folders]
    models = project.ancestors("kpi_components") | {"kpi_components"}
    return Landed(project, raw, models)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    return Project.compile(
        tmp_path_factory.mktemp("vendors"), Parameters(), **VARIABLES
    )


@pytest.fixture(scope="module")
def own(project, tmp_path_factory) -> Path:
    """The components of the demo as it is, every one that is not zero."""
    folder = tmp_path_factory.mktemp("own")
    warehouse = built(project, folder)
    path = folder / "components.parquet"
    warehouse.connection.execute(f"copy ({COMPONENTS}) to '{path}'")
    warehouse.connection.close()
    return path


@pytest.mark.parametrize("products", WORLDS, ids=lambda world: "+".join(world.values()))
def test_the_figures_are_our_own_but_for_what_is_not_exported(
    products, project, own, tmp_path
):
    warehouse = built(project, tmp_path, **products)
    found = differing(warehouse, own)
    warehouse.connection.close()
    unexplained, missed = {}, defaultdict(set)
    for (component, cut), line in found.items():
        lacking = [
            p for p in products.values() if not gaps.is_carried(p, component, cut)
        ]
        if not lacking:
            unexplained[component, cut] = line
        if len(lacking) == 1:
            missed[lacking[0]].add((component, cut))
    assert not unexplained
    for product in products.values():
        for gap in gaps.gaps_of(product):
            hit = {c for c, cut in missed[product] if gap.covers(c, cut)}
            for name in gap.components:
                assert any(gaps.fits(c, name) for c in hit), (gap.what, name)


def test_every_product_is_in_one_world():
    tried = sorted(pair for world in WORLDS for pair in world.items())
    pairs = ((kind, name) for kind, products in PRODUCTS.items() for name in products)
    assert tried == sorted(pair for pair in pairs if pair not in OWN.items())


def test_the_page_says_what_is_not_exported():
    page = (PROJECT / "docs" / "exports.md").read_text(encoding="utf-8")
    assert "\n".join(gaps.table()) in page
