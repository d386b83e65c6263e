{#-
    The KPIs declared in _kpis__catalogue.yml, sorted by id. A metric is a KPI when it
    carries `meta.kpi`; a count has no denominator. Its cuts are those that the marts of
    both its components serve. dbt has no graph while it parses, so the list is empty then.
-#}
{% macro kpi_catalogue() %}

    {%- set kpis = [] -%}
    {%- set metrics = graph.get('metrics', {}).values() | sort(attribute='name') -%}
    {%- set cuts_of = {} -%}
    {%- for model in graph.get('semantic_models', {}).values() -%}
        {%- set cuts = model.entities | selectattr('type', 'equalto', 'foreign')
            | map(attribute='name') | list -%}
        {%- for measure in model.measures -%}
            {%- do cuts_of.update({measure.name: cuts}) -%}
        {%- endfor -%}
    {%- endfor -%}

    {%- for metric in metrics if metric.config.meta.kpi -%}
        {%- set inputs = metric.type_params -%}
        {%- set kpi = dict(metric.config.meta.kpi) -%}
        {%- set numerator = (inputs.numerator or inputs.measure).name -%}
        {%- set denominator = inputs.denominator.name if inputs.denominator else none -%}
        {%- do kpi.update({
            'kpi_id': metric.name,
            'label_en': metric.label,
            'definition_en': metric.description,
            'numerator_component': numerator,
            'denominator_component': denominator,
            'cuts': cuts_of[numerator]
                | select('in', cuts_of[denominator or numerator]) | list,
        }) -%}
        {%- do kpis.append(kpi) -%}
    {%- endfor -%}

    {{ return(kpis) }}

{% endmacro %}
