{{ named_kpi('csat', 'kpi_surveys_daily') }}
