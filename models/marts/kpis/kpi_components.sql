{#-
    Every component of every KPI mart, long: summed per period and cut. Which marts have
    which cuts and components is read from _kpis__semantic.yml, so a new column there
    arrives here by itself.
-#}
-- depends_on: {{ ref('kpi_contacts_daily') }}
-- depends_on: {{ ref('kpi_response_and_resolution_daily') }}
-- depends_on: {{ ref('kpi_telephony_daily') }}
-- depends_on: {{ ref('kpi_issues_opened_daily') }}
-- depends_on: {{ ref('kpi_issues_ended_daily') }}
-- depends_on: {{ ref('kpi_perception_daily') }}
-- depends_on: {{ ref('kpi_nps_by_period') }}
-- depends_on: {{ ref('kpi_agents_daily') }}
-- depends_on: {{ ref('kpi_quality_daily') }}
-- depends_on: {{ ref('kpi_proactive_daily') }}
-- depends_on: {{ ref('kpi_backlog_by_period') }}
-- depends_on: {{ ref('kpi_costs_daily') }}
-- depends_on: {{ ref('kpi_orders_daily') }}
-- depends_on: {{ ref('kpi_customers_by_period') }}
-- depends_on: {{ ref('kpi_support_pnl_daily') }}
{%- set model_names = [
    'kpi_contacts_daily',
    'kpi_response_and_resolution_daily',
    'kpi_telephony_daily',
    'kpi_issues_opened_daily',
    'kpi_issues_ended_daily',
    'kpi_perception_daily',
    'kpi_nps_by_period',
    'kpi_agents_daily',
    'kpi_quality_daily',
    'kpi_proactive_daily',
    'kpi_backlog_by_period',
    'kpi_costs_daily',
    'kpi_orders_daily',
    'kpi_customers_by_period',
    'kpi_support_pnl_daily',
] %}

with

periods as (

    select * from {{ ref('bridge_dates_x_periods') }}

),

{% for model_name in model_names %}
{%- set mart = kpi_mart(model_name) %}
{%- set is_daily = mart.time == 'date_day' %}
{{ model_name }}_cuts as (

    {% for cut in ['overall'] + mart.dimensions %}
    select
        {{ 'date_day' if is_daily else 'period_grain,\n        period_start_date' }},
        '{{ 'reason' if cut == 'contact_reason' else cut }}' as cut,
        {{ "'all'" if cut == 'overall' else cut }} as cut_value,
    {% for component in mart.components -%}
    sum({{ component }}) as {{ component }}
    {{- ',' if not loop.last }}
    {% endfor %}

    from {{ ref(model_name) }}
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- null for zero: a sum is not changed by what it leaves out, and no line is made of it
{{ model_name }}_typed as (

    select
        {{ 'date_day' if is_daily else 'period_grain,\n        period_start_date' }},
        cut,
        cut_value,
    {% for component in mart.components -%}
    nullif({{ component }}, 0)::decimal(38, 6) as {{ component }}
    {{- ',' if not loop.last }}
    {% endfor %}

    from {{ model_name }}_cuts

),

{% if is_daily %}
{{ model_name }}_summed as (

    select
        periods.period_grain,
        periods.period_start_date,
        {{ model_name }}_typed.cut,
        {{ model_name }}_typed.cut_value,
    {% for component in mart.components -%}
    sum({{ model_name }}_typed.{{ component }}) as {{ component }}
    {{- ',' if not loop.last }}
    {% endfor %}

    from {{ model_name }}_typed
    inner join periods on {{ model_name }}_typed.date_day = periods.date_day
    group by all

),
{% endif %}

{{ model_name }}_long as (

    select
        period_grain,
        period_start_date,
        cut,
        cut_value,
        component,
        component_value

    from {{ model_name }}_{{ 'summed' if is_daily else 'typed' }}
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
        component_value::decimal(38, 6) as component_value

    from unioned

)

select * from final
