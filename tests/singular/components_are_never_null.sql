-- Nothing to count is 0: a null would be lost in whatever is summed with it.

{%- set marts = [
    'kpi_agents_daily', 'kpi_contacts_daily', 'kpi_costs_daily',
    'kpi_issues_ended_daily', 'kpi_issues_opened_daily', 'kpi_orders_daily',
    'kpi_perception_daily', 'kpi_proactive_daily', 'kpi_quality_daily',
    'kpi_response_and_resolution_daily', 'kpi_support_pnl_daily',
    'kpi_telephony_daily', 'kpi_nps_by_period', 'kpi_customers_by_period',
] %}

{% for mart in marts %}
select '{{ mart }}' as mart
from {{ ref(mart) }}
where
    false
    {% for component in kpi_mart(mart).components -%}
    or {{ component }} is null
    {% endfor %}
{{ 'union all' if not loop.last }}
{% endfor %}
