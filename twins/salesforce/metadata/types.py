"""The types of components that the twin takes: where their files lie, and which elements they may have.

Names of elements from the WSDL of API 63.0
(https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_types_list.htm).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Type:
    """One type: the folder and suffix of its files, its element in an object's file, if it stands in one."""

    name: str
    folder: str
    suffix: str
    within: str
    may: frozenset[str]
    must: tuple[str, ...]


def _type(name: str, folder: str, suffix: str, within: str, may: str, must: str) -> Type:
    return Type(name, folder, suffix, within, frozenset(may.split()) | {"fullName"}, tuple(must.split()))


# In the order in which they are saved: what others refer to comes first.
TYPES: dict[str, Type] = {
    one.name: one
    for one in (
        _type(
            "CustomPermission", "customPermissions", "customPermission", "",
            "connectedApp description externalClientApplication isLicensed label requiredPermission", "label",
        ),
        _type(
            "GlobalValueSet", "globalValueSets", "globalValueSet", "",
            "customValue description masterLabel sorted", "masterLabel sorted",
        ),
        _type(
            "CustomField", "objects", "object", "fields",
            "businessOwnerGroup businessOwnerUser businessStatus caseSensitive complianceGroup defaultValue "
            "deleteConstraint description encryptionScheme escapeMarkup externalId formula formulaTreatBlanksAs "
            "inlineHelpText label length maskChar maskType precision referenceTo relationshipLabel "
            "relationshipName required restrictedAdminField scale securityClassification stripMarkup "
            "trackFeedHistory trackHistory trackTrending type unique valueSet visibleLines",
            "label type",
        ),
        _type(
            "ValidationRule", "objects", "object", "validationRules",
            "active description errorConditionFormula errorDisplayField errorMessage",
            "active errorConditionFormula errorMessage",
        ),
        _type(
            "PermissionSet", "permissionsets", "permissionset", "",
            "applicationVisibilities classAccesses customMetadataTypeAccesses customPermissions "
            "customSettingAccesses description emailRoutingAddressAccesses externalCredentialPrincipalAccesses "
            "externalDataSourceAccesses fieldPermissions flowAccesses hasActivationRequired label license "
            "objectPermissions pageAccesses recordTypeVisibilities tabSettings userPermissions",
            "label",
        ),
        _type(
            "QuickAction", "quickActions", "quickAction", "",
            "actionSubtype canvas description fieldOverrides flowDefinition height icon isProtected label "
            "lightningComponent lightningWebComponent optionsCreateFeedItem page quickActionLayout "
            "quickActionParameters quickActionSendEmailOptions standardLabel successMessage targetObject "
            "targetParentField targetRecordType type width",
            "optionsCreateFeedItem type",
        ),
        _type(
            "ListView", "objects", "object", "listViews",
            "booleanFilter columns division filterScope filters label language queue sharedTo",
            "filterScope label",
        ),
    )
}  # fmt: skip
WITHIN = {one.within: one for one in TYPES.values() if one.within}
BY_SUFFIX = {one.suffix: one for one in TYPES.values() if not one.within}
# What stands in an object's file besides its parts belongs to the object itself, whose settings a deploy changes.
OBJECT, OBJECT_SUFFIX = "CustomObject", "object"
