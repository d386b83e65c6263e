{{ named_kpi(
    'nps',
    'kpi_nps_by_period',
    extra=['nps_promoters', 'nps_passives', 'nps_detractors']
) }}
