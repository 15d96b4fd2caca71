"""What each kind works out for itself before a save, and what a save does to others after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twins.salesforce.org.store import Row
from twins.salesforce.platform import activities, campaigns, opportunities
from twins.salesforce.platform.running import Running

Derive = Callable[[Running, Row | None, dict[str, Any]], None]
After = Callable[[Running, Row | None, Row], None]


DERIVE: dict[str, Derive] = {
    "Opportunity": opportunities.derive,
    "OpportunityLineItem": opportunities.derive_line,
    "Task": activities.derive_task,
    "Event": activities.derive_event,
    "Campaign": campaigns.derive,
    "CampaignMember": campaigns.derive_member,
    "CampaignMemberStatus": campaigns.derive_status,
}
AFTER: dict[str, After] = {
    "Opportunity": opportunities.follow,
    "OpportunityContactRole": opportunities.one_primary,
    "OpportunityLineItem": opportunities.sum_up,
    "Task": activities.touch,
    "Event": activities.touch,
    "Campaign": campaigns.follow,
    "CampaignMember": campaigns.count,
    "CampaignMemberStatus": campaigns.one_default,
}
