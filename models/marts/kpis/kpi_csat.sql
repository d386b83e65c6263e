{{ named_kpi('csat', 'kpi_perception_daily') }}
