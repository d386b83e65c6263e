{{ named_kpi(
    'roi',
    'kpi_support_pnl_daily',
    extra=[
        'repurchase_margin_amount', 'retained_margin_low_amount',
        'upsell_margin_amount', 'avoided_cost_amount', 'repeat_avoided_cost_amount',
        'ledger_cost_amount', 'goodwill_amount',
    ],
    literals={'attribution': 'least'},
    gains_stand_alone=true
) }}
