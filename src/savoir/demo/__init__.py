"""Exports of Maison Lumen, a retailer that does not exist, and what is true in them."""

import json
from pathlib import Path

from rich.progress import track

from savoir.demo import effects, experiment, outreach, season, workforce
from savoir.demo.exports import write_cost_ledger
from savoir.demo.files import Written, write
from savoir.demo.simulation import simulate
from savoir.demo.truth import truth
from savoir.demo.vendors import OWN, PRODUCTS

WRITERS = (
    ("cost_ledger", write_cost_ledger),
    ("generic", workforce.write_activity),
    ("generic", workforce.write_quality_reviews),
    ("generic", outreach.write_proactive_messages),
    ("generic", experiment.write_assignments),
)

README = """\
Everything in this folder is synthetic: Maison Lumen, its customers, its agents and its
figures do not exist. E-mail addresses use domains and telephone numbers use ranges
reserved for fiction. One folder per system, as the vendor writes its export (generic:
CSV files of the generic contract); a few rows are wrong on purpose. _truth/truth.json
says what a correct warehouse finds, where no other product stands in for ours.
"""


def write_demo(
    folder: Path,
    *,
    seed: int = 2025,
    scale: float = 1.0,
    show_progress: bool = True,
    **products: str,
) -> Path:
    """Write eighteen months of exports (2025-01 to 2026-06) and their truth.

    Systems go to `<folder>/<system>/`, the truth to `<folder>/_truth/truth.json`. The
    same seed and scale give the same bytes; `scale` multiplies customers. `products`
    names the helpdesk, telephony, shop or survey tool, each a key of `PRODUCTS`: others
    than the demo's own do not carry all of the truth, so they come without. Returns the
    folder. Raises ValueError for a scale outside (0, 25], and for Zendesk Talk without
    Zendesk.
    """
    chosen = OWN | products
    if chosen["telephony"] == "zendesk_talk" and chosen["helpdesk"] != "zendesk":
        raise ValueError("zendesk_talk needs the helpdesk zendesk: it is a part of it")
    world = simulate(seed, scale)
    writers = []
    for kind, name in chosen.items():
        product = PRODUCTS[kind][name]
        if product.renames:
            product.renames(world)
        writers += [(product.folder or name, write) for write in product.writers]
    written: list[Written] = []
    for system, write_exports in track(
        (*writers, *WRITERS), "Writing the demo exports", disable=not show_progress
    ):
        written += write_exports(world, folder / system)
    write(folder / "README.txt", README)
    if chosen != OWN:
        return folder
    found = truth(world, folder, written)
    for part in (workforce, outreach, season, effects, experiment):
        found |= part.truth(world)
        found["definitions"] = found["definitions"] | part.DEFINITIONS
    text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
    write(folder / "_truth" / "truth.json", text + "\n")
    return folder
