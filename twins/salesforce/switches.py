"""What differs between orgs, or what nobody could verify about Salesforce."""

from __future__ import annotations

from dataclasses import dataclass

from twins.switches import switch


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """One line a switch; both behaviours of each are tested."""

    map_custom_fields: bool = switch(
        "a conversion carries custom Lead fields to the Contact's of the same name, until an admin maps fields",
        default=True,
    )
    # ── sign-in and the day's calls ──────────────────────────────────────────
    session_minutes: int = switch("minutes without activity after which a session ends", default=120)
    sandbox: bool = switch(
        "the org is a sandbox: assertions are meant for test.salesforce.com", default=False
    )
    password_flow: bool = switch("the username-password OAuth flow is allowed", default=False)
    soap_login: bool = switch("SOAP login() is allowed (below API 65.0)", default=False)
    logins_per_hour: int = switch(
        "[M] sign-ins of one user in an hour before LOGIN_RATE_EXCEEDED", default=3600
    )
    api_enabled: bool = switch("the edition of the org has the API", default=True)
    per_app_usage: bool = switch("Sforce-Limit-Info also tells the usage of the app", default=False)
    view_setup: bool = switch(
        "the integration user has View Setup and Configuration, which /limits needs", default=True
    )
    concurrent_calls: int = switch(
        "calls over 20 seconds that may run at once (developer orgs: 5)", default=25
    )
    paths_ignore_case: bool = switch("[M] /Services/Data is as good as /services/data", default=False)
    # ── many rows a call ─────────────────────────────────────────────────────
    repeated_key: str = switch(
        "[M] which rows of an upsert or update are refused when several carry one external id or id",
        default="all",
        choices=("all", "later"),
    )
    upsert_race_ms: int = switch(
        "[M] milliseconds after a create in which another upsert by its key is refused as a duplicate",
        default=0,
    )
    upsert_answers_from: int = switch(
        "[M] the API version from which an upsert that updates answers with a body", default=46
    )
    # ── Bulk 2.0 ─────────────────────────────────────────────────────────────
    bulk_seconds: float = switch("seconds from the end of the upload to JobComplete", default=2.0)
    bulk_batch: int = switch("rows of a batch that the server cuts a Bulk job into", default=10_000)
    bulk_megabytes: float = switch("the most a job may hold after base64", default=150.0)
    bulk_results_in_order: bool = switch("result rows come in the order that was sent", default=False)
    bulk_error_fields: bool = switch("[M] sf__Error ends with the fields, ':LastName --'", default=True)
    bulk_zulu: bool = switch("[M] a Bulk query prints times with Z, not +0000", default=True)
    bulk_hard_delete: bool = switch("the user has the permission Bulk API Hard Delete", default=False)
    # ── the life of records ──────────────────────────────────────────────────
    deleted_row_status: int = switch(
        "[M] HTTP status of ENTITY_IS_DELETED for one row", default=404, choices=(404, 400)
    )
    activities_go_along: bool = switch(
        "[M] an activity about nothing else is deleted along with its person or record", default=True
    )
    won_deals_keep_accounts: bool = switch(
        "[M] an account with an opportunity that was won cannot be deleted", default=True
    )
    purged_deletes: str = switch(
        "what getDeleted says to a window before the last purge",
        default="silent",
        choices=("silent", "refused"),
    )
    replication_ids: int = switch("ids that getUpdated or getDeleted answers at most", default=600_000)
    file_like_keys: str = switch(
        "an external id in a path that ends like a file name (x.inc) answers 404",
        default="refused",
        choices=("refused", "taken"),
    )
    sets_the_past: bool = switch(
        "the integration user may set CreatedDate and LastModifiedDate when it creates", default=False
    )
    edit_converted_leads: bool = switch(
        "the integration user has View and Edit Converted Leads", default=False
    )
    converted_members: str = switch(
        "[M] whom a member is after a conversion: lead and contact, or the contact only",
        default="both",
        choices=("both", "contact"),
    )
    marketing_user: bool = switch("the integration user may write campaigns (Marketing User)", default=True)
    unknown_member_status: str = switch(
        "[M] a member status that the campaign does not have becomes the default, or is kept",
        default="default",
        choices=("default", "kept"),
    )
    archived_activities: str = switch(
        "[M] whether a plain query shows archived activities", default="hidden", choices=("hidden", "shown")
    )
    reparenting: str = switch(
        "[M] what a merge does to the stamps of records it gives to the winner",
        default="system",
        choices=("system", "edit"),
    )
    merge_of_converted: str = switch(
        "[M] a merge with a converted lead in it", default="refused", choices=("refused", "taken")
    )
    # ── rules of saving ──────────────────────────────────────────────────────
    trimmed_ends: str = switch(
        "[M] which ends of a text lose their spaces when it is saved",
        default="both",
        choices=("both", "trailing", "none"),
    )
    lowered_emails: bool = switch("an e-mail is stored in lower case", default=True)
    line_ends: str = switch(
        "[M] how line ends of a text are stored: all as LF, all as CRLF, or as given",
        default="LF",
        choices=("LF", "CRLF", "given"),
    )
    wide_characters: int = switch(
        "[M] how much a character beyond the first 65,536 (emoji) counts against a length",
        default=2,
        choices=(1, 2),
    )
    empty_text_is_null: bool = switch('[M] "" is stored as null', default=True)
    multi_select_order: str = switch(
        "[M] how the values of a multi-select picklist are stored: as given, or in the order of the list",
        default="given",
        choices=("given", "defined"),
    )
    rules_per_object: int = switch("active validation rules that a kind may have (Starter: 20)", default=500)
    custom_fields_per_object: int = switch(
        "custom fields that a kind may have (Starter: 25, Professional: 100)", default=500
    )
    validate_conversions: bool = switch(
        "Require Validation for Converted Leads: validation and duplicate rules run at conversion",
        default=True,
    )
    record_types_hold_open_picklists: bool = switch(
        "[M] the values of a record type bind unrestricted picklists, too", default=False
    )
    duplicate_result_key: str = switch(
        "[M] the JSON key of the duplicate result of one row",
        default="duplicateResut",
        choices=("duplicateResut", "duplicateResult"),
    )
    duplicates_within_a_call: bool = switch(
        "[M] duplicate rules also compare records made in one call with each other", default=False
    )
    duplicate_value_names: str = switch(
        "[M] how DUPLICATE_VALUE names the record that has the value: its 15 or 18 characters, or <unknown>",
        default="15",
        choices=("15", "18", "unknown"),
    )
    locked_row_status: int = switch(
        "[M] HTTP status of UNABLE_TO_LOCK_ROW for one row", default=400, choices=(400, 409)
    )
    failed_precondition: str = switch(
        "[M] the body of a 412: an error, the error code of SOAP, or nothing",
        default="error",
        choices=("error", "soap", "empty"),
    )
    no_access_status: int = switch(
        "[M] HTTP status of INSUFFICIENT_ACCESS_OR_READONLY for one row", default=403, choices=(403, 400)
    )
    describe_inactive_values: bool = switch(
        "[M] describe lists inactive picklist values, marked so", default=True
    )
    converted_status_by_edit: str = switch(
        "[M] what an edit of a lead to a converted status does",
        default="refused",
        choices=("refused", "stored"),
    )
    # ── queries ──────────────────────────────────────────────────────────────
    empty_children: str = switch(
        "[M] what stands for a subquery without rows", default="null", choices=("null", "page")
    )
    query_lag_ms: int = switch("milliseconds until a query sees a change that a read by id sees", default=0)
    open_cursors: int = switch("query locators that one user may have open; the oldest is let go", default=10)
    first_day_of_week: str = switch(
        "the day on which a week begins in the user's locale",
        default="Sunday",
        choices=("Sunday", "Monday", "Saturday"),
    )
    fiscal_year_start: int = switch(
        "the month in which the fiscal year begins", default=1, choices=tuple(range(1, 13))
    )
    long_address: int = switch("[M] HTTP status of an address over 16 KB", default=414, choices=(414, 431))
    # ── the Metadata API ─────────────────────────────────────────────────────
    lead_mapping_readable: bool = switch(
        "[M] readMetadata tells what lead conversion carries over", default=True
    )
    deploy_seconds: float = switch("seconds from the request of a deployment to its end", default=3.0)
    deployed_fields_are_hidden: bool = switch(
        "nobody sees a field that was deployed, until a permission set opens it; else all profiles do",
        default=True,
    )
    value_set_suffix: str = switch(
        "a global value set that was made by API 57 or later is read with __gvs at its name, or as it was deployed",
        default="appended",
        choices=("appended", "plain"),
    )
    assigned_sets_stay: bool = switch(
        "[M] a permission set that somebody has cannot be deleted", default=True
    )
