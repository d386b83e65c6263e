"""The known systems: each module beside this one declares one as `SYSTEM`."""

import importlib
import pkgutil

from savoir.landing.schema import System


def known() -> dict[str, System]:
    """Return every declared system by the name of its landing folder."""
    modules = (
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    )
    return {module.SYSTEM.name: module.SYSTEM for module in modules}
