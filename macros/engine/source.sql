{#-
    dbt's own `source`, which every model calls. DuckDB reads the `external_location` of
    the source as it stands; Spark the folder of Parquet files that it names.
-#}
{% macro source(system, entity) %}
    {{ return(adapter.dispatch('source', 'savoir')(system, entity)) }}
{% endmacro %}

{% macro duckdb__source(system, entity) %}
    {{ return(builtins.source(system, entity)) }}
{% endmacro %}

{% macro spark__source(system, entity) %}
    {%- set relation = builtins.source(system, entity) -%}
    {%- for node in graph.get('sources', {}).values()
        if execute and relation.schema
        and node.source_name == system and node.name == entity -%}
        {%- set location = node.config.meta.external_location
            | replace('{name}', entity) | replace('/*.parquet', '') -%}
        {{ return('parquet.`' ~ location.split("'")[1] ~ '`') }}
    {%- endfor -%}
    {{ return(relation) }}
{% endmacro %}
