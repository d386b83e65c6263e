"""What the pages link to exists: files, and headings inside them."""

import re
from pathlib import Path

import pytest

from savoir.paths import PROJECT

# the front page of the documentation site is read where `make docs` writes it
READ_IN = {PROJECT / "models" / "_overview.md": PROJECT / "target" / "docs"}
PAGES = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *READ_IN]


def links(page: Path) -> list[tuple[Path, str]]:
    """Return the file and the heading of every link that leads into the project."""
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in link:
            file, _, heading = link.partition("#")
            folder = READ_IN.get(page, page.parent)
            found.append(((folder / file).resolve() if file else page, heading))
    return found


def anchors(page: Path) -> set[str]:
    """Return the headings of a page, as links name them."""
    titles = re.findall(r"(?m)^#+ (.+)$", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    astray = [
        f"{file.name}#{heading}"
        for file, heading in links(page)
        if not file.exists() or (heading and heading not in anchors(file))
    ]
    assert astray == []


def test_the_readers_first_pages_have_links():
    for name in ("README.md", "docs/kpis.en.md", "docs/kpis.fr.md"):
        assert links(PROJECT / name), name
    assert links(*READ_IN)


def test_a_link_astray_is_found(tmp_path):
    (tmp_path / "there.md").write_text("# Réponses, 20 s\n")
    page = tmp_path / "page.md"
    page.write_text("[a](there.md#réponses-20-s) [b](gone.md) [c](#here) [d](http://x)")
    assert links(page) == [
        (tmp_path / "there.md", "réponses-20-s"),
        (tmp_path / "gone.md", ""),
        (page, "here"),
    ]
    assert anchors(tmp_path / "there.md") == {"réponses-20-s"}
