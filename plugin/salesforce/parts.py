"""The components that are installed in Salesforce, as plain frozen data.

*type* is the Metadata API's name of the type, *full_name* the name that it has there
(https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_types_list.htm).
Every *description* ends with the marker of `plugin.marker`. A list view has none in Salesforce: it is ours
under one of a few names, where the custom permission ``Leadbridge_Sync`` bears a marker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

FieldType = Literal["Picklist", "Text", "LongTextArea", "Number", "Checkbox", "DateTime", "Date", "Url"]
Behavior = Literal["Edit", "Required", "Readonly"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a picklist: *name* is what formulas and the API say, *label* what people read."""

    name: str
    label: str
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSet:
    """A list of values that several fields share; a retired one is kept, inactive."""

    type: ClassVar[str] = "GlobalValueSet"
    name: str
    label: str
    description: str
    choices: tuple[Choice, ...]

    @property
    def full_name(self) -> str:
        """The name without the ``__gvs`` that Salesforce appends when it is read."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomField:
    """A field of ours on one object; a restricted picklist has *choices* or those of a *value_set*.

    *kept* is what an admin set there and leadbridge itself never says: an element of the vendor's schema, and its text.
    """

    type: ClassVar[str] = "CustomField"
    object: str
    name: str
    label: str
    description: str
    kind: FieldType
    help: str = ""
    length: int | None = None
    unique: bool = False
    external_id: bool = False
    value_set: str = ""
    choices: tuple[Choice, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()

    @property
    def full_name(self) -> str:
        """Object and field."""
        return f"{self.object}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationRule:
    """Salesforce refuses to save when *formula* is true, with *message* at *at*."""

    type: ClassVar[str] = "ValidationRule"
    object: str
    name: str
    description: str
    formula: str
    message: str
    at: str

    @property
    def full_name(self) -> str:
        """Object and rule."""
        return f"{self.object}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomPermission:
    """What a formula can ask of the user who saves: ``$Permission.NAME``."""

    type: ClassVar[str] = "CustomPermission"
    name: str
    label: str
    description: str

    @property
    def full_name(self) -> str:
        """Its name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRight:
    """What a set allows with the records of one object; leadbridge itself gives nobody *delete*, *modify_all* or
    *view_all_fields*.
    """

    object: str
    create: bool = False
    edit: bool = False
    delete: bool = False
    view_all: bool = False
    modify_all: bool = False
    view_all_fields: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRight:
    """Who has the set reads *field* (object and field), and edits it if *editable*."""

    field: str
    editable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSet:
    """Rights that an admin gives to people or to the daemon's user.

    *opened* is what leadbridge itself never opens, an app or a tab: the element of the vendor's schema, and its tree.
    """

    type: ClassVar[str] = "PermissionSet"
    name: str
    label: str
    description: str
    objects: tuple[ObjectRight, ...] = ()
    fields: tuple[FieldRight, ...] = ()
    custom_permissions: tuple[str, ...] = ()
    user_permissions: tuple[str, ...] = ()
    opened: tuple[tuple[str, Mapping[str, tuple[Any, ...]]], ...] = ()

    @property
    def full_name(self) -> str:
        """Its name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickAction:
    """A button on a record of *object*: sets the literal values of *sets*, and shows the fields of *asks*."""

    type: ClassVar[str] = "QuickAction"
    object: str
    name: str
    label: str
    description: str
    sets: tuple[tuple[str, str], ...]
    asks: tuple[tuple[str, Behavior], ...]
    success: str

    @property
    def full_name(self) -> str:
        """Object and action."""
        return f"{self.object}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """A list of all records of *object* whose *field* equals *value*; it has no description in Salesforce.

    *kept* is whom an admin shares it with: the element of the vendor's schema, and its tree.
    """

    type: ClassVar[str] = "ListView"
    object: str
    name: str
    label: str
    columns: tuple[str, ...]
    field: str
    value: str
    description: str = ""
    kept: tuple[tuple[str, Mapping[str, tuple[Any, ...]]], ...] = ()

    @property
    def full_name(self) -> str:
        """Object and list view."""
        return f"{self.object}.{self.name}"


Part = ValueSet | CustomField | ValidationRule | CustomPermission | PermissionSet | QuickAction | ListView
TYPES: tuple[type[Part], ...] = (
    ValueSet, CustomField, ValidationRule, CustomPermission, PermissionSet, QuickAction, ListView,
)  # fmt: skip
