"""Lands new exports when dbt builds, so that plain `dbt build` needs no other step."""

from pathlib import Path
from typing import Any

import yaml
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.exceptions import DbtBaseException
from rich.console import Console

from savoir import paths
from savoir.landing import systems
from savoir.landing.dates import declared_orders
from savoir.landing.report import print_report
from savoir.landing.run import LandingError, land

BUILDING = ("build", "run", "retry")


class Plugin(BasePlugin):
    """The dbt-duckdb plugin that a profile names as `savoir.landing.plugin`."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Land, if dbt's command is one that builds models.

        Raises `DbtBaseException` for an unreadable file if `strict_landing` is true,
        and for a variable that is no order of dates.
        """
        flags = get_flags()
        if flags.WHICH not in BUILDING:
            return
        declared = variables(flags)
        strict = str(declared.get("strict_landing")).lower() == "true"
        try:
            report = land(
                paths.landing(),
                paths.raw(),
                strict=strict,
                show_progress=False,
                known=systems.known(declared_orders(declared)),
            )
        except (LandingError, ValueError) as error:
            # dbt-duckdb swallows the text of the more usual DbtRuntimeError.
            raise DbtBaseException(f"Landing stopped: {error}") from error
        unreadable = any(row.status == "unreadable" for row in report.files)
        if report.new or report.removed or unreadable:
            print_report(report, Console())


def variables(flags: Any) -> dict[str, Any]:
    """Return dbt's variables: those of its command line over the project's.

    dbt has them no sooner than the adapter, of which this plugin is a part.
    """
    project = yaml.safe_load(
        (Path(flags.PROJECT_DIR) / "dbt_project.yml").read_text(encoding="utf-8")
    )
    values = project.get("vars") or {}
    own = values.get(project["name"]) or {}
    return values | own | dict(flags.VARS or {})
