"""Leads of Sales Hub: each needs the contact or company it is about; that it dies without one is told in `joining`.

https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.errors import Refused

PRIMARY = frozenset({578, 580})


def check_primary(given: Any) -> None:
    """Refuse a new lead that names neither a primary contact (578) nor a primary company (580)."""
    for one in given if isinstance(given, list) else ():
        types = one.get("types") if isinstance(one, dict) else None
        for type_ in types if isinstance(types, list) else ():
            if isinstance(type_, dict) and type_.get("associationTypeId") in PRIMARY:
                return
    # The rule is documented, the words are not.
    raise Refused(400, "A lead must be associated with a primary contact or company", "VALIDATION_ERROR")
