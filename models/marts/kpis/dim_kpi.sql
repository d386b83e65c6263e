{#- The KPI catalogue as a table. Nothing is defined here: see _kpis__catalogue.yml. -#}

with

final as (

    {% for kpi in kpi_catalogue() %}
    select
        -- keys
        '{{ kpi.kpi_id }}' as kpi_id,

        -- attributes
        {{ quoted(kpi.label_en) }} as label_en,
        {{ quoted(kpi.label_fr) }} as label_fr,
        {{ quoted(kpi.definition_en) }} as definition_en,
        {{ quoted(kpi.definition_fr) }} as definition_fr,
        '{{ kpi.family }}' as family,
        '{{ kpi.unit }}' as unit,
        '{{ kpi.direction }}' as direction,
        '{{ kpi.numerator_component }}' as numerator_component,
        '{{ kpi.denominator_component }}' as denominator_component,
        {{ "'" ~ kpi.squares_component ~ "'" if kpi.squares_component else 'null' }}
            as squares_component,
        '{{ kpi.sample_component or kpi.denominator_component }}' as sample_component,
        '{{ kpi.interval }}' as interval_method,
        '{{ kpi.owner_team }}' as owner_team,

        -- measures
        {{ kpi.scale }} as scale,
        {{ kpi.maturity_days or 0 }} as maturity_days,
        {{ kpi.version }} as version
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from final
