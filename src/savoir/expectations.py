"""The contract with the exporters, checked by Great Expectations on the landed files.

dbt tests guard everything from staging on; nothing here is asserted there again.
Rejects, duplicates and unreadable files are theirs. Suites are data: the tables below.
"""

import html
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from rich.progress import track

# One line per column, in landed order: `name[:type][*] [rule]`. The type is text unless
# named, * forbids NULL, and a rule is a kind of KINDS or `in` and the words allowed.
# A column without rule or * only has to be there.

ZENDESK = {
    "tickets": """
        id*                  number
        external_id
        via
        created_at*          moment
        updated_at*          moment
        generated_timestamp  epoch
        status*              in new open pending hold solved closed deleted
        priority             in low normal high urgent
        requester_id         number
        submitter_id         number
        assignee_id          number
        group_id             number
        organization_id      number
        brand_id             number
        tags
        custom_fields
        satisfaction_rating
    """,
    "ticket_audits": """
        id*          number
        ticket_id*   number
        created_at*  moment
        author_id    number
        via
        events
    """,
    "users": """
        id*         number
        name
        email
        phone
        role        in end-user agent admin
        active      in true false
        suspended   in true false
        tags
        created_at  moment
        updated_at  moment
    """,
    "satisfaction_ratings": """
        id*           number
        ticket_id     number
        requester_id  number
        assignee_id   number
        group_id      number
        score*        in good bad offered unoffered 1 2 3 4 5
        comment
        reason
        created_at*   moment
        updated_at*   moment
    """,
    "groups": """
        id*         number
        name*
        created_at  moment
        updated_at  moment
    """,
    "calls": """
        id*                number
        ticket_id          number
        agent_id           number
        customer_id        number
        end_user_id        number
        direction*         in inbound outbound
        completion_status
        call_group_id      number
        created_at*        moment
        updated_at*        moment
        call_started_at    moment
        call_ended_at      moment
        duration           whole
        wait_time          whole
        talk_time          whole
        hold_time          whole
        wrap_up_time       whole
        voicemail          in true false
        callback           in true false
    """,
    "ticket_tags": """
        ticket_id*  number
        tag*
    """,
    "ticket_exports": """
        id*                          number
        created_at*                  moment
        updated_at                   moment
        solved_at                    moment
        status*
        priority
        via
        requester_id                 number
        requester_email
        assignee
        group_name
        tags
        satisfaction_score
        reopens                      whole
        group_stations               whole
        first_reply_time_in_minutes  amount
    """,
}

ASTERISK = {
    "queue_log": """
        time*       epoch
        callid*     id
        queuename*
        agent*
        event*      in ABANDON ADDMEMBER AGENTCALLBACKLOGIN AGENTCALLBACKLOGOFF \
AGENTDUMP AGENTLOGIN AGENTLOGOFF ATTENDEDTRANSFER BLINDTRANSFER COMPLETEAGENT \
COMPLETECALLER CONFIGRELOAD CONNECT DID ENTERQUEUE EXITEMPTY EXITWITHKEY \
EXITWITHTIMEOUT PAUSE PAUSEALL PENALTY QUEUESTART REMOVEMEMBER RINGCANCELED RINGINUSE \
RINGNOANSWER SYSCOMPAT TRANSFER UNPAUSE UNPAUSEALL
        data1
        data2
        data3
        data4
        data5
    """,
    "cdr": """
        accountcode
        src
        dst
        dcontext
        channel*
        dstchannel
        lastapp
        lastdata
        start_time*  moment
        answer_time  moment
        end_time     moment
        duration     whole
        billsec      whole
        disposition*
        amaflags
        uniqueid     id
        userfield
    """,
}

SHOPIFY = {
    "orders": """
        name*              id
        email
        financial_status   in authorized expired paid partially_paid \
partially_refunded pending refunded voided
        paid_at            moment
        cancelled_at       moment
        fulfillment_status
        currency           currency
        subtotal           amount
        shipping           amount
        taxes              amount
        total              amount
        discount_code
        discount_amount    amount
        created_at         moment
        lineitem_quantity  whole
        lineitem_name
        lineitem_price     amount
        lineitem_sku
        lineitem_discount  amount
        billing_phone
        shipping_phone
        phone
        billing_country
        shipping_country
        shipping_province
        shipping_province_name
        shipping_zip
        refunded_amount    amount
        payment_method
        id                 number
        tags
        source
        employee
    """,
    "products": """
        handle
        title
        type
        variant_sku*   id
        variant_price  amount
        cost_per_item  amount
    """,
}

