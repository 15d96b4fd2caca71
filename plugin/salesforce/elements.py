"""One part → its element, its children in the order of the vendor's schema: full name first, then by alphabet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from lxml import etree

from plugin.salesforce.parts import (
    Choice,
    CustomField,
    CustomPermission,
    FieldRight,
    ListView,
    ObjectRight,
    Part,
    PermissionSet,
    QuickAction,
    ValidationRule,
    ValueSet,
)

XMLNS: Final = "http://soap.sforce.com/2006/04/metadata"
Value = str | bool | int | tuple["Children", ...]
Children = tuple[tuple[str, "Value"], ...]


def root(tag: str) -> etree._Element:
    """An empty element in the vendor's namespace."""
    return etree.Element(f"{{{XMLNS}}}{tag}", nsmap={None: XMLNS})


def element(part: Part, *, tag: str = "", named: bool = False) -> etree._Element:
    """The part as an element named by its type (or *tag*); *named*: with its full name, as inside an object."""
    made = root(tag or part.type)
    if named:
        _add(made, (("fullName", part.name),))
    _add(made, _children(part))
    return made


def _add(parent: etree._Element, children: Children) -> None:
    for name, value in children:
        if isinstance(value, tuple):
            for one in value:
                _add(etree.SubElement(parent, f"{{{XMLNS}}}{name}"), one)
        else:
            etree.SubElement(parent, f"{{{XMLNS}}}{name}").text = _written(value)


def _written(value: str | bool | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _children(part: Part) -> Children:
    match part:
        case ValueSet():
            return _value_set(part)
        case CustomField():
            return _field(part)
        case ValidationRule():
            return _rule(part)
        case CustomPermission():
            return (("description", part.description), ("isLicensed", False), ("label", part.label))
        case PermissionSet():
            return _permission_set(part)
        case QuickAction():
            return _quick_action(part)
        case ListView():
            return _list_view(part)


def _value_set(part: ValueSet) -> Children:
    return (
        ("customValue", tuple(_choice(one) for one in part.choices)),
        ("description", part.description),
        ("masterLabel", part.label),
        ("sorted", False),
    )


def _choice(one: Choice) -> Children:
    active: Children = () if one.active else (("isActive", False),)
    return (("fullName", one.name), ("default", False), *active, ("label", one.label))


def _field(part: CustomField) -> Children:
    said: dict[str, Value] = {"description": part.description, "label": part.label, "type": part.kind}
    if part.help:
        said["inlineHelpText"] = part.help
    match part.kind:
        case "Picklist":
            said["valueSet"] = (_values(part),)
        case "Text":
            said |= {"length": part.length or 255, "externalId": part.external_id, "unique": part.unique}
            if part.unique:
                said["caseSensitive"] = False
        case "LongTextArea":
            said |= {"length": part.length or 32768, "visibleLines": 5}
        case "Number":
            said |= {"precision": part.length or 18, "scale": 0}
        case "Checkbox":
            said["defaultValue"] = False
    return tuple(sorted({**said, **dict(part.kept)}.items()))


def _values(part: CustomField) -> Children:
    if part.value_set:
        return (("restricted", True), ("valueSetName", part.value_set))
    listed: Children = (("sorted", False), ("value", tuple(_choice(one) for one in part.choices)))
    return (("restricted", True), ("valueSetDefinition", (listed,)))


def _rule(part: ValidationRule) -> Children:
    return (
        ("active", True),
        ("description", part.description),
        ("errorConditionFormula", part.formula),
        ("errorDisplayField", part.at),
        ("errorMessage", part.message),
    )


def _permission_set(part: PermissionSet) -> Children:
    said: Children = (
        ("customPermissions", _enabled(part.custom_permissions)),
        ("description", part.description),
        ("fieldPermissions", tuple(_field_right(one) for one in part.fields)),
        ("label", part.label),
        ("objectPermissions", tuple(_object_right(one) for one in part.objects)),
        ("userPermissions", _enabled(part.user_permissions)),
    )
    opened = ((name, (_copied(tree),)) for name, tree in part.opened)
    return tuple(sorted((*said, *opened), key=lambda one: one[0]))


def _copied(tree: Mapping[str, tuple[Any, ...]]) -> Children:
    return tuple((name, str(value)) for name in sorted(tree) for value in tree[name])


def _enabled(names: Iterable[str]) -> tuple[Children, ...]:
    return tuple((("enabled", True), ("name", name)) for name in names)


def _field_right(one: FieldRight) -> Children:
    return (("editable", one.editable), ("field", one.field), ("readable", True))


def _object_right(one: ObjectRight) -> Children:
    all_fields: Children = (("viewAllFields", True),) if one.view_all_fields else ()
    return (
        ("allowCreate", one.create),
        ("allowDelete", one.delete),
        ("allowEdit", one.edit),
        ("allowRead", True),
        ("modifyAllRecords", one.modify_all),
        ("object", one.object),
        *all_fields,
        ("viewAllRecords", one.view_all),
    )


def _quick_action(part: QuickAction) -> Children:
    items: tuple[Children, ...] = tuple(
        (("emptySpace", False), ("field", field), ("uiBehavior", behavior)) for field, behavior in part.asks
    )
    layout: Children = (
        ("layoutSectionStyle", "TwoColumnsLeftToRight"),
        ("quickActionLayoutColumns", ((("quickActionLayoutItems", items),), ())),
    )
    return (
        ("description", part.description),
        ("fieldOverrides", tuple((("field", field), ("literalValue", value)) for field, value in part.sets)),
        ("label", part.label),
        ("optionsCreateFeedItem", False),
        ("quickActionLayout", (layout,)),
        ("successMessage", part.success),
        ("type", "Update"),
    )


def _list_view(part: ListView) -> Children:
    return (
        *(("columns", column) for column in part.columns),
        ("filterScope", "Everything"),
        ("filters", ((("field", part.field), ("operation", "equals"), ("value", part.value)),)),
        ("label", part.label),
        *((name, (_copied(tree),)) for name, tree in part.kept),
    )
