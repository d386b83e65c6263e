"""The known systems: each module beside this one declares one as `SYSTEM`."""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import replace

from savoir.landing.schema import System

UNDECLARED: Mapping[str, str] = {}


def known(date_orders: Mapping[str, str] = UNDECLARED) -> dict[str, System]:
    """Return every declared system by the name of its landing folder.

    `date_orders` holds the declared order of dates with slashes, by system.
    """
    modules = (
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    )
    return {
        module.SYSTEM.name: replace(
            module.SYSTEM, date_order=date_orders.get(module.SYSTEM.name)
        )
        for module in modules
    }
