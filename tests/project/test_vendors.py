"""One retailer's tickets in every helpdesk's form give the same figures."""

from collections import defaultdict
from pathlib import Path

import pytest

from savoir.demo import write_demo
from savoir.demo.helpdesks import HELPDESKS, gaps
from savoir.landing.run import land
from savoir.paths import PROJECT
from tests.oracle.parameters import Parameters
from tests.oracle.warehouse import Project, Warehouse
from tests.sharing import made_once

SCALE = 0.1
OTHERS = sorted(set(HELPDESKS) - {"zendesk"})


class Landed(Warehouse):
    """A warehouse of exports that were landed, up to the components."""

    def __init__(self, project: Project, raw: Path) -> None:
        self.landed = raw
        self.wanted = project.ancestors("kpi_components") | {"kpi_components"}
        super().__init__(project)
        self.build(varies=True)

    def load_landed(self) -> None:
        """Create the table of every landed entity, with its rows."""
        for folder in {path.parent for path in self.landed.glob("*/*/*.parquet")}:
            self.connection.execute(
                f"create table savoir.raw.{folder.parent.name}__{folder.name} as"
                f" from read_parquet('{folder}/*.parquet', union_by_name = true)"
            )

    def build(self, *, varies: bool, names: frozenset[str] | None = None) -> None:
        """Build no more than the components need."""
        super().build(varies=varies, names=names or self.wanted)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    def compile_into(folder: Path) -> None:
        Project.compile(folder, Parameters())

    return Project(made_once(tmp_path_factory, "helpdesks", compile_into))


def components_of(helpdesk: str, project: Project, folder: Path) -> dict:
    """The components of the demo with a helpdesk, every one that is not zero."""
    exports = write_demo(
        folder / "landing", scale=SCALE, helpdesk=helpdesk, show_progress=False
    )
    raw = folder / "raw"
    report = land(exports, raw, show_progress=False)
    unread = [r for r in report.rejects if r.file.startswith(f"{helpdesk}/")]
    assert not unread
    warehouse = Landed(project, raw)
    components = warehouse.components()
    warehouse.connection.close()
    return components


@pytest.fixture(scope="module")
def of_zendesk(project, tmp_path_factory) -> dict:
    return components_of("zendesk", project, tmp_path_factory.mktemp("zendesk"))


def differing(one: dict, other: dict) -> dict[tuple[str, str], tuple]:
    """The first key of each component and cut whose values differ."""
    found = {}
    for key in sorted(one.keys() | other.keys()):
        if one.get(key, 0) != other.get(key, 0):
            found.setdefault((key[0], key[3]), key)
    return found


@pytest.mark.parametrize("helpdesk", OTHERS)
def test_the_figures_are_zendesks_but_for_what_is_not_exported(
    helpdesk, project, of_zendesk, tmp_path
):
    found = differing(of_zendesk, components_of(helpdesk, project, tmp_path))
    unexplained = [
        key for pair, key in found.items() if gaps.is_carried(helpdesk, *pair)
    ]
    assert not unexplained
    missed = defaultdict(set)
    for component, cut in found:
        for gap in gaps.GAPS[helpdesk]:
            if gap.covers(component, cut):
                missed[gap].add(component)
    for gap in gaps.GAPS[helpdesk]:
        for name in gap.components:
            assert any(gaps.fits(c, name) for c in missed[gap]), (gap.what, name)


def test_the_page_says_what_is_not_exported():
    page = (PROJECT / "docs" / "exports.md").read_text(encoding="utf-8")
    assert "\n".join(gaps.table()) in page
