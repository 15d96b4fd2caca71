"""Which path leads to which resource, in the dated form and in the old one.

``/crm/objects/2026-09/contacts`` and ``/crm/v3/objects/contacts`` are the same place; associations
are ``v4`` in the old form (https://developers.hubspot.com/docs/api-reference/legacy/migration-guide).
Outside ``crm`` and ``marketing`` the version stands second in both forms: ``/account-info/{version}/details``.
"""

from __future__ import annotations

from typing import NamedTuple

from twins.hubspot.associations import labels as association_labels
from twins.hubspot.associations import routes as associations
from twins.hubspot.errors import not_found
from twins.hubspot.front import oauth
from twins.hubspot.lists import membership
from twins.hubspot.lists import routes as segments
from twins.hubspot.marketing import campaigns, forms, subscriptions
from twins.hubspot.marketing import reports as campaign_reports
from twins.hubspot.objects import batches, listing, merging, privacy
from twins.hubspot.objects import single as objects
from twins.hubspot.search import routes as search
from twins.hubspot.settings import (
    account,
    owners,
    pipeline_stages,
    pipelines,
    properties,
    property_groups,
    webhooks,
)
from twins.hubspot.wire.call import Route

DATED = frozenset({"2026-03", "2026-09"})
V3 = frozenset({"v3"}) | DATED
V4 = frozenset({"v4"}) | DATED
ONLY_V1, ONLY_V2, ONLY_V3 = frozenset({"v1"}), frozenset({"v2"}), frozenset({"v3"})
# These two name their family before a dated version and after an old one.
_IN_TWO_PARTS = frozenset({"crm", "marketing"})


class Family(NamedTuple):
    """Paths that begin alike, and the versions in which they exist.

    Literal parts stand before placeholders: the first line that fits wins. An open family asks for no token.
    """

    root: str
    versions: frozenset[str]
    routes: dict[str, dict[str, Route]]
    is_open: bool = False


