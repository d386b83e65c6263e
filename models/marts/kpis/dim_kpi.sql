{#- The KPI catalogue as a table. Nothing is defined here: see _kpis__catalogue.yml. -#}
{%- set kpis = kpi_catalogue() %}

with

final as (

    {% for kpi in kpis %}
    {%- set english = kpi_texts(kpi, 'en') %}
    {%- set french = kpi_texts(kpi, 'fr') %}
    {%- set settings = [] %}
    {%- for name in kpi.parameters or [] %}
    {%- do settings.append(name ~ ' = ' ~ (var(name) | tojson)) %}
    {%- endfor %}
    select
        -- keys
        '{{ kpi.kpi_id }}' as kpi_id,
        {{ quoted(kpi.variant_of) }} as variant_of_kpi_id,

        -- attributes
        {{ quoted(kpi.label_en) }} as label_en,
        {{ quoted(kpi.label_fr) }} as label_fr,
        {{ quoted(kpi.definition_en) }} as definition_en,
        {{ quoted(kpi.definition_fr) }} as definition_fr,
        '{{ kpi.role or 'kpi' }}' as role,
        '{{ kpi.family }}' as family,
        '{{ kpi.unit }}' as unit,
        {{ quoted(kpi.direction) }} as direction,
        '{{ kpi.numerator_component }}' as numerator_component,
        {{ quoted(kpi.denominator_component) }} as denominator_component,
        {{ quoted(kpi.squares_component) }} as squares_component,
        '{{ kpi.sample_component or kpi.denominator_component
            or kpi.numerator_component }}' as sample_component,
        '{{ kpi.interval }}' as interval_method,
        '{{ kpi.cuts | join(",") | replace("contact_reason", "reason") }}' as cuts,
        '{{ kpi.fact }}' as drill_fact,
        '{{ kpi.fact_date }}' as drill_date_column,
        {{ quoted(kpi.fact_rows) }} as drill_rows,
        '{{ kpi.owner_team }}' as owner_team,
        {{ quoted(settings | join(', ')) }}::string as parameters,
        {{ quoted(changed_parameters(kpi, kpis)) }}::string as changed_parameters,
        {{ quoted(english.example) }}::string as example_en,
        {{ quoted(french.example) }}::string as example_fr,
        {{ quoted(english.benchmarks) }}::string as benchmarks_en,
        {{ quoted(french.benchmarks) }}::string as benchmarks_fr,
        {{ quoted(english.changelog) }}::string as changelog_en,
        {{ quoted(french.changelog) }}::string as changelog_fr,

        -- measures
        {{ kpi.scale }} as scale,
        {{ kpi.maturity_days or 0 }} as maturity_days,
        {{ kpi.version }} as version
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from final
