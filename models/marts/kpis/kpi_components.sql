{#-
    Every component of every KPI mart, long: summed per period and cut. Which marts have
    which cuts and components is read from _kpis__semantic.yml, so a new column there
    arrives here by itself.
-#}
-- depends_on: {{ ref('kpi_contacts_daily') }}
-- depends_on: {{ ref('kpi_issues_opened_daily') }}
-- depends_on: {{ ref('kpi_issues_ended_daily') }}
-- depends_on: {{ ref('kpi_surveys_daily') }}
-- depends_on: {{ ref('kpi_nps_by_period') }}
-- depends_on: {{ ref('kpi_support_pnl_daily') }}
{%- set model_names = [
    'kpi_contacts_daily',
    'kpi_issues_opened_daily',
    'kpi_issues_ended_daily',
    'kpi_surveys_daily',
    'kpi_nps_by_period',
    'kpi_support_pnl_daily',
] %}

with

periods as (

    select * from {{ ref('bridge_dates_x_periods') }}

),

{% for model_name in model_names %}
{%- set mart = kpi_mart(model_name) %}
{{ model_name }}_periods as (

    {% if mart.time == 'date_day' -%}
    select
        periods.period_grain,
        periods.period_start_date,
        {% for dimension in mart.dimensions -%}
        mart.{{ dimension }},
        {% endfor -%}
    {% for component in mart.components -%}
    sum(mart.{{ component }})::decimal(38, 6) as {{ component }}
    {{- ',' if not loop.last }}
    {% endfor %}

    from {{ ref(model_name) }} as mart
    inner join periods on mart.date_day = periods.date_day
    group by all
    {%- else -%}
    select
        period_grain,
        period_start_date,
        {% for dimension in mart.dimensions -%}
        {{ dimension }},
        {% endfor -%}
    {% for component in mart.components -%}
    {{ component }}::decimal(38, 6) as {{ component }}
    {{- ',' if not loop.last }}
    {% endfor %}

    from {{ ref(model_name) }}
    {%- endif %}

),

{{ model_name }}_cuts as (

    {% for cut in ['overall'] + mart.dimensions %}
    select
        period_grain,
        period_start_date,
        '{{ 'reason' if cut == 'contact_reason' else cut }}' as cut,
        {{ "'all'" if cut == 'overall' else cut }} as cut_value,
    {% for component in mart.components -%}
    sum({{ component }})::decimal(38, 6) as {{ component }}
    {{- ',' if not loop.last }}
    {% endfor %}

    from {{ model_name }}_periods
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{{ model_name }}_long as (

    select
        period_grain,
        period_start_date,
        cut,
        cut_value,
        component,
        component_value

    from {{ model_name }}_cuts
    unpivot (component_value for component in ({{ mart.components | join(', ') }}))

),
{% endfor %}

unioned as (

    {% for model_name in model_names %}
    select * from {{ model_name }}_long
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select
        -- grain
        period_grain,
        period_start_date,
        cut,
        cut_value,
        component,

        -- measures
        component_value

    from unioned

)

select * from final