FAMILIES: tuple[Family, ...] = (
    Family(
        "crm/objects",
        V3,
        {
            "{kind}": {"GET": listing.list_all, "POST": objects.create_one},
            "{kind}/search": {"POST": search.search},
            "{kind}/batch/read": {"POST": batches.batch_read},
            "{kind}/batch/create": {"POST": batches.batch_create},
            "{kind}/batch/update": {"POST": batches.batch_update},
            "{kind}/batch/upsert": {"POST": batches.batch_upsert},
            "{kind}/batch/archive": {"POST": batches.batch_archive},
            "{kind}/merge": {"POST": merging.merge_route},
            "{kind}/gdpr-delete": {"POST": privacy.gdpr_delete},
            "{kind}/{id}": {
                "GET": objects.read_one,
                "PATCH": objects.update_one,
                "DELETE": objects.archive_one,
            },
        },
    ),
    Family(
        "crm/objects",
        V4,
        {
            "{kind}/{id}/associations/{to}": {"GET": associations.read_one},
            "{kind}/{id}/associations/default/{to}/{other}": {"PUT": associations.join_default},
            "{kind}/{id}/associations/{to}/{other}": {
                "PUT": associations.put_labels,
                "DELETE": associations.part_one,
            },
        },
    ),
    Family(
        "crm/associations",
        V4,
        {
            "{kind}/{to}/batch/read": {"POST": associations.batch_read},
            "{kind}/{to}/batch/create": {"POST": associations.batch_create},
            "{kind}/{to}/batch/associate/default": {"POST": associations.batch_default},
            "{kind}/{to}/batch/archive": {"POST": associations.batch_archive},
            "{kind}/{to}/batch/labels/archive": {"POST": associations.batch_archive_labels},
            "{kind}/{to}/labels": {
                "GET": association_labels.list_all,
                "POST": association_labels.create,
                "PUT": association_labels.update,
            },
            "{kind}/{to}/labels/{type}": {"DELETE": association_labels.delete},
            "definitions/configurations/{kind}/{to}": {"GET": association_labels.limits},
            "definitions/configurations/{kind}/{to}/batch/create": {"POST": association_labels.set_limits},
            "definitions/configurations/{kind}/{to}/batch/update": {"POST": association_labels.set_limits},
            "definitions/configurations/{kind}/{to}/batch/purge": {"POST": association_labels.purge_limits},
        },
    ),
    Family(
        "crm/properties",
        V3,
        {
            "{kind}": {"GET": properties.list_all, "POST": properties.create},
            "{kind}/batch/read": {"POST": properties.batch_read},
            "{kind}/batch/create": {"POST": properties.batch_create},
            "{kind}/batch/archive": {"POST": properties.batch_archive},
            "{kind}/groups": {"GET": property_groups.list_all, "POST": property_groups.create},
            "{kind}/groups/{name}": {
                "GET": property_groups.read_one,
                "PATCH": property_groups.update,
                "DELETE": property_groups.archive,
            },
            "{kind}/{name}": {
                "GET": properties.read_one,
                "PATCH": properties.update,
                "DELETE": properties.archive,
            },
        },
    ),
    Family(
        "crm/pipelines",
        V3,
        {
            "{kind}": {"GET": pipelines.list_all, "POST": pipelines.create},
            "{kind}/{id}": {
                "GET": pipelines.read_one,
                "PATCH": pipelines.update,
                "PUT": pipelines.replace,
                "DELETE": pipelines.delete,
            },
            "{kind}/{id}/stages": {"GET": pipeline_stages.list_all, "POST": pipeline_stages.create},
            "{kind}/{id}/stages/{stage}": {
                "GET": pipeline_stages.read_one,
                "PATCH": pipeline_stages.update,
                "PUT": pipeline_stages.replace,
                "DELETE": pipeline_stages.delete,
            },
        },
    ),
    Family("crm/owners", V3, {"": {"GET": owners.list_all}, "{id}": {"GET": owners.read_one}}),
    Family(
        "crm/lists",
        V3,
        {
            "": {"GET": segments.read_several, "POST": segments.create},
            "search": {"POST": segments.search},
            "object-type-id/{kind}/name/{name}": {"GET": segments.read_by_name},
            "records/{kind}/{id}/memberships": {"GET": membership.of_record},
            "{list}": {"GET": segments.read_one, "DELETE": segments.delete},
            "{list}/restore": {"PUT": segments.restore},
            "{list}/update-list-name": {"PUT": segments.rename},
            "{list}/update-list-filters": {"PUT": segments.refilter},
            "{list}/memberships": {"GET": membership.by_id, "DELETE": membership.clear},
            "{list}/memberships/join-order": {"GET": membership.by_time},
            "{list}/memberships/add": {"PUT": membership.add},
            "{list}/memberships/remove": {"PUT": membership.remove},
            "{list}/memberships/add-and-remove": {"PUT": membership.add_and_remove},
            "{list}/memberships/add-from/{from}": {"PUT": membership.add_from},
        },
    ),
    Family(
        "marketing/campaigns",
        V3,
        {
            "": {"GET": campaigns.list_all, "POST": campaigns.create},
            "batch/create": {"POST": campaigns.batch_create},
            "batch/read": {"POST": campaigns.batch_read},
            "batch/update": {"POST": campaigns.batch_update},
            "batch/archive": {"POST": campaigns.batch_archive},
            "{guid}": {
                "GET": campaigns.read_one,
                "PATCH": campaigns.update,
                "DELETE": campaigns.delete,
            },
            "{guid}/reports/metrics": {"GET": campaign_reports.metrics},
            "{guid}/reports/revenue": {"GET": campaign_reports.revenue},
            "{guid}/reports/contacts/{touch}": {"GET": campaign_reports.contacts},
            "{guid}/assets/{type}": {"GET": campaigns.assets},
            "{guid}/assets/{type}/{asset}": {"PUT": campaigns.add_asset, "DELETE": campaigns.remove_asset},
            "{guid}/budget": {"POST": campaigns.add_budget},
            "{guid}/budget/totals": {"GET": campaigns.totals},
            "{guid}/spend": {"POST": campaigns.add_spend},
        },
    ),
    Family("marketing/forms", V3, {}),
    Family("marketing/marketing-events", V3, {}),
    Family("form-integrations", ONLY_V1, {"submissions/forms/{guid}": {"GET": forms.submissions}}),
    Family(
        "communication-preferences",
        V4,
        {
            "statuses/{email}": {"GET": subscriptions.status},
            "statuses/{email}/unsubscribe-all": {
                "GET": subscriptions.wide_status,
                "POST": subscriptions.unsubscribe_all,
            },
        },
    ),
    Family(
        "account-info",
        V3,
        {
            "details": {"GET": account.details},
            "api-usage/daily/private-apps": {"GET": account.daily_usage},
        },
    ),
    Family(
        "webhooks",
        V3,
        {
            "{app}/settings": {
                "GET": webhooks.read_target,
                "PUT": webhooks.put_target,
                "DELETE": webhooks.drop_target,
            },
            "{app}/subscriptions": {"GET": webhooks.list_all, "POST": webhooks.create_one},
            "{app}/subscriptions/batch/update": {"POST": webhooks.batch_update},
            "{app}/subscriptions/{subscription}": {
                "GET": webhooks.read_one,
                "PATCH": webhooks.update_one,
                "DELETE": webhooks.delete_one,
            },
        },
        is_open=True,
    ),
    Family("oauth", ONLY_V1 | DATED, {"token": {"POST": oauth.token}}, is_open=True),
    Family(
        "oauth", ONLY_V2, {"private-apps/get/access-token-info": {"POST": oauth.private_app}}, is_open=True
    ),
    Family("oauth", DATED, {"token/introspect": {"POST": oauth.introspect}}, is_open=True),
    Family(
        "oauth",
        ONLY_V1,
        {
            "access-tokens/{token}": {"GET": oauth.access_token},
            "refresh-tokens/{token}": {"GET": oauth.refresh_token, "DELETE": oauth.forget},
        },
        is_open=True,
    ),
)


