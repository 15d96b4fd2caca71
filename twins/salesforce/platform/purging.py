"""Gone for good before its time: emptyRecycleBin, hardDelete, and a person in the recycle bin.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_emptyrecyclebin.htm
"""

from __future__ import annotations

from twins.salesforce.org.state import Org
from twins.salesforce.platform import deletion
from twins.salesforce.schema.kinds import Kind


def purge(org: Org, kind: Kind, key: str) -> bool:
    """Take a row out of the recycle bin with what it took along; false when it is not there."""
    gone = org.bin.find(kind.name, key)
    row = org.tables[kind.name].rows.get(key)
    if gone is None or row is None or "IsDeleted" not in row:
        return False
    for one in org.bin.along(gone.root, gone.at) if gone.root == key else [gone]:
        deletion.purge(org, one)
    org.bin.aged()
    return True
