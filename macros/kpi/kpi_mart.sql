{#-
    A KPI mart as _kpis__semantic.yml declares it: its time column, its dimensions (the
    cuts it can serve) and its components. Empty while dbt parses.
-#}
{% macro kpi_mart(model_name) %}

    {%- set mart = {'time': 'date_day', 'dimensions': [], 'components': []} -%}

    {%- for semantic_model in graph.get('semantic_models', {}).values()
        if semantic_model.node_relation.alias == model_name -%}
        {%- do mart.update({'time': semantic_model.defaults.agg_time_dimension}) -%}
        {%- for entity in semantic_model.entities if entity.type == 'foreign' -%}
            {%- do mart.dimensions.append(entity.name) -%}
        {%- endfor -%}
        {%- for measure in semantic_model.measures -%}
            {%- do mart.components.append(measure.name) -%}
        {%- endfor -%}
    {%- endfor -%}

    {{ return(mart) }}

{% endmacro %}
