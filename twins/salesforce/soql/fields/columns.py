"""Field paths of a query, bound to the schema: how to get a value out of a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.soql.reading.tokens import complain
from twins.salesforce.soql.reading.tree import Path

ADVICE = "Please reference your WSDL or the describe call for the appropriate names."
_DEPTH = 5
_TYPE = Field(name="Type", type="picklist", label="Type", length=255)
# What can be asked of a parent that may be of several kinds (the object Name):
# https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_name.htm
_NAMES = frozenset(
    {
        "id",
        "name",
        "firstname",
        "lastname",
        "type",
        "email",
        "phone",
        "title",
        "username",
        "alias",
        "isactive",
    }
)


@dataclass(frozen=True, slots=True)
class Column:
    """One field, perhaps of a parent: *references* lead from the row to it.

    *last* gets the value out of the row that has the field, where a function stands around it.
    """

    field: Field
    references: tuple[Field, ...]
    of: Callable[[Row], Any]
    last: Callable[[Row], Any] | None = None

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def is_own(self) -> bool:
        """Whether it is a field of the queried kind itself."""
        return not self.references

    @property
    def is_plain(self) -> bool:
        """Whether it is such a field with no function around it."""
        return not self.references and self.last is None


def bind(org: Org, kind: Kind, path: Path, text: str) -> Column:
    """The column that *path* means; raises `Rejected` with INVALID_FIELD, row and column."""
    if len(path.parts) == 1 and (own := kind.find(path.parts[0])) is not None:
        return Column(own, (), value_of(own, org))
    references, kinds = followed(org, kind, path, text)
    field = _field(kinds, path.parts[-1])
    if field is None:
        entity = kinds[0].name if len(kinds) == 1 else "Name"
        said = (
            f"No such column '{path.parts[-1]}' on entity '{entity}'. If you are attempting to use a custom "
        )
        said += f"field, be sure to append the '__c' after the custom field name. {ADVICE}"
        complain(text, path.at, said, "INVALID_FIELD")
    return Column(field, references, follow(org, references, value_of(field, org)))


def followed(org: Org, kind: Kind, path: Path, text: str) -> tuple[tuple[Field, ...], Sequence[Kind]]:
    """The references on the way to the last name of *path*, and the kinds that may stand at their end."""
    parts = path.parts
    if len(parts) > 1 and parts[0].lower() == kind.name.lower() and parts[0].lower() not in kind.relations:
        parts = parts[1:]
    references: list[Field] = []
    kinds: Sequence[Kind] = (kind,)
    for part in parts[:-1]:
        reference = kinds[0].relations.get(part.lower()) if len(kinds) == 1 else None
        if reference is None or len(references) == _DEPTH:
            said = f"Didn't understand relationship '{part}' in field path. If you are attempting to use a custom "
            said += f"relationship, be sure to append the '__r' after the custom relationship name. {ADVICE}"
            complain(text, path.at, said, "INVALID_FIELD")
        references.append(reference)
        kinds = [org.kinds[name] for name in reference.refers_to]
    return tuple(references), kinds


def _field(kinds: Sequence[Kind], name: str) -> Field | None:
    if len(kinds) == 1:
        return kinds[0].find(name)
    if name.lower() not in _NAMES:
        return None
    if name.lower() == "type":
        return _TYPE
    return next((field for kind in kinds if (field := kind.find(name)) is not None), None)


def value_of(field: Field, org: Org) -> Callable[[Row], Any]:
    """How to get *field* out of a row of its kind."""
    name = field.name
    if field is _TYPE:
        return lambda row: org.kind_of(row["Id"]).name
    if field.type == "boolean":
        return lambda row: row.get(name, False)
    if field.type == "address":
        return lambda row: address(row, name)
    return lambda row: row.get(name)


def address(row: Row, compound: str) -> dict[str, Any] | None:
    """A compound address as the API prints it, or None when all of it is blank."""
    prefix = compound.removesuffix("Address")
    names = {
        "city": "City",
        "country": "Country",
        "postalCode": "PostalCode",
        "state": "State",
        "street": "Street",
    }
    parts = {key: row.get(prefix + name) for key, name in names.items()}
    if not any(parts.values()):
        return None
    whole = {**parts, "geocodeAccuracy": None, "latitude": None, "longitude": None}
    return dict(sorted(whole.items()))


def follow(org: Org, references: Sequence[Field], last: Callable[[Row], Any]) -> Callable[[Row], Any]:
    """How to get a value out of the row at the end of *references*."""
    names = [field.name for field in references]
    if not names:
        return last

    def value(row: Row) -> Any:
        found = parent(org, row, names)
        return None if found is None else last(found)

    return value


def parent(org: Org, row: Row, references: Sequence[str]) -> Row | None:
    """The row at the end of a chain of references, deleted or not."""
    for name in references:
        key = row.get(name)
        found = key and org.tables[org.kind_of(key).name].rows.get(key)
        if not found:
            return None
        row = found
    return row