QUALTRICS = {
    "responses": """
        response_id*         response
        survey_id*           id
        start_date           moment
        end_date             moment
        recorded_date*       moment
        time_zone            zone
        status
        finished*            in true false
        progress             whole
        duration_seconds     whole
        recipient_email
        external_reference
        distribution_channel
        user_language
        answers
    """,
}

AMAZON_CONNECT = {
    "contact_records": """
        contact_id*                  id
        initial_contact_id           id
        previous_contact_id          id
        channel*                     in VOICE CHAT TASK EMAIL
        initiation_method*
        initiation_timestamp*        moment
        disconnect_timestamp         moment
        last_update_timestamp*       moment
        disconnect_reason
        customer_address
        customer_address_type
        queue_name
        queue_enqueue_timestamp      moment
        queue_dequeue_timestamp      moment
        agent_username
        agent_connected_timestamp    moment
        agent_interaction_duration   whole
        customer_hold_duration       whole
        after_contact_work_duration  whole
        attributes
    """,
}

DELIGHTED = {
    "responses": """
        id*                id
        person_id          id
        person_email
        survey_type*
        score*             score
        comment
        created_at*        epoch
        updated_at         epoch
        person_properties
    """,
    "people": """
        id*                id
        email
        phone_number
        created_at         epoch
        last_sent_at       epoch
        last_responded_at  epoch
    """,
}

SURVEYMONKEY = {
    "responses": """
        id*               id
        survey_id*        id
        collector_id      id
        date_created*
        date_modified
        response_status   in completed partial overquota disqualified
        email_address
        custom_value
        custom_variables
        answers*
    """,
    "choices": """
        survey_id*    id
        question_id*  id
        choice_id*    id
        text
        position      whole
        weight
    """,
}

TYPEFORM = {
    "responses": """
        id*            id
        survey_id*     id
        landed_at      moment
        submitted_at*  moment
        email
        hidden
        answers*
    """,
}

WOOCOMMERCE = {
    "orders": """
        order_id*         id
        order_number      id
        order_date*
        modified_at       moment
        status*
        order_total*      amount
        tax_total         amount
        shipping_total    amount
        refunded_total    amount
        order_currency    currency
        customer_id
        customer_user
        customer_email
        billing_email
        billing_phone
        billing_state
        billing_country
        shipping_state
        shipping_country
        coupon_codes
        created_via
    """,
}

AIRCALL = {
    "calls": """
        id*                 id
        direction*          in inbound outbound
        status
        missed_call_reason
        started_at*         epoch
        answered_at         epoch
        ended_at            epoch
        duration            whole
        voicemail
        raw_digits
        number_name
        user_id             id
        contact_id          id
        team_name
    """,
}

TWILIO = {
    "calls": """
        sid*             id
        parent_call_sid  id
        direction*
        status*
        from_number
        to_number
        start_time       moment
        end_time         moment
        duration         whole
        queue_time       whole
        date_updated     moment
    """,
    "events": """
        sid*             id
        event_type*
        event_date*      moment
        task_sid         id
        call_sid         id
        worker_sid       id
        worker_name
        task_queue_name
    """,
}

GENESYS = {
    "sessions": """
        conversation_id*       id
        conversation_start*    moment
        conversation_end       moment
        originating_direction  in inbound outbound
        session_id*            id
        purpose*
        user_id                id
        media_type*
        ani
        dnis
        queue_id               id
        wrap_up_code
        disconnect_type
        session_start          moment
        answered_at            moment
        offered                whole
        answered_ms            whole
        abandon_ms             whole
        voicemail_ms           whole
        flow_out_ms            whole
        talk_ms                whole
        held_ms                whole
        acw_ms                 whole
        transferred            whole
    """,
}

FIVE9 = {
    "calls": """
        call_id*              id
        call_timestamp*
        campaign
        call_type*
        skill
        agent
        disposition
        ani
        dnis
        session_id
        queue_wait_time       whole
        ring_time             whole
        talk_time             whole
        hold_time             whole
        after_call_work_time  whole
        abandoned             in true false
    """,
}

THREECX = {
    "cdr": """
        field_1
        field_2
        field_3
        field_4
        field_5
        field_6
        field_7
        field_8
        field_9
        field_10
        field_11
        field_12
        field_13
        field_14
        field_15
        field_16
        field_17
        field_18
        field_19
        field_20
        field_21
        field_22
        field_23
        field_24
        field_25
        field_26
        field_27
        field_28
        field_29
        field_30
    """,
}

