{#- What answers and invitations can be cut by: their contact's cuts, and the survey's own. -#}
{% macro survey_cuts() -%}
    {{ return([
        'channel', 'contact_reason', 'journey_stage', 'product', 'team', 'tier', 'site',
        'partner', 'agent', 'region', 'segment', 'value_band', 'tenure_band',
        'frequency_band', 'survey', 'dimension',
    ]) }}
{%- endmacro %}
