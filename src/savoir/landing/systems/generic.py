"""The generic contract: any system, as CSV, NDJSON or Parquet files per entity."""

from savoir.landing import delimited, objects, parquet
from savoir.landing.files import Source, Unreadable
from savoir.landing.rows import Found
from savoir.landing.schema import System, entity

CONTACTS = """
contact_id*          id
opened_at*           timestamp
channel*
direction            enum  inbound outbound
status
customer_id          id
customer_email
customer_phone
first_response_at    timestamp
resolved_at          timestamp
closed_at            timestamp
reopened_count       integer
agent_id             id
agent_name
team
site
tier
reason
product
priority
language
order_id             id
call_id              id
transferred_count    integer
escalated            boolean
handled_by_bot       boolean
talk_seconds         integer
hold_seconds         integer
wrap_seconds         integer
compensation_amount  decimal
currency             currency
exclusion_reason     in  spam test merged deleted internal outbound duplicate
"""

CONTACT_EVENTS = """
contact_id*   id
occurred_at*  timestamp
event_type*   enum  opened assigned public_reply customer_reply internal_note \
status_changed team_changed tier_changed solved reopened closed
actor_type    enum  customer agent bot system
actor_id      id
from_value
to_value
"""

CALLS = """
call_id*      id
started_at*   timestamp
queue
direction     in  inbound outbound
customer_id   id
customer_phone
outcome       enum  answered abandoned callback voicemail overflow ivr_exit
answered_at   timestamp
ended_at      timestamp
wait_seconds  integer
talk_seconds  integer
hold_seconds  integer
wrap_seconds  integer
agent_id      id
agent_name
team
site
reason
resolved      boolean
contact_id    id
"""

SURVEY_RESPONSES = """
response_id*     id
survey_id*       id
question_type*   enum  nps csat ces fcr servqual_perception servqual_expectation
score*           score
responded_at*    timestamp
scale_min        score
scale_max        score
scale_direction  enum  high_is_good low_is_good
invited_at       timestamp
contact_id       id
customer_id      id
customer_email
agent_id         id
comment
dimension
"""

ORDERS = """
order_id*             id
ordered_at*           timestamp
net_amount*           decimal
customer_id           id
customer_email
customer_phone
status                enum  paid cancelled refunded replacement
currency              currency
cost_amount           decimal
shipping_cost_amount  decimal
payment_fee_amount    decimal
refunded_amount       decimal
refunded_at           timestamp
sales_channel
agent_id              id
referral_code
product_category
region
"""

SUPPORT_COSTS = """
period_month*  month
category*      enum  salaries tools telephony training outsourcing overhead
amount*        decimal
currency       currency
site
team
partner
"""

AGENT_ACTIVITY = """
agent_id*    id
state*       enum  logged_in available on_contact wrap break scheduled
started_at*  timestamp
ended_at*    timestamp
"""

QUALITY_REVIEWS = """
review_id*        id
contact_id*       id
agent_id          id
points*           score
possible_points*  score
reviewed_at*      timestamp
"""

PROACTIVE_MESSAGES = """
message_id*  id
sent_at*     timestamp
customer_id  id
customer_email
engaged_at   timestamp
campaign
"""

EXPERIMENT_ASSIGNMENTS = """
experiment_id*  id
customer_id*    id
arm*            enum  treatment control
assigned_at*    timestamp
"""


def read(system: System, source: Source) -> list[Found]:
    """Read one file; its entity is the longest that its name starts with."""
    found = system.entity_of_file(source.file)
    readers = {
        ".csv": delimited.read,
        ".tsv": delimited.read,
        ".ndjson": objects.read,
        ".jsonl": objects.read,
        ".json": objects.read,
        ".parquet": parquet.read,
    }
    reader = readers.get(source.path.suffix.lower())
    if not found or not reader:
        raise Unreadable(f"the file name matches nothing; expected {system.expects}")
    return reader(found, source)


SYSTEM = System(
    "generic",
    (
        entity("contacts", CONTACTS, key="contact_id"),
        entity("contact_events", CONTACT_EVENTS),
        entity("calls", CALLS, key="call_id"),
        entity(
            "survey_responses",
            SURVEY_RESPONSES,
            key="response_id question_type dimension",
        ),
        entity("orders", ORDERS, key="order_id"),
        entity("support_costs", SUPPORT_COSTS),
        entity("agent_activity", AGENT_ACTIVITY),
        entity("quality_reviews", QUALITY_REVIEWS, key="review_id"),
        entity("proactive_messages", PROACTIVE_MESSAGES, key="message_id"),
        entity("experiment_assignments", EXPERIMENT_ASSIGNMENTS),
    ),
    "<entity>*.csv, .tsv, .ndjson or .parquet, the entity one of contacts, "
    "contact_events, calls, survey_responses, orders, support_costs, agent_activity, "
    "quality_reviews, proactive_messages, experiment_assignments",
    read,
)