MAGENTO = {
    "orders": """
        increment_id*    id
        created_at*
        updated_at       moment
        status*
        grand_total*     amount
        tax_amount       amount
        shipping_amount  amount
        subtotal         amount
        total_refunded   amount
        currency_code    currency
        customer_id      id
        customer_email
        telephone
        region
        country_id
        coupon_code
        store_name
    """,
}

PRESTASHOP = {
    "orders": """
        id*                      number
        reference
        id_customer              number
        current_state*           number
        date_add*                moment
        date_upd                 moment
        total_paid_tax_excl*     amount
        total_shipping_tax_excl  amount
    """,
    "customers": """
        id*       number
        email
        date_upd  moment
    """,
}

OLIST = {
    "orders": """
        order_id*                  id
        customer_id*               id
        order_status*
        order_purchase_timestamp*  moment
    """,
    "order_items": """
        order_id*       id
        order_item_id*  whole
        product_id      id
        price*          amount
        freight_value   amount
    """,
    "customers": """
        customer_id*         id
        customer_unique_id*  id
        customer_state
    """,
    "products": """
        product_id*            id
        product_category_name
    """,
}

COST_LEDGER = {
    "entries": """
        period_month*  month
        site
        team
        partner
        category*      in salaries tools telephony training outsourcing overhead
        amount*        amount
        currency       currency
    """,
}

GENERIC = {
    "contacts": """
        contact_id*          id
        opened_at*           moment
        channel*
        direction            in inbound outbound
        status
        customer_id          id
        customer_email
        customer_phone
        first_response_at    moment
        resolved_at          moment
        closed_at            moment
        reopened_count       whole
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
        transferred_count    whole
        escalated            in true false
        handled_by_bot       in true false
        talk_seconds         whole
        hold_seconds         whole
        wrap_seconds         whole
        compensation_amount  amount
        currency             currency
        exclusion_reason     in spam test merged deleted internal outbound duplicate
    """,
    "contact_events": """
        contact_id*   id
        occurred_at*  moment
        event_type*   in opened assigned public_reply customer_reply internal_note \
status_changed team_changed tier_changed solved reopened closed
        actor_type    in customer agent bot system
        actor_id      id
        from_value
        to_value
    """,
    "calls": """
        call_id*        id
        started_at*     moment
        queue
        direction       in inbound outbound
        customer_id     id
        customer_phone
        outcome         in answered abandoned callback voicemail overflow ivr_exit
        answered_at     moment
        ended_at        moment
        wait_seconds    whole
        talk_seconds    whole
        hold_seconds    whole
        wrap_seconds    whole
        agent_id        id
        agent_name
        team
        site
        reason
        resolved        in true false
        contact_id      id
    """,
    "survey_responses": """
        response_id*     id
        survey_id*       id
        question_type*   in nps csat ces fcr servqual_perception servqual_expectation
        score*           score
        responded_at*    moment
        scale_min        score
        scale_max        score
        scale_direction  in high_is_good low_is_good
        invited_at       moment
        contact_id       id
        customer_id      id
        customer_email
        agent_id         id
        comment
        dimension
    """,
    "orders": """
        order_id*             id
        ordered_at*           moment
        net_amount*           amount
        customer_id           id
        customer_email
        customer_phone
        status                in paid cancelled refunded replacement
        currency              currency
        cost_amount           amount
        shipping_cost_amount  amount
        payment_fee_amount    amount
        refunded_amount       amount
        refunded_at           moment
        sales_channel
        agent_id              id
        referral_code
        product_category
        region
    """,
    "support_costs": """
        period_month*  month
        category*      in salaries tools telephony training outsourcing overhead
        amount*        amount
        currency       currency
        site
        team
        partner
    """,
    "agent_activity": """
        agent_id*    id
        state*       in logged_in available on_contact wrap break scheduled
        started_at*  moment
        ended_at*    moment
    """,
    "quality_reviews": """
        review_id*        id
        contact_id*       id
        agent_id          id
        points*           score
        possible_points*  score
        reviewed_at*      moment
    """,
    "proactive_messages": """
        message_id*     id
        sent_at*        moment
        customer_id     id
        customer_email
        engaged_at      moment
        campaign
    """,
    "experiment_assignments": """
        experiment_id*  id
        customer_id*    id
        arm*            in treatment control
        assigned_at*    moment
    """,
}

