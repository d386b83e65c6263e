{{ named_kpi('ces', 'kpi_perception_daily') }}
