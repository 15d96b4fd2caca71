"""Who has which permission, as objects that queries read; only admins change them.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionset.htm
and its neighbours profile, permissionsetassignment, permissionsetgroup, permissionsetgroupcomponent, permissionsetlicense,
permissionsetlicenseassign, fieldpermissions, objectpermissions, setupentityaccess, custompermission
"""

from __future__ import annotations

from twins.salesforce.schema.declared import choice, kind_of, reference, several, text
from twins.salesforce.schema.kinds import Kind

# The user permissions that the twin knows by name.
USER_PERMISSIONS = (
    "ActivitiesAccess", "ApiEnabled", "ApiUserOnly", "AssignPermissionSets", "BulkApiHardDelete",
    "ConvertLeads", "CreateAuditFields", "CustomizeApplication", "EditEvent", "EditReadonly", "EditTask",
    "ImportLeads", "ManageUsers", "ModifyAllData", "ModifyMetadata", "RunReports", "TransferAnyLead",
    "ViewAllData", "ViewAllUsers", "ViewRoles", "ViewSetup",
)  # fmt: skip
# What the profile System Administrator grants of them and a bridge's user should not have.
ADMINS_PERMISSIONS = ("CustomizeApplication", "ManageUsers", "ModifyAllData", "ModifyMetadata", "ViewAllData")
OBJECT_PERMISSIONS = {
    "PermissionsRead": "r", "PermissionsCreate": "c", "PermissionsEdit": "u", "PermissionsDelete": "d",
    "PermissionsViewAllRecords": "v", "PermissionsModifyAllRecords": "m",
}  # fmt: skip


def kinds() -> list[Kind]:
    """Profiles, permission sets, who has them, and what they grant."""
    profile = kind_of(
        "Profile", "00e", [text("Name", 255), text("Description", 255)], label="Profile", access=""
    )  # fmt: skip
    return [profile, *_sets(), *_grants(), *_groups(), *_licences()]


def _sets() -> list[Kind]:
    """Permission sets, and who has which."""
    permission_set = kind_of(
        "PermissionSet", "0PS",
        [
            text("Name", 80), text("Label", 80), text("Description", 255), text("Type", 40),
            reference("PermissionSetGroupId", "PermissionSetGroup"), reference("ProfileId", "Profile"),
            *several("boolean", "IsOwnedByProfile", "IsCustom", write=""),
            *several("boolean", *(f"Permissions{name}" for name in USER_PERMISSIONS), write=""),
        ],
        label="Permission Set", access="",
    )  # fmt: skip
    assignment = kind_of(
        "PermissionSetAssignment", "0Pa",
        [reference("PermissionSetId", "PermissionSet"), reference("PermissionSetGroupId", "PermissionSetGroup"),
         reference("AssigneeId", "User"),
         *several("boolean", "IsActive", write="")],
        label="Permission Set Assignment", access="",
    )  # fmt: skip
    return [permission_set, assignment]


def _grants() -> list[Kind]:
    """What permission sets grant, one row a field, an object or a custom permission."""
    fields = kind_of(
        "FieldPermissions", "01k",
        [reference("ParentId", "PermissionSet"), choice("SobjectType"), choice("Field"),
         *several("boolean", "PermissionsRead", "PermissionsEdit", write="")],
        label="Field Permissions", access="",
    )  # fmt: skip
    objects = kind_of(
        "ObjectPermissions", "110",
        [reference("ParentId", "PermissionSet"), choice("SobjectType"),
         *several("boolean", *OBJECT_PERMISSIONS, write="")],
        label="Object Permissions", access="",
    )  # fmt: skip
    custom = kind_of(
        "CustomPermission", "0CP",
        [text("DeveloperName", 80), text("MasterLabel", 80), text("Description", 255)],
        label="Custom Permission", access="",
    )  # fmt: skip
    access = kind_of(
        "SetupEntityAccess", "0J0",
        [reference("ParentId", "PermissionSet"), reference("SetupEntityId", "CustomPermission"),
         choice("SetupEntityType")],
        label="Setup Entity Access", access="",
    )  # fmt: skip
    return [fields, objects, custom, access]


def _groups() -> list[Kind]:
    """Groups of permission sets, and what is in them."""
    group = kind_of(
        "PermissionSetGroup", "0PG",
        [text("DeveloperName", 80), text("MasterLabel", 80), choice("Status")],
        label="Permission Set Group", access="",
    )  # fmt: skip
    component = kind_of(
        "PermissionSetGroupComponent", "0PH",
        [reference("PermissionSetGroupId", "PermissionSetGroup"), reference("PermissionSetId", "PermissionSet")],
        label="Permission Set Group Component", access="",
    )  # fmt: skip
    return [group, component]


def _licences() -> list[Kind]:
    """Licences of permission sets, and who has which."""
    licence = kind_of(
        "PermissionSetLicense", "0PL", [text("DeveloperName", 80), text("MasterLabel", 80)],
        label="Permission Set License", access="",
    )  # fmt: skip
    licensed = kind_of(
        "PermissionSetLicenseAssign", "2LA",
        [reference("PermissionSetLicenseId", "PermissionSetLicense"), reference("AssigneeId", "User")],
        label="Permission Set License Assignment", access="",
    )  # fmt: skip
    return [licence, licensed]
