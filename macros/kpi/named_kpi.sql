{#-
    The mart a reader looks for by a KPI's name: its components by month and dimension,
    with value, interval and version. No rule of its own: dim_kpi says what is divided by what.
    `extra` lists further components to show beside the two. Where `gains_stand_alone`, what
    was earned where nothing was spent is part of the sum all the same. Its dimensions are
    the few a reader starts from; the daily marts have them all.
-#}
{% macro named_kpi(kpi_id, mart, extra=[], literals={}, gains_stand_alone=false) %}

    {#- no KPI is known while dbt parses -#}
    {%- set kpi = (kpi_catalogue() | selectattr('kpi_id', 'equalto', kpi_id) | list
        + [{'scale': 1, 'version': 0}])[0] -%}
    {%- set shape = kpi_mart(mart) -%}
    {%- set scale = kpi.scale -%}
    {%- set dimensions = [
        'channel', 'contact_reason', 'journey_stage', 'team', 'tier', 'site', 'partner'
    ] -%}
    {%- set time = "date_trunc('month', date_day)::date"
        if shape.time == 'date_day' else 'period_start_date' %}

with

mart as (

    select * from {{ ref(mart) }}
    {%- if shape.time != 'date_day' %}
    where period_grain = 'month'
    {%- endif %}

),

monthly as (

    select
        {{ time }} as month_start_date,
        {{ dimensions | join(',\n        ') }},
        {% for component in extra -%}
        sum({{ component }}) as {{ component }},
        {% endfor -%}
        sum({{ kpi.numerator_component or 0 }})::decimal(18, 2) as numerator,
        {% if kpi.squares_component -%}
        sum({{ kpi.squares_component }})::decimal(38, 4) as squares,
        {% endif -%}
        sum({{ kpi.denominator_component or 0 }})::decimal(18, 2) as denominator

    from mart
    group by all

),

final as (

    select
        -- grain
        month_start_date,
        {% for name, value in literals.items() -%}
        '{{ value }}' as {{ name }},
        {% endfor -%}
        {{ dimensions | join(',\n        ') }},

        -- components
        {% for component in extra -%}
        {{ component }}::{{ 'decimal(18, 2)' if component.endswith('_amount') else 'bigint' }} as {{ component }},
        {% endfor -%}
        numerator,
        denominator,

        -- values
        {{ kpi_value('numerator', 'denominator', scale) }} as kpi_value,
        {{ kpi_interval(
            '-', "'" ~ kpi.interval ~ "'", 'numerator', 'denominator', 'squares', scale
        ) }} as interval_low,
        {{ kpi_interval(
            '+', "'" ~ kpi.interval ~ "'", 'numerator', 'denominator', 'squares', scale
        ) }} as interval_high,

        -- version
        {{ kpi.version }} as definition_version

    from monthly
    where denominator != 0{{ ' or numerator != 0' if gains_stand_alone }}

)

select * from final

{% endmacro %}
