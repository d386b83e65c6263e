{#-
    The KPIs declared in _kpis__catalogue.yml, sorted by id. A metric is a KPI when it
    carries `meta.kpi`. dbt has no graph while it parses, so the list is empty then.
-#}
{% macro kpi_catalogue() %}

    {%- set kpis = [] -%}
    {%- set metrics = graph.get('metrics', {}).values() | sort(attribute='name') -%}

    {%- for metric in metrics if metric.config.meta.kpi -%}
        {%- set kpi = dict(metric.config.meta.kpi) -%}
        {%- do kpi.update({
            'kpi_id': metric.name,
            'label_en': metric.label,
            'definition_en': metric.description,
            'numerator_component': metric.type_params.numerator.name,
            'denominator_component': metric.type_params.denominator.name,
        }) -%}
        {%- do kpis.append(kpi) -%}
    {%- endfor -%}

    {{ return(kpis) }}

{% endmacro %}
