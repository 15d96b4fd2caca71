"""The clauses of a query that ask for nothing from the schema: their limits, and the rare ones.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_offset.htm
"""

from __future__ import annotations

from typing import NoReturn

from twins.salesforce.soql.asking import Asking
from twins.salesforce.soql.reading.tokens import complain
from twins.salesforce.soql.reading.tree import Query

_OFFSET_MAX = 2000
_MODES = frozenset({"security_enforced", "user_mode", "system_mode"})
_SCOPES = frozenset({"everything", "mine"})


def check(query: Query, *, grouped: bool) -> None:
    """Refuse what the grammar takes and no query may say."""

    def refuse(at: int, said: str, code: str = "MALFORMED_QUERY") -> NoReturn:
        complain(query.text, at, said, code)

    if query.offset > _OFFSET_MAX:
        refuse(query.end_at, "Maximum SOQL offset allowed is 2000", "NUMBER_OUTSIDE_VALID_RANGE")
    if query.offset < 0 or (query.limit is not None and query.limit < 0):
        refuse(query.end_at, "unexpected token: '-'")
    if query.counts and (query.groups or query.order):
        refuse(query.end_at, "COUNT() cannot be grouped or ordered")
    if grouped and query.groups is None and query.limit is not None:
        said = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
        refuse(query.end_at, said)
    for word, text, at in query.clauses:
        if word in ("update", "bind") or (word == "with" and text.lower() not in _MODES):
            refuse(at, f"unexpected token: '{text or word}'")
        if word == "using" and text.lower() not in _SCOPES:
            refuse(at, f"invalid scope: {text}", "INVALID_QUERY_SCOPE")


def is_mine(asking: Asking) -> bool:
    """Whether the query is only about what the user owns: USING SCOPE mine."""
    for word, text, at in asking.query.clauses:
        if word == "using" and text.lower() == "mine":
            if "OwnerId" not in asking.kind.fields:
                asking.refuse(at, f"invalid scope: {text}", "INVALID_QUERY_SCOPE")
            return True
    return False
