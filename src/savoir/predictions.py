"""How good the predictions are, as tables: in a terminal, and for `docs/value.md`."""

from pathlib import Path

import duckdb
from rich.console import Console
from rich.markdown import Markdown

from savoir.printing import (
    BETWEEN,
    MISSING,
    Texts,
    format_number,
    read_rows,
    texts_in,
)

TEXTS: Texts = {
    "en": {
        "quality": "Prediction|Measure|Model|95 % interval|Rule of thumb|Better?",
        "calibration": "Prediction|Tenth|Customers|Predicted|Came",
        "customer_orders": "orders",
        "customer_margin": "margin, EUR",
        "customer_churn": "customers lost",
        "root_mean_square_error": "typical error per customer",
        "mean_absolute_error": "mean error per customer",
        "total_ratio": "predicted per 1 that came",
        "area_under_curve": "lost rated above kept (0.5 is chance)",
        "top_decile_lift": "lost in the first tenth, times the usual",
        "True": "yes",
        "False": "not surely",
        "nothing": "Too little history to hold anything out.",
    },
    "fr": {
        "quality": "Prévision|Mesure|Modèle|Intervalle 95 %|Règle simple|Meilleur ?",
        "calibration": "Prévision|Dixième|Clients|Prévu|Constaté",
        "customer_orders": "commandes",
        "customer_margin": "marge, EUR",
        "customer_churn": "clients perdus",
        "root_mean_square_error": "erreur typique par client",
        "mean_absolute_error": "erreur moyenne par client",
        "total_ratio": "prévu pour 1 constaté",
        "area_under_curve": "perdus classés avant les gardés (0,5 : le hasard)",
        "top_decile_lift": "perdus du premier dixième, fois l'habituel",
        "True": "oui",
        "False": "pas sûrement",
        "nothing": "Trop peu d'historique pour en réserver une part.",
    },
}

QUALITY = "from kpis.rpt_model_quality order by model_id, metric"
CALIBRATION = "from kpis.rpt_model_calibration order by model_id, predicted_decile"
BEGIN = "<!-- figures written by `savoir predictions --page`; edit none by hand -->"
END = "<!-- end of figures -->"
CHART = "value_calibration.svg"


def print_predictions(database: Path, console: Console, language: str = "en") -> None:
    """Print the tables; raise `duckdb.Error` where there is no built warehouse."""
    with duckdb.connect(str(database), read_only=True) as connection:
        console.print(Markdown(tables(connection, language)))


def write_page(database: Path, page: Path) -> None:
    """Put the tables between a page's two marks, and a chart beside the page.

    Raise `ValueError` where the page has no marks.
    """
    import vl_convert

    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{page} has no place for figures: {BEGIN} … {END}")
    before, _, rest = text.partition(BEGIN)
    with duckdb.connect(str(database), read_only=True) as connection:
        figures = tables(connection)
        chart = vl_convert.vegalite_to_svg(calibration_chart(connection))
    text = f"{before}{BEGIN}\n\n{figures}\n\n{END}{rest.partition(END)[2]}"
    page.write_text(text, encoding="utf-8")
    (page.parent / CHART).write_text(chart + "\n", encoding="utf-8")


def tables(connection: duckdb.DuckDBPyConnection, language: str = "en") -> str:
    """Return what was measured as Markdown: quality, then calibration."""
    texts = texts_in(TEXTS, language)

    def number(value: float | None) -> str:
        return MISSING if value is None else format_number(value, ",.2f", language)

    quality = [
        (
            texts[row["model_id"]],
            texts[row["metric"]],
            number(row["metric_value"]),
            f" {BETWEEN[language]} ".join(
                number(row[end]) for end in ("interval_low", "interval_high")
            ),
            number(row["baseline_value"]),
            texts[str(row["is_better_than_baseline"])],
        )
        for row in read_rows(connection, QUALITY)
    ]
    calibration = [
        (
            texts[row["model_id"]],
            str(row["predicted_decile"]),
            str(row["customers"]),
            format_number(row["predicted_total"], ",.0f", language),
            format_number(row["actual_total"], ",.0f", language),
        )
        for row in read_rows(connection, CALIBRATION)
    ]
    if not quality:
        return texts["nothing"]
    return "\n\n".join(
        [_table(texts["quality"], quality), _table(texts["calibration"], calibration)]
    )


def _table(heads: str, rows: list[tuple]) -> str:
    lines = [heads.split("|"), ["---"] * len(heads.split("|")), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def calibration_chart(connection: duckdb.DuckDBPyConnection) -> dict:
    """Return a Vega-Lite chart: what came by what was predicted, a point per tenth."""
    texts = texts_in(TEXTS, "en")
    points = [
        {
            "model": texts[row["model_id"]],
            "predicted": round(row["predicted_total"] / row["customers"], 4),
            "came": round(row["actual_total"] / row["customers"], 4),
        }
        for row in read_rows(connection, CALIBRATION)
    ]
    axis = {"type": "quantitative", "scale": {"zero": False}}
    axes = {"x": {"field": "predicted"} | axis, "y": {"field": "came"} | axis}
    right = axes | {"y": {"field": "predicted", "title": "came"} | axis}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": points},
        "facet": {"column": {"field": "model", "title": "per customer, by tenth"}},
        "resolve": {"scale": {"x": "independent", "y": "independent"}},
        "spec": {
            "width": 200,
            "height": 200,
            "layer": [
                {"mark": {"type": "line", "color": "#999"}, "encoding": right},
                {"mark": {"type": "point", "filled": True}, "encoding": axes},
            ],
        },
    }
