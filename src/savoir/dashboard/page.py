"""Put a page together: data, texts, style, script and chart library in one file."""

import base64
import hashlib
import json
import zlib
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

from savoir import paths
from savoir.dashboard.pack import Pack, read_pack
from savoir.dashboard.tables import Only

LANGUAGES = ("en", "fr")

# In the order the browser reads them; a view may use all that stand before it.
SCRIPTS = ("pack", "engine", "format", "dom", "charts", "app", "interventions", "cards")

ASSETS = files(__package__) / "assets"


def write_dashboard(
    published: Path,
    target: Path,
    run_results: Path | None = None,
    only: Only | None = None,
) -> Path:
    """Write the page of one scope, or of all, to `target`; return it.

    `published` is the published DuckDB file, `run_results` dbt's account of the last
    build, whose outcome the header shows.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    pack = read_pack(str(published), only)
    parameters = _parameters(published)
    pack.meta |= {
        "scope": {"cut": only.cut, "value": only.value} if only else {"cut": "all"},
        "minSample": parameters["min_sample"],
        "interventionDays": parameters["intervention_days"],
        "build": read_build(pack.meta["health"], run_results),
    }
    target.write_text(render(pack), encoding="utf-8")
    return target


def render(pack: Pack) -> str:
    """Return the page of a pack as HTML that asks the network for nothing."""
    script = _script()
    parts = {
        "policy": _policy(script, _chart_library()),
        "style": _asset("style.css"),
        "texts": _json({language: texts(language) for language in LANGUAGES}),
        "meta": _packed(_json(pack.meta).encode()),
        "data": _packed(pack.data),
        "library": _packed(_chart_library().encode()),
        "script": script,
    }
    page = _asset("page.html")
    for name, text in parts.items():
        page = page.replace("{{" + name + "}}", text, 1)
    return page


def _packed(data: bytes) -> str:
    # two levels more take ten times as long and save three percent
    return base64.b64encode(zlib.compress(data, 7)).decode()


def texts(language: str) -> dict[str, str]:
    """Return every text of the page in one language, by its key."""
    return json.loads(_asset(f"texts/{language}.json"))


def read_build(health: list[dict], run_results: Path | None) -> dict:
    """Return when the published build ended, and how its tests and a later build did.

    `health` is what the published file says of itself (`rpt_build_health`); a file
    without it is taken to be of the build that `run_results` accounts for. Empty when
    neither is there.
    """
    told = {(row["aspect"], row["name"]): row for row in health}
    last = _last_build(run_results)
    if ("build", "built at") not in told:
        return last
    counts = {
        name: row["value"] for (aspect, name), row in told.items() if row["value"]
    }
    passed = sum(n for name, n in counts.items() if name.endswith("tests passed"))
    warned = sum(n for name, n in counts.items() if name.endswith("tests that warn"))
    ended = told["build", "built at"]["detail"]
    is_newer = last.get("endedAt", "") > ended
    return {
        "endedAt": ended,
        "tests": passed + warned,
        "passed": passed,
        "warned": warned,
        "failed": last["failed"] if is_newer else 0,
    }


def _last_build(run_results: Path | None) -> dict:
    if run_results is None or not run_results.exists():
        return {}
    results = json.loads(run_results.read_text(encoding="utf-8"))
    tests = [
        node["status"]
        for node in results["results"]
        if node["unique_id"].startswith(("test.", "unit_test."))
    ]
    bad = [node for node in results["results"] if node["status"] in ("error", "fail")]
    return {
        "endedAt": results["metadata"]["generated_at"],
        "tests": len(tests),
        "passed": tests.count("pass"),
        "warned": tests.count("warn"),
        "failed": len(bad),
    }


def _parameters(published: Path) -> dict:
    """Return what the published build was given; the project's, if nothing says it."""
    manifest = published.resolve().with_name("manifest.json")
    if manifest.exists():
        return json.loads(manifest.read_text("utf-8"))["parameters"]
    project = yaml.safe_load((paths.PROJECT / "dbt_project.yml").read_text("utf-8"))
    return project["vars"]


@cache
def _chart_library() -> str:
    import vl_convert

    # in a scope of its own: only what it hangs on `window` is seen by the page
    return f"(() => {{{vl_convert.javascript_bundle()}\n}})();"


def _script() -> str:
    views = sorted(
        view.name for view in (ASSETS / "views").iterdir() if view.name.endswith(".js")
    )
    names = [f"{name}.js" for name in SCRIPTS] + [f"views/{view}" for view in views]
    return '"use strict";\n' + "\n".join(map(_asset, names)) + "\nstart();\n"


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _policy(*scripts: str) -> str:
    """A content security policy: these scripts and no other, nothing from elsewhere.

    The chart library compiles its expressions, which counts as evaluation.
    """
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes} 'unsafe-eval'; "
        "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; "
        "form-action 'none'"
    )


def _json(value: object) -> str:
    """JSON that may stand in a script element whatever its texts say."""
    text = json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value)} has no place in a page")
