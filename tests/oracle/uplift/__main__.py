"""Many worlds, by hand: `python -m tests.oracle.uplift WORLDS TARGET`.

TARGET is a folder into which dbt has compiled the project.
"""

import sys
from pathlib import Path

from tests.oracle.uplift.proof import look
from tests.oracle.uplift.warehouse import compiled
from tests.oracle.uplift.worlds import GOOD_CUSTOMERS_ASK, OTHERS_ASK, Shop

texts = compiled(Path(sys.argv[2]))
for who, asks in (("good customers", GOOD_CUSTOMERS_ASK), ("others", OTHERS_ASK)):
    for uplift in (6, 0):
        found = [
            look(texts, Shop(uplift, asks), seed) for seed in range(int(sys.argv[1]))
        ]
        print(
            f"{who} ask, {uplift} points planted:",
            f"matched intervals hold it in"
            f" {sum(f.matched.contains(uplift) for f in found)}",
            f"and claim one in {sum(f.matched.low > 0 for f in found)}",
            f"of {len(found)} worlds;",
            f"observed hold it in {sum(f.observed.contains(uplift) for f in found)};",
            f"placebos reject {sum(not f.placebo.contains(0) for f in found)}",
        )
