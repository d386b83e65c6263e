{#- What whatever belongs to a contact can be cut by, in the order of the columns. -#}
{% macro contact_cuts() -%}
    {{ return([
        'channel', 'contact_reason', 'journey_stage', 'product', 'team', 'tier', 'site',
        'partner', 'agent', 'region', 'segment', 'value_band', 'tenure_band',
        'frequency_band', 'local_hour', 'weekday',
    ]) }}
{%- endmacro %}