FRESHDESK = {
    "tickets": """
        id*                 id
        created_at*         moment
        updated_at          moment
        status*
        priority
        source
        type
        tags
        spam                in true false
        deleted             in true false
        requester_id        id
        requester_email
        requester_phone
        responder_id        id
        responder
        group_id            id
        group_name
        product_id          id
        product
        custom_fields
        first_responded_at  moment
        reopened_at         moment
        resolved_at         moment
        closed_at           moment
        time_tracked
        survey_result
    """,
    "conversations": """
        id*          id
        ticket_id*   id
        user_id      id
        incoming*    in true false
        private      in true false
        created_at*  moment
        updated_at   moment
    """,
    "satisfaction_ratings": """
        id*          id
        survey_id    id
        ticket_id*   id
        user_id      id
        agent_id     id
        group_id     id
        feedback
        ratings
        rating       score
        created_at*  moment
        updated_at   moment
    """,
    "time_entries": """
        id*                    id
        ticket_id*             id
        agent_id               id
        time_spent
        timespent              score
        time_spent_in_seconds  whole
        executed_at            moment
        created_at             moment
        updated_at             moment
    """,
    "contacts": """
        id*         id
        email
        phone
        mobile
        created_at  moment
        updated_at  moment
    """,
    "agents": """
        id*         id
        email
        created_at  moment
        updated_at  moment
    """,
    "groups": """
        id*         id
        name*
        created_at  moment
        updated_at  moment
    """,
}

INTERCOM = {
    "conversations": """
        id*                     id
        created_at*             moment
        updated_at              moment
        state
        open                    in true false
        priority
        assignee_id             id
        assignee_type
        admin_assignee_id       id
        team_assignee_id        id
        contact_id              id
        author_id               id
        author_type
        author_email
        source_type
        delivered_as
        tags
        custom_attributes
        ai_agent_participated   in true false
        first_contact_reply_at  moment
        first_admin_reply_at    moment
        last_close_at           moment
        count_reopens           whole
        rating                  whole
        rating_at               moment
        rating_remark
        rating_teammate_id      id
    """,
    "conversation_parts": """
        id*               id
        conversation_id*  id
        part_type*
        author_id         id
        author_type
        from_ai_agent     in true false
        assigned_to_id    id
        assigned_to_type
        body
        created_at*       moment
        updated_at        moment
    """,
    "contacts": """
        id*          id
        external_id  id
        email
        phone
        role
        created_at   moment
        updated_at   moment
    """,
    "teams": """
        id*    id
        name*
    """,
}

HUBSPOT = {
    "tickets": """
        id*               id
        created_at*       moment
        updated_at        moment
        closed_at         moment
        first_replied_at  moment
        pipeline
        stage*
        priority
        source
        category
        owner
        team
        contact_ids
        contact_email
        archived          in true false
        properties
    """,
    "pipeline_stages": """
        id*           id
        label
        pipeline_id   id
        ticket_state
        updated_at    moment
    """,
    "contacts": """
        id*         id
        email
        phone
        mobile
        updated_at  moment
    """,
    "owners": """
        id*         id
        email
        team
        updated_at  moment
    """,
}

SALESFORCE = {
    "cases": """
        id                id
        case_number
        created_at*
        updated_at
        closed_at
        status*
        is_closed         in true false
        is_escalated      in true false
        is_deleted        in true false
        master_record_id  id
        origin
        type
        reason
        priority
        product
        contact_id        id
        contact_email
        contact_phone
        owner_id          id
        owner
        parent_id         id
    """,
    "case_history": """
        id             id
        case_id        id
        case_number
        created_at*
        created_by_id  id
        created_by
        field*
        old_value
        new_value
    """,
    "email_messages": """
        id*            id
        case_id*       id
        incoming*      in true false
        status
        created_by_id  id
        sent_at*
        updated_at
    """,
    "case_comments": """
        id*            id
        case_id*       id
        is_published*  in true false
        created_by_id  id
        created_at*
        updated_at
    """,
    "contacts": """
        id*         id
        email
        phone
        mobile
        updated_at
    """,
    "users": """
        id*         id
        email
        user_type
        updated_at
    """,
    "groups": """
        id*         id
        name*
        updated_at
    """,
}

