"""What differs between portals, or what nobody could verify about HubSpot."""

from __future__ import annotations

from dataclasses import dataclass

from twins.switches import switch


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """One line a switch; both behaviours of each are tested."""

    null_clears: bool = switch("a null in a write empties the property; else it is ignored", default=False)
    search_lag_ms: int = switch("so young a change is not found by search, in milliseconds", default=0)
    first_company_is_primary: bool = switch(
        "the first company joined to a record is its primary one", default=True
    )
    enforce_limits: bool = switch(
        "calls beyond a rate limit get 429; else they are only counted", default=True
    )
    tier: str = switch(
        "the subscription, which decides the limits",
        default="professional",
        choices=("free", "starter", "professional", "enterprise"),
    )
    limit_increases: int = switch("bought API limit increases", default=0, choices=(0, 1, 2))
    ten_second_limit: int = switch("calls in ten seconds; 0 takes the tier's", default=0)
    daily_limit: int = switch("calls in a day; 0 takes the tier's", default=0)
    search_limit: int = switch("searches in a second", default=5)
    associations_limit: int = switch("association calls in ten seconds; 0 takes the tier's", default=0)
    search_counts_to_daily: bool = switch("a search uses up the daily limit too", default=True)
    refused_calls_count: bool = switch("a call refused with 429 counts as well", default=False)
    retry_after_s: int = switch("Retry-After on a 429, in seconds; 0 leaves it out", default=0)
    secondly_headers: bool = switch("the deprecated Secondly headers are still sent", default=True)
    url_limit: int = switch("an address longer than this gets 414", default=8192)
    wrong_content_type_status: int = switch(
        "the status for a body that is not declared as JSON", default=415, choices=(415, 400)
    )
    expired_token: str = switch(
        "the category of the 401 for an expired OAuth token",
        default="EXPIRED_AUTHENTICATION",
        choices=("EXPIRED_AUTHENTICATION", "INVALID_AUTHENTICATION"),
    )
    oauth_v1_ends: bool = switch("/oauth/v1 answers 404 from 16 February 2027 on", default=True)
    upserts_that_lock: int = switch(
        "so many batch upserts to one kind within a second lock it for two; 0 never", default=0
    )
    batch_order: str = switch(
        "the order of a batch's results", default="sent", choices=("sent", "reversed", "by_id")
    )
    bad_value_fails_batch: bool = switch(
        "one bad value refuses a whole batch update; else a 207 tells the bad rows", default=True
    )
    address_upserts_fail_whole: bool = switch(
        "an upsert by e-mail is all or nothing, even with trace ids", default=True
    )
    one_key_per_upsert: bool = switch("all inputs of an upsert must name the same idProperty", default=True)
    echoes_trace_ids: bool = switch("the results of a batch carry their objectWriteTraceId", default=False)
    merged_id_in_update: str = switch(
        "what a batch update does with the id of a merged record",
        default="left_out",
        choices=("left_out", "survivor"),
    )
    unknown_archive_is_fine: bool = switch(
        "deleting an id that nobody has answers 204; else 404", default=True
    )
    always_fractions: bool = switch("a moment shows milliseconds even when they are zero", default=False)
    shows_url: bool = switch("a record carries the address of its page in HubSpot", default=True)
    history_kept_contacts: int = switch("how many values of a contact's property are kept", default=45)
    history_kept: int = switch("how many values of any other property are kept", default=20)
    lowercases_addresses: bool = switch("an e-mail address is stored in lower case", default=True)
    address_conflict_on_update: str = switch(
        "how an update to another contact's primary address is refused", default="409", choices=("409", "400")
    )
    records_need_a_name: bool = switch(
        "a company needs name or domain, a deal its name, before it is made", default=True
    )
    backward_stage: str = switch(
        "what becomes of an earlier lifecycle stage that an app writes",
        default="ignore",
        choices=("ignore", "accept", "refuse"),
    )
    clear_takes_stamps: bool = switch(
        "clearing the lifecycle stage empties the dates of its stages", default=True
    )
    stage_entered_dates: bool = switch("hs_v2_date_entered_… and its sisters are kept", default=True)
    deals_move_stages: bool = switch(
        "a new deal makes its contacts and companies opportunities, a won one customers", default=False
    )
    companies_move_contacts: bool = switch(
        "a company's lifecycle stage moves the contacts whose primary company it is", default=False
    )
    merge_makes_new_record: bool = switch(
        "two merged records become a new one with a new id; else the primary one keeps its id", default=True
    )
    api_brings_back_deleted: bool = switch(
        "an app may make a contact with the address of somebody who was deleted for good", default=True
    )
    has_leads: bool = switch("the account has the leads object (Sales Hub Professional)", default=True)
    stage_of_another_pipeline_is_refused: bool = switch(
        "a stage that is none of the record's pipeline is a 400", default=True
    )
    webhook_type_field: str = switch(
        "the field of a webhook event that names its type",
        default="subscriptionType",
        choices=("subscriptionType", "eventType", "subscriptionType+eventType"),
    )
    webhook_batch: int = switch("events in one webhook POST, at most", default=100)
    webhook_delay_ms: int = switch("so long after the change a webhook is due, in milliseconds", default=0)
    webhook_settings_lag_ms: int = switch(
        "so long a change of webhook settings is not in force yet (HubSpot: up to 300000)", default=0
    )
    webhook_lose_every: int = switch("every so many-th webhook event is lost; 0 none", default=0)
    webhook_double_every: int = switch("every so many-th webhook event is sent twice; 0 none", default=0)
    webhook_newest_first: bool = switch("webhook events of one moment come in reverse order", default=False)
    webhook_signature_version: str = switch(
        "the version of the old signature header on webhooks", default="v1", choices=("v1", "v2")
    )
    search_text_limit: str = switch(
        "what may have 3,000 characters: a search's whole body, or only its query",
        default="body",
        choices=("body", "query"),
    )
    search_remembers: bool = switch(
        "within the search lag a changed record is found as it was before; else not at all", default=True
    )
    blanks_answer_not: bool = switch(
        "records without a value answer to NEQ, NOT_IN and NOT_CONTAINS_TOKEN", default=False
    )
    upper_case_property_name: str = switch(
        "what becomes of a capital letter in a new property's name",
        default="lowered",
        choices=("lowered", "refused"),
    )
    removed_option_stays: bool = switch(
        "a record keeps a choice that was taken off the list; else it is cleared", default=True
    )
    list_lag_ms: int = switch("so young a change is not seen by a dynamic list, in milliseconds", default=0)
    archived_owner_is_refused: bool = switch(
        "a record cannot be given to an owner who was deactivated", default=True
    )
    marketing_hub: str = switch(
        "the tier of Marketing Hub; campaigns need Professional",
        default="professional",
        choices=("starter", "professional", "enterprise"),
    )
    cleared_stage_is_free: bool = switch(
        "after a clear any lifecycle stage may be set; else only one that is not before the cleared one",
        default=True,
    )
    merged_id_is_found: bool = switch(
        "the id of a merged record leads to the survivor; else it is unknown", default=True
    )
    duplicate_check_lag_ms: int = switch(
        "so young an address is overlooked by the 409 of a create, and refused by the store with a 400",
        default=0,
    )
    bools_in_any_case: bool = switch(
        "a yes-no property takes True and FALSE too; else only true and false", default=False
    )
    company_domains_are_unique: bool = switch("a second company of one domain is refused", default=False)
    companies_from_addresses: bool = switch(
        "a contact's address makes and joins the company of its domain", default=False
    )
    born_marketable: bool = switch("a contact made by an app is a marketing contact", default=False)
    no_leads_status: int = switch(
        "how an account without leads answers for them", default=403, choices=(403, 400)
    )
    webhook_double_id: str = switch(
        "the eventId of a webhook event that is sent twice", default="same", choices=("same", "new")
    )
    lists_lag: bool = switch(
        "pages of all records miss new ones as long as search does; else they come from the store",
        default=False,
    )
    campaign_names_are_unique: bool = switch("a second campaign of the same name is refused", default=False)
