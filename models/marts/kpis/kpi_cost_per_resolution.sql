{{ named_kpi('cost_per_resolution', 'kpi_issues_ended_daily') }}