GORGIAS = {
    "tickets": """
        id*                     id
        created_at*             moment
        updated_at              moment
        closed_at               moment
        trashed_at              moment
        last_received_at        moment
        status
        channel
        priority
        from_agent              in true false
        spam                    in true false
        customer_id             id
        customer_email
        assignee_id             id
        assignee_email
        team
        tags
        custom_fields
        first_response_seconds  amount
        survey_score            whole
    """,
    "messages": """
        id*          id
        ticket_id*   id
        public*      in true false
        from_agent*  in true false
        sender_id    id
        via
        rule_id      id
        created_at*  moment
        updated_at   moment
    """,
    "events": """
        id*          id
        object_id*   id
        object_type
        type*
        user_id      id
        created_at*  moment
    """,
    "satisfaction_surveys": """
        id*          id
        ticket_id*   id
        customer_id  id
        score        whole
        body_text
        created_at*  moment
        sent_at      moment
        scored_at    moment
    """,
}

SOCIAL = {
    "mentions": """
        id               id
        url
        conversation_id  id
        published_at*
        updated_at
        replied_at
        closed_at
        network*
        kind
        is_own           in true false
        author_id        id
        author
        agent
        team
        status
        topic
        priority
        language
        tags
    """,
}

PROVENANCE = """
    _file*
    _line:integer*         whole
    _landed_at:timestamp
    _file_hash
"""

# The landing's own books. They may hold columns beyond these, in any order.
LANDING = {
    "files": """
        system*
        entity
        file*
        file_hash               sha256
        size_bytes:integer*     whole
        rows_read:integer*      whole
        rows_landed:integer*    whole
        rows_rejected:integer*  whole
        status*                 in landed unreadable same_content
        message
        landed_at:timestamp*
    """,
    "rejects": """
        system*
        entity
        _file*
        _line:integer
        raw_text
        reason*
        _file_hash
        _landed_at:timestamp
    """,
}

SYSTEMS = {
    "zendesk": ZENDESK,
    "asterisk": ASTERISK,
    "shopify": SHOPIFY,
    "qualtrics": QUALTRICS,
    "amazon_connect": AMAZON_CONNECT,
    "delighted": DELIGHTED,
    "surveymonkey": SURVEYMONKEY,
    "typeform": TYPEFORM,
    "woocommerce": WOOCOMMERCE,
    "aircall": AIRCALL,
    "twilio": TWILIO,
    "genesys": GENESYS,
    "five9": FIVE9,
    "threecx": THREECX,
    "magento": MAGENTO,
    "prestashop": PRESTASHOP,
    "olist": OLIST,
    "cost_ledger": COST_LEDGER,
    "generic": GENERIC,
    "freshdesk": FRESHDESK,
    "intercom": INTERCOM,
    "hubspot": HUBSPOT,
    "salesforce": SALESFORCE,
    "gorgias": GORGIAS,
    "social": SOCIAL,
    "_landing": LANDING,
}

# What a kind of value looks like: in words, and as a pattern. Written without \s and
# lookarounds, which pandas would hand to Python, row by row.
KINDS = {
    "id": (
        "an id without spaces around it",
        r"^[^ \t](?:.*[^ \t])?$",
    ),
    "number": ("an id of digits", r"^-?\d{1,20}$"),
    "response": (
        "a Qualtrics response id such as R_2YPOQ602",
        r"^(?:R|FS)_[0-9A-Za-z]+$",
    ),
    "moment": (
        "an ISO 8601 timestamp from 2000 to 2099",
        r"^20\d\d[-/](?:0?[1-9]|1[0-2])[-/](?:0?[1-9]|[12]\d|3[01])"
        r"(?:[ T](?:[01]?\d|2[0-4]):[0-5]\d(?::[0-6]\d(?:[.,]\d+)?)?)?"
        r"(?: ?(?:Z|UTC|[+-]\d\d(?::?\d\d)?))?$",
    ),
    "epoch": (
        "seconds since 1970, from February 2000 to 2096",
        r"^(?:9[5-9]\d{7}|[1-3]\d{9})$",
    ),
    "month": (
        "a month from 2000 to 2099 as YYYY-MM-01",
        r"^20\d\d-(?:0[1-9]|1[0-2])-01$",
    ),
    "whole": ("a whole number, not negative", r"^\d{1,12}$"),
    "amount": (
        "an amount such as -12345.67, under a billion",
        r"^-?\d{1,9}(?:\.\d+)?$",
    ),
    "score": ("a number such as 4.5, under ten thousand", r"^-?\d{1,4}(?:\.\d+)?$"),
    "currency": ("a currency code of three capitals", r"^[A-Z]{3}$"),
    "zone": ("an IANA time zone", r"^[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*$"),
    "sha256": ("a SHA-256 in hexadecimal", r"^[0-9a-f]{64}$"),
}
# What a spreadsheet makes of a long id.
SCIENTIFIC = r"^\d+(?:[.,]\d+)?[eE]\+?\d+$"
NO_NUMBER = "an id that no spreadsheet turned into 1.23E+15"
REQUIRED = "a value"
LAYOUT = "the columns of the contract, in order and of their types"
EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """One value that broke the contract, and where it stands."""

    value: str | None
    file: str
    line: int | None

    def __str__(self) -> str:
        """Return the value and its place."""
        value = "NULL" if self.value is None else f"'{self.value}'"
        line = "" if self.line is None else f", line {self.line}"
        return f"{value} ({self.file}{line})"