class Place(NamedTuple):
    """Where a path leads: what answers which method, the version asked for, and what the path names."""

    template: str
    methods: dict[str, Route]
    version: str
    params: dict[str, str]
    is_open: bool = False


Lines = list[tuple[list[str], str, dict[str, Route], bool]]


def _table() -> dict[tuple[str, str], Lines]:
    table: dict[tuple[str, str], Lines] = {}
    for family in FAMILIES:
        for version in family.versions:
            lines = table.setdefault((family.root, version), [])
            for rest, methods in family.routes.items():
                template = f"/{family.root}/{rest}".rstrip("/")
                known = next((line[2] for line in lines if line[1] == template), None)
                if known is not None:  # another family of the same version knows more verbs of one path
                    known.update(methods)
                    continue
                lines.append((rest.split("/") if rest else [], template, dict(methods), family.is_open))
    return table


_TABLE = _table()


def find(segments: list[str]) -> Place:
    """The place of one path; raises Refused when it leads nowhere."""
    root, version, parts = _without_version(segments)
    for pattern, template, methods, is_open in _TABLE.get((root, version), ()):
        params = _fit(pattern, parts)
        if params is not None:
            return Place(template, methods, version, params, is_open)
    raise not_found()


def _without_version(segments: list[str]) -> tuple[str, str, list[str]]:
    match segments:
        case [first, "v3" | "v4" as version, family, *rest] if first in _IN_TWO_PARTS:
            return f"{first}/{family}", version, rest
        case [first, family, version, *rest] if first in _IN_TWO_PARTS and version in DATED:
            return f"{first}/{family}", version, rest
        case [first, version, *rest] if first not in _IN_TWO_PARTS:
            return first, version, rest
    raise not_found()


def _fit(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    params = {}
    for wanted, part in zip(pattern, parts, strict=True):
        if wanted[0] == "{":
            params[wanted[1:-1]] = part
        elif wanted != part:
            return None
    return params
