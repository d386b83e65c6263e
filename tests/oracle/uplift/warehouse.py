"""The uplift models on facts made elsewhere, from dbt's compiled text."""

from pathlib import Path

import duckdb

from tests.oracle.uplift.worlds import Facts

MODELS = (
    "int_customers_banded",
    "int_uplift_windows_followed",
    "int_uplift_strata_weighed",
    "int_issues_matched",
    "int_experiment_outcomes",
    "int_experiments_compared",
    "rpt_uplift",
    "rpt_uplift_checks",
)
SCHEMAS = ("staging", "reference", "intermediate", "core", "kpis")


def compiled(target: Path) -> dict[str, str]:
    """Return the compiled text of the models, from a target folder of dbt."""
    # unit tests leave models of the same name in folders of their own
    return {
        file.stem: file.read_text(encoding="utf-8")
        for file in (target / "compiled" / "savoir" / "models").rglob("*.sql")
        if file.stem in MODELS and ".yml" not in str(file)
    }


def empty() -> duckdb.DuckDBPyConnection:
    """Return a warehouse where no experiment was made, and nothing else."""
    warehouse = duckdb.connect(":memory:")
    warehouse.execute("set TimeZone = 'UTC'; set threads = 1")
    warehouse.execute("attach ':memory:' as savoir; use savoir")
    for schema in SCHEMAS:
        warehouse.execute(f"create schema {schema}")
    warehouse.execute(
        """
        create table staging.stg_generic__experiment_assignments (
            experiment_id varchar, customer_source_id varchar, email_key varchar,
            arm varchar, assigned_at timestamp
        );
        create table reference.experiments (
            experiment_id varchar, is_of_service boolean
        );
        create table intermediate.int_customer_identities_resolved (
            customer_source_id varchar, email_key varchar, customer_id varchar
        )
        """
    )
    return warehouse


def build(
    warehouse: duckdb.DuckDBPyConnection, texts: dict[str, str], *models: str
) -> None:
    """Build some models, in order, on what they read."""
    for model in models:
        schema = "kpis" if model.startswith("rpt_") else "intermediate"
        warehouse.execute(f"create table {schema}.{model} as {texts[model]}")


def run(texts: dict[str, str], facts: Facts) -> duckdb.DuckDBPyConnection:
    """Build the models on some facts; return the warehouse they stand in."""
    warehouse = empty()
    orders, issues = facts.orders, facts.issues  # noqa: F841 (DuckDB reads them)
    warehouse.execute(
        """
        create table intermediate.int_orders_credited as
        select * replace (
            margin_amount::decimal(18, 2) as margin_amount,
            ordered_at::timestamp as ordered_at,
            ordered_date::date as ordered_date
        )
        from orders
        """
    )
    warehouse.execute(
        """
        create table intermediate.int_issues_chained as
        select * replace (
            opened_at::timestamp as opened_at, ended_at::timestamp as ended_at
        )
        from issues
        """
    )
    warehouse.execute(
        """
        create table core.fct_issues as
        select
            *, 'email' as channel, 'Lyon' as site, null::varchar as partner,
            'Support N1' as team, true as is_resolved, true as is_resolved_first_time
        from intermediate.int_issues_chained
        """
    )
    warehouse.execute(
        """
        create table intermediate.int_data_horizon as
        select ?::timestamp as as_of, min(ordered_at) as first_event_at
        from intermediate.int_orders_credited
        """,
        [str(facts.as_of)],
    )
    build(warehouse, texts, *MODELS)
    return warehouse