@dataclass(frozen=True)
class Failure:
    """One expectation that did not hold: `failed` of `rows` rows.

    Without a column the expectation is about the layout, and files are counted.
    """

    system: str
    entity: str
    column: str | None
    expected: str
    failed: int
    rows: int
    examples: tuple[Example, ...]

    def __str__(self) -> str:
        """Return the failure in one line."""
        what, counted = (self.column, "rows") if self.column else ("columns", "files")
        return (
            f"{self.system}.{self.entity} {what}: expected {self.expected}; not so in "
            f"{self.failed:,} of {self.rows:,} {counted}: "
            + ", ".join(map(str, self.examples))
        )


@dataclass(frozen=True)
class CheckResult:
    """What was checked, what failed, and the first page of the Data Docs."""

    failures: tuple[Failure, ...]
    rows: int
    expectations: int
    index: Path

    @property
    def passed(self) -> bool:
        """Whether every expectation held."""
        return not self.failures


@dataclass(frozen=True)
class Column:
    """One line of a table above."""

    name: str
    type: str
    required: bool
    rule: str
    words: tuple[str, ...]


def check(raw: Path, docs: Path, *, show_progress: bool = True) -> CheckResult:
    """Check every landed file under `raw`; replace the folder `docs` by the Data Docs.

    A system without rows passes. Raises `FileExistsError` when `docs` holds anything
    but Data Docs.
    """
    if docs.exists() and any(docs.iterdir()) and not (docs / "expectations").is_dir():
        raise FileExistsError(f"{docs} holds something else than Data Docs")
    entities = [(system, entity) for system in SYSTEMS for entity in SYSTEMS[system]]
    docs.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=docs.parent, prefix=".docs-") as scratch:
        site = Path(scratch) / "site"
        suites = _Suites(site)
        failures: list[Failure] = []
        rows = 0
        for system, entity in track(
            entities, "Checking raw files", transient=True, disable=not show_progress
        ):
            failed, count = _check_entity(suites, raw, system, entity)
            failures += failed
            rows += count
        suites.context.build_data_docs()
        result = CheckResult(
            tuple(failures), rows, suites.expectations, docs / "index.html"
        )
        _finish_pages(site, result)
        if docs.exists():
            shutil.rmtree(docs)
        site.replace(docs)
    return result


class _Suites:
    """A Great Expectations context in memory that writes to one folder and nowhere."""

    def __init__(self, site: Path) -> None:
        self.expectations = 0
        self.context = gx.get_context(
            mode="ephemeral",
            project_config=DataContextConfig(
                store_backend_defaults=InMemoryStoreBackendDefaults(
                    init_temp_docs_sites=False
                ),
                analytics_enabled=False,
                progress_bars=ProgressBarsConfig(globally=False),
                data_docs_sites={
                    "landed": {
                        "class_name": "SiteBuilder",
                        "show_how_to_buttons": False,
                        "store_backend": {
                            "class_name": "TupleFilesystemStoreBackend",
                            "base_directory": str(site),
                        },
                        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                    }
                },
            ),
        )
        self.source = self.context.data_sources.add_pandas("landed")

    def run(self, name: str, expectations: list, frame: pd.DataFrame) -> list:
        """Return the results that failed."""
        self.expectations += len(expectations)
        batch = self.source.add_dataframe_asset(name).add_batch_definition("all")
        suite = gx.ExpectationSuite(name, expectations=expectations)
        definition = gx.ValidationDefinition(
            name=name, data=batch, suite=self.context.suites.add(suite)
        )
        # BASIC: with indexes a column that fails on every row takes 40 s a million.
        outcome = self.context.validation_definitions.add(definition).run(
            batch_parameters={"dataframe": frame},
            result_format={
                "result_format": "BASIC",
                "partial_unexpected_count": EXAMPLES,
            },
        )
        return [result for result in outcome.results if not result.success]


