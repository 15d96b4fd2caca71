"""The history objects of a fresh org: read-only and queryable."""

from __future__ import annotations

from collections.abc import Sequence

from twins.salesforce.schema.declared import choice, kind_of, reference, several
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.schema.picklists import STAGES

HISTORY_OF = {
    "Lead": "LeadHistory",
    "Contact": "ContactHistory",
    "Account": "AccountHistory",
    "Opportunity": "OpportunityFieldHistory",
}


def kinds() -> list[Kind]:
    """The history objects of a fresh org."""
    tracked = [
        _read_only(
            name,
            "017",
            [
                reference(f"{parent}Id", parent),
                choice("Field", restricted=True),
                *several("anyType", "OldValue", "NewValue"),
            ],
        )
        for parent, name in HISTORY_OF.items()
    ]
    return [*tracked, _read_only("OpportunityHistory", "008", _opportunity())]


def _opportunity() -> list[Field]:
    return [
        reference("OpportunityId", "Opportunity"),
        choice("StageName", [stage[0] for stage in STAGES]),
        *several("currency", "Amount", "ExpectedRevenue", "PrevAmount", digits=(18, 2)),
        *several("date", "CloseDate", "PrevCloseDate"),
        *several("percent", "Probability", digits=(3, 0)),
        choice("ForecastCategory"),
    ]


def _read_only(name: str, prefix: str, fields: Sequence[Field]) -> Kind:
    """A history row knows who and when, and is never modified."""
    kind = kind_of(name, prefix, fields, access="", undeletable=False)
    gone = ["LastModifiedDate", "LastModifiedById"]
    if name != "OpportunityHistory":
        gone.append("SystemModstamp")
    kept = {key: field for key, field in kind.fields.items() if key not in gone}
    return Kind(name=name, prefix=prefix, label=name, fields=kept, access="", undeletable=False)
