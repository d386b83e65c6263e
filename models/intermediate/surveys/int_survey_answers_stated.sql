{{ config(materialized='view') }}

{{ stated('survey_responses', [
    'response_source_id', 'survey_id', 'contact_source_id', 'customer_source_id',
    'agent_source_id', 'email_key', 'question_type', 'dimension', 'scale_direction',
    'length(comment) as comment_characters', 'score', 'scale_min', 'scale_max',
    'answered_at',
]) }}