def _check_entity(
    suites: _Suites, raw: Path, system: str, entity: str
) -> tuple[list[Failure], int]:
    """Return what failed in one entity, and its number of rows."""
    columns = _columns(system, entity)
    layout = [f"{column.name} {column.type}" for column in columns]
    exact = system != "_landing"
    found = {path: _layout(path) for path in _files(raw, system, entity)}
    bad = {
        path: labels
        for path, labels in found.items()
        if (labels != layout if exact else not set(layout) <= set(labels))
    }
    # An empty frame whose column labels are "name type" lets one expectation hold
    # presence, order and type, without reading a row.
    labels = next(iter((bad or found).values()), [])
    broken = suites.run(
        f"{system}.{entity}.columns",
        [
            gxe.ExpectTableColumnsToMatchOrderedList(column_list=layout)
            if exact
            else gxe.ExpectTableColumnsToMatchSet(column_set=layout, exact_match=False)
        ],
        pd.DataFrame(columns=pd.Index(labels, dtype=object)),
    )
    failures = []
    if broken:
        examples = tuple(
            Example(_difference(layout, labels), path.name, None)
            for path, labels in list(bad.items())[:EXAMPLES]
        ) or (Example("no Parquet file", f"{system}/{entity}", None),)
        failures.append(
            Failure(system, entity, None, LAYOUT, len(bad), len(found), examples)
        )

    frame = _read([path for path in found if path not in bad], columns)
    if len(frame):
        expectations = [e for column in columns for e in _expectations(column)]
        failures += [
            _failure(system, entity, frame, result)
            for result in suites.run(f"{system}.{entity}.values", expectations, frame)
        ]
    return failures, len(frame)


def _columns(system: str, entity: str) -> list[Column]:
    """Parse one table above."""
    table = SYSTEMS[system][entity] + (PROVENANCE if system != "_landing" else "")
    columns = []
    for line in filter(str.strip, table.splitlines()):
        head, *rule = line.split()
        name, _, kind = head.rstrip("*").partition(":")
        columns.append(
            Column(
                name,
                kind or "text",
                head.endswith("*"),
                rule[0] if rule else "",
                tuple(rule[1:]),
            )
        )
    return columns


def _expectations(column: Column) -> Iterator[gxe.Expectation]:
    """Yield what a column has to hold; NULL passes every rule but *."""
    name = column.name
    if column.required:
        yield gxe.ExpectColumnValuesToNotBeNull(column=name, description=REQUIRED)
    if column.rule == "in":
        yield gxe.ExpectColumnValuesToBeInSet(
            column=name,
            value_set=list(column.words),
            description="one of " + ", ".join(column.words),
        )
    elif column.rule:
        words, pattern = KINDS[column.rule]
        yield gxe.ExpectColumnValuesToMatchRegex(
            column=name, regex=pattern, description=words
        )
    if column.rule == "id":
        yield gxe.ExpectColumnValuesToNotMatchRegex(
            column=name, regex=SCIENTIFIC, description=NO_NUMBER
        )


def _files(raw: Path, system: str, entity: str) -> list[Path]:
    folder = raw / system / entity
    single = folder.with_suffix(".parquet")
    return [single] if single.exists() else sorted(folder.glob("*.parquet"))


def _layout(path: Path) -> list[str]:
    """Return a Parquet file's columns as `name type`."""
    return [f"{field.name} {_type(field.type)}" for field in pq.read_schema(path)]


def _type(type_: pa.DataType) -> str:
    if pa.types.is_string(type_) or pa.types.is_large_string(type_):
        return "text"
    if pa.types.is_int64(type_):
        return "integer"
    if pa.types.is_timestamp(type_) and type_.tz is None:
        return "timestamp"
    return str(type_)


def _difference(layout: list[str], found: list[str]) -> str:
    missing = [label for label in layout if label not in found]
    extra = [label for label in found if label not in layout]
    parts = [
        f"{what} {', '.join(labels)}"
        for what, labels in (("missing", missing), ("unexpected", extra))
        if labels
    ]
    return "; ".join(parts) or "other order: " + ", ".join(found)


