{{ config(materialized='view') }}

{{ stated('contact_events', [
    'contact_source_id', 'actor_source_id', 'event_type', 'actor_type', 'from_value',
    'to_value', 'occurred_at',
]) }}
