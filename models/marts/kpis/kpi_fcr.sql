{{ named_kpi('fcr', 'kpi_issues_opened_daily') }}
