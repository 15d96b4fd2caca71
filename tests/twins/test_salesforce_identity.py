"""Who somebody is, what an org's versions and pages are, and who may look at the limits."""

from __future__ import annotations

import pytest

from tests.twins.office import Office
from twins.messages import Reply, Request


def who(office: Office, path: str, **headers: str) -> Reply:
    return office.twin.handle(Request.to("GET", path, headers), office.later(seconds=1))


def bearer(office: Office) -> dict[str, str]:
    return {"Authorization": f"Bearer {office.token}"}


@pytest.mark.fact("GET /id/{org}/{user}")
@pytest.mark.fact("GET /")
@pytest.mark.fact("POST /services/oauth2/token")
def test_the_id_of_a_token_and_the_identity_of_the_root_are_one_address_that_answers() -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_openid.htm"""
    office = Office()
    form = b"grant_type=client_credentials&client_id=twin-client&client_secret=twin-secret"
    granted = office.call("POST", "/services/oauth2/token", form, Authorization="").json()

    told = who(office, granted["id"], **bearer(office)).json()

    assert office.call("GET", "/").json()["identity"] == granted["id"] == told["id"]
    assert told["user_id"] == office.twin.integration_user
    assert (told["organization_id"], told["username"]) == (office.twin.org.id, "leadbridge@example.com")
    assert (told["asserted_user"], told["active"], told["user_type"]) == (True, True, "STANDARD")
    assert told["urls"]["rest"].endswith("/services/data/v{version}/")


@pytest.mark.fact("GET /id/{org}/{user}")
def test_a_token_of_the_api_may_ask_who_a_colleague_is() -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_openid.htm"""
    office = Office()

    told = who(office, f"/id/{office.twin.org.id[:15]}/{office.sam[:15]}", **bearer(office)).json()

    assert (told["user_id"], told["asserted_user"]) == (office.sam, False)
    assert told["email"] == "sam.seller@example.com"


@pytest.mark.fact("GET /id/{org}/{user}")
def test_an_identity_is_refused_with_one_word() -> None:
    """[M] the words; Bad_OAuth_Token: https://git.drupalcode.org/project/salesforce/-/commit/9bfd9e75bdac26b1f091dd20b8dd80ddba934ec0"""
    office = Office()
    org, user = office.twin.org.id, office.twin.integration_user
    mine = bearer(office)

    said = [
        who(office, f"/id/{org}/{user}", Authorization="Bearer wrong"),
        who(office, f"/id/{org}/{user}"),
        who(office, f"/id/00D5g0000000009EAA/{user}", **mine),
        who(office, f"/id/{org}/0055g0000000zzzAAA", **mine),
    ]

    assert [(one.status, one.body) for one in said] == [
        (403, b"Bad_OAuth_Token"),
        (403, b"Missing_OAuth_Token"),
        (403, b"Wrong_Org"),
        (404, b"Bad_Id"),
    ]


@pytest.mark.fact("GET /services/data")
def test_versions_are_called_by_their_seasons() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_versions.htm"""
    office = Office()

    labels = {one["version"]: one["label"] for one in office.call("GET", "/services/data").json()}

    some = {number: labels[number] for number in ("31.0", "59.0", "65.0", "66.0", "67.0", "68.0")}
    assert some == {
        "31.0": "Summer '14", "59.0": "Winter '24", "65.0": "Winter '26", "66.0": "Spring '26",
        "67.0": "Summer '26", "68.0": "Winter '27",
    }  # fmt: skip


@pytest.mark.fact("GET /limits", switch="view_setup")
@pytest.mark.parametrize(("may", "status"), [(True, 200), (False, 403)])
def test_limits_are_for_who_may_view_the_setup(may: bool, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.192.0.api_rest.meta/api_rest/resources_limits.htm"""
    office = Office(view_setup=may)

    reply = office.call("GET", "/limits")

    assert reply.status == status
    assert reply.headers["Sforce-Limit-Info"] == "api-usage=1/100000"
    if not may:
        assert reply.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS"


@pytest.mark.fact("GET /sobjects/{kind}/describe/layouts")
def test_a_kind_without_types_has_one_layout_and_its_fields() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.264.0.api_rest.meta/api_rest/resources_sobject_layouts_get.htm"""
    office = Office()

    told = office.call("GET", "/sobjects/Lead/describe/layouts/").json()
    (one,) = told["layouts"]
    items = [item for row in one["detailLayoutSections"][0]["layoutRows"] for item in row["layoutItems"]]
    parts = {part["value"]: item for item in items for part in item["layoutComponents"]}

    assert [each["recordTypeId"] for each in told["recordTypeMappings"]] == ["012000000000000AAA"]
    assert parts["LastName"]["required"] is True
    assert parts["Status"]["layoutComponents"][0]["details"]["picklistValues"]
    assert "SystemModstamp" not in parts


@pytest.mark.fact("GET /sobjects/{kind}/describe/layouts/{type}")
def test_a_kind_with_types_tells_the_layout_of_each_by_its_id() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.264.0.api_rest.meta/api_rest/resources_sobject_layouts_multiple_rts_get.htm"""
    office = Office()
    first = office.twin.add_record_type("Lead", "Partner")
    office.twin.add_record_type("Lead", "Direct")

    told = office.call("GET", "/sobjects/Lead/describe/layouts").json()
    one = office.call("GET", f"/sobjects/Lead/describe/layouts/{first}")
    nobody = office.call("GET", "/sobjects/Lead/describe/layouts/0125g0000000zzzAAA")

    assert told["layouts"] is None
    assert len(told["recordTypeMappings"]) == 3
    assert (one.status, "detailLayoutSections" in one.json()) == (200, True)
    assert nobody.status == 404
