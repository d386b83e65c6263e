{{ named_kpi('repurchase_rate', 'kpi_issues_ended_daily') }}
