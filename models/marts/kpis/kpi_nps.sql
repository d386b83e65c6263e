{{ named_kpi('nps', 'kpi_nps_by_period', ['nps_promoters', 'nps_passives', 'nps_detractors']) }}