def _read(paths: list[Path], columns: list[Column]) -> pd.DataFrame:
    """Return the columns that a suite looks at, as text, of files of one layout."""
    wanted = [c.name for c in columns if c.rule or c.required]
    if not paths:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in wanted})
    table = pq.read_table([str(path) for path in paths], columns=wanted)
    return pa.table(
        {name: table[name].cast(pa.large_string()) for name in wanted}
    ).to_pandas()


def _failure(system: str, entity: str, frame: pd.DataFrame, result) -> Failure:
    config, found = result.expectation_config, result.result
    if "unexpected_count" not in found:
        raise RuntimeError(f"{system}.{entity}: {result.exception_info}")
    column = config.kwargs["column"]
    values = frame[column]
    if config.type == "expect_column_values_to_not_be_null":
        broken = values.isna()
    else:
        broken = values.isin(found["partial_unexpected_list"])
    return Failure(
        system,
        entity,
        column,
        config.description,
        found["unexpected_count"],
        found["element_count"],
        tuple(
            _example(row, column) for _, row in frame[broken].head(EXAMPLES).iterrows()
        ),
    )


def _example(row: pd.Series, column: str) -> Example:
    value, line = row[column], row.get("_line")
    return Example(
        None if pd.isna(value) else value,
        row.get("_file", row.get("file")),
        None if pd.isna(line) else int(line),
    )


# The pages ask ten hosts for style sheets, scripts and a logo: they have to be readable
# on a machine without a network, and to tell nobody that they are being read.
REMOTE = re.compile(
    r"<script[^>]*\bsrc=\"https?:[^>]*>\s*</script>"
    r"|<link[^>]*\bhref=\"https?:[^>]*>"
    r"|<img[^>]*\bsrc=\"https?:[^>]*>"
    r"|url\('?https?:[^)]*\)"
    r"|<footer.*?</footer>",
    re.DOTALL,
)
STYLE = """<style>
body {font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem}
table {border-collapse: collapse; margin-bottom: 1.5rem}
th, td {border-bottom: 1px solid #ccc; padding: .3rem .8rem; text-align: left}
td {vertical-align: top}
</style>"""


def _finish_pages(site: Path, result: CheckResult) -> None:
    """Cut the pages loose from the network, and write an index that needs no script."""
    for page in [*site.rglob("*.html"), *site.rglob("*.css")]:
        text = REMOTE.sub("", page.read_text(encoding="utf-8"))
        page.write_text(text.replace("</head>", STYLE + "</head>", 1), encoding="utf-8")
    (site / "index.html").write_text(_index(site, result), encoding="utf-8")


def _index(site: Path, result: CheckResult) -> str:
    failures = "".join(
        f"<tr><td>{html.escape(f'{f.system}.{f.entity}')}</td>"
        f"<td>{html.escape(f.column or 'columns')}</td>"
        f"<td>{html.escape(f.expected)}</td><td>{f.failed:,} of {f.rows:,}</td>"
        f"<td>{'<br>'.join(html.escape(str(example)) for example in f.examples)}"
        "</td></tr>"
        for f in result.failures
    )
    suites = "".join(
        f"<tr><td>{system}.{entity}</td>"
        + "".join(
            f"<td>{_link(site, result, system, entity, part)}</td>"
            for part in ("columns", "values")
        )
        + "</tr>"
        for system, entities in SYSTEMS.items()
        for entity in entities
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>Raw-file contracts</title>{STYLE}</head><body>"
        f"<h1>Raw-file contracts</h1><p>{result.rows:,} rows, "
        f"{result.expectations:,} expectations, {len(result.failures):,} failed.</p>"
        + (
            "<h2>Failed</h2><table><tr><th>Entity<th>Column<th>Expected<th>Rows"
            f"<th>Examples</tr>{failures}</table>"
            if failures
            else ""
        )
        + f"<h2>Suites</h2><table>{suites}</table></body></html>"
    )


def _link(site: Path, result: CheckResult, system: str, entity: str, part: str) -> str:
    """Return how one suite went, linked to its page; an absent system has no values."""
    pages = (site / "validations" / system / entity / part).rglob("*.html")
    page = next(pages, None)
    if page is None:
        return "no rows"
    failed = any(
        (f.system, f.entity, f.column is None) == (system, entity, part == "columns")
        for f in result.failures
    )
    href = page.relative_to(site).as_posix()
    return f'{part} <a href="{href}">{"failed" if failed else "passed"}</a>'
