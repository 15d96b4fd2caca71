"""People's own CSV files come into the twins; what does not is left out whole, and said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from twins.csvfiles import Unusable, write_folder
from twins.tables import CONTACT, DEALS
from twins.world import World

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
STAGES, REASONS = ("new", "handed_over"), ("other",)
Files = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Files:
    def write(**files: str | bytes) -> Path:
        for name, text in files.items():
            side, _, kind = name.partition("_")
            path = tmp_path / side / f"{kind}.csv"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write


def world(data: Path) -> World:
    return World(lambda: NOW, STAGES, REASONS, data=data)


def said(made: World) -> list[str]:
    return [str(one) for one in made.refusals]


def mistakes(data: Path) -> list[str]:
    with pytest.raises(Unusable) as failure:
        world(data)
    return list(failure.value.mistakes)


def test_labels_join_rows_of_all_files(folder: Files) -> None:
    data = folder(
        salesforce_Account="Id,Name,ParentId\nfactory,Works,head\nhead,Head office,\n",
        salesforce_Contact="Id,LastName,AccountId\nada,Lovelace,head\ncb,Babbage,head\n",
        salesforce_Opportunity="Name,StageName,CloseDate,AccountId,ContactId\nEngine,Closed Won,2026-03-01,head,ada;cb\n",
        salesforce_Lead="LastName,Company\nSomerville,Royal\n",
        hubspot_companies="hs_object_id,name,domain\nc1,Head office,head.example\n",
        hubspot_contacts="hs_object_id,email,associations.company\n7,ada@head.example,c1\n",
        hubspot_deals="dealname,dealstage,associations.contact,associations.company\nEngine,closedwon,7,c1\n",
    )

    made = world(data)

    assert made.refusals == []
    accounts = {row["Name"]: row for row in made.salesforce.records("Account")}
    contacts = {row["LastName"]: row for row in made.salesforce.records("Contact")}
    assert accounts["Works"]["ParentId"] == accounts["Head office"]["Id"]
    assert contacts["Lovelace"]["AccountId"] == accounts["Head office"]["Id"]
    won = made.salesforce.records("Opportunity")[0]
    roles = made.salesforce.records("OpportunityContactRole")
    assert won["IsWon"]
    assert [(role["OpportunityId"], role["ContactId"], role["IsPrimary"]) for role in roles] == [
        (won["Id"], contacts["Lovelace"]["Id"], True),
        (won["Id"], contacts["Babbage"]["Id"], False),
    ]
    contact, deal = made.hubspot.records("contacts")[0], made.hubspot.records("deals")[0]
    company = made.hubspot.records("companies")[0]["hs_object_id"]
    assert made.hubspot.associated("contacts", contact["hs_object_id"], "companies") == [company]
    assert made.hubspot.associated("deals", deal["hs_object_id"], "contacts") == [contact["hs_object_id"]]
    assert made.hubspot.associated("deals", deal["hs_object_id"], "companies") == [company]


def test_a_converted_lead_points_to_what_it_became(folder: Files) -> None:
    data = folder(
        salesforce_Account="Id,Name\na,Works\n",
        salesforce_Contact="Id,LastName,AccountId\nc,Lovelace,a\n",
        salesforce_Opportunity="Id,Name,StageName,CloseDate\no,Engine,Prospecting,2027-01-01\n",
        salesforce_Lead="LastName,Company,Status,IsConverted,ConvertedDate,ConvertedAccountId,ConvertedContactId,"
        "ConvertedOpportunityId\nLovelace,Works,Closed - Converted,true,2026-02-01,a,c,o\n",
    )

    made = world(data)

    lead, contact = made.salesforce.records("Lead")[0], made.salesforce.records("Contact")[0]
    assert made.refusals == []
    assert lead["IsConverted"]
    assert lead["ConvertedContactId"] == contact["Id"]


def test_given_times_are_kept(folder: Files) -> None:
    data = folder(
        salesforce_Lead="LastName,Company,CreatedDate,LastModifiedDate\n"
        "Lovelace,Works,2025-01-02T03:04:05Z,2025-02-03T04:05:06+01:00\n",
        hubspot_contacts="email,createdate\nada@works.example,2025-01-02T03:04:05Z\n",
    )

    made = world(data)

    lead, contact = made.salesforce.records("Lead")[0], made.hubspot.records("contacts")[0]
    assert lead["CreatedDate"] == "2025-01-02T03:04:05.000+0000"
    assert lead["LastModifiedDate"] == "2025-02-03T03:05:06.000+0000"
    assert contact["createdate"] == "2025-01-02T03:04:05Z"


def test_owners_are_named_by_address_and_queues_by_name(folder: Files) -> None:
    data = folder(
        salesforce_Lead="LastName,Company,OwnerId\nA,B,Sam.Seller@example.com\nC,D,incoming leads\nE,F,ghost@example.com\n",
        hubspot_contacts="email,hubspot_owner_id\na@b.example,sam.seller@example.com\nc@d.example,ghost@example.com\n",
    )

    made = world(data)

    owners = {row["LastName"]: row["OwnerId"] for row in made.salesforce.records("Lead")}
    assert owners == {"A": made.salesforce.user("sam.seller@example.com"), "C": made.salesforce.queue}
    assert [row.get("hubspot_owner_id") for row in made.hubspot.records("contacts")] == ["710001"]
    assert [line.partition(" write")[0] for line in said(made)] == [
        "salesforce/Lead.csv, line 4: OwnerId: nobody here is called ghost@example.com;",
        "hubspot/contacts.csv, line 3: hubspot_owner_id: nobody here is called ghost@example.com;",
    ]


def test_refused_rows_are_left_out_and_said_with_file_line_and_reason(folder: Files) -> None:
    data = folder(
        salesforce_Account="Id,Name,NumberOfEmployees\na,Works,12\nb,,3\nc,Mill,many\na,Again,1\n",
        salesforce_Contact="Id,LastName,AccountId,Email\nx,Lovelace,b,\ny,Babbage,zzz,\nz,Turing,a,not an address\n",
        salesforce_Opportunity="Name,StageName,CloseDate,ContactId\nEngine,Prospecting,2027-01-01,x\n",
        hubspot_contacts="email,firstname,hs_lead_status\nADA@works.example,Ada,\nada@Works.example ,Ada,\n,,NEW\n"
        "cb@works.example,Charles,PURPLE\n",
    )

    made = world(data)

    assert [row["Name"] for row in made.salesforce.records("Account")] == ["Works"]
    assert made.salesforce.records("Contact") == []
    assert made.salesforce.records("Opportunity") == []
    assert [row["email"] for row in made.hubspot.records("contacts")] == ["ada@works.example"]
    lines = said(made)
    assert lines[:7] == [
        "salesforce/Account.csv, line 3: Required fields are missing: [Name]",
        "salesforce/Account.csv, line 4: Cannot deserialize instance of int from VALUE_STRING value many",
        "salesforce/Account.csv, line 5: line 2 has the same Id, a",
        "salesforce/Contact.csv, line 2: AccountId points to b, which was left out",
        "salesforce/Contact.csv, line 3: AccountId points to zzz, which is not in salesforce/Account.csv",
        "salesforce/Contact.csv, line 4: Email: invalid email address: not an address",
        "salesforce/Opportunity.csv, line 2: ContactId points to x, which was left out",
    ]
    assert lines[7].startswith(
        "hubspot/contacts.csv, line 3: email: ada@works.example already belongs to contact"
    )
    assert lines[8] == "hubspot/contacts.csv, line 4: one of email, firstname, lastname is needed"
    assert lines[9].startswith(
        "hubspot/contacts.csv, line 5: hs_lead_status: PURPLE was not one of the allowed"
    )
    assert not any("\n" in line for line in lines)


def test_parents_in_a_ring_are_left_out(folder: Files) -> None:
    data = folder(salesforce_Account="Id,Name,ParentId\na,Works,b\nb,Mill,a\nc,Shop,\n")

    made = world(data)

    assert [row["Name"] for row in made.salesforce.records("Account")] == ["Shop"]
    assert said(made) == [
        "salesforce/Account.csv, line 2: ParentId goes round in a ring",
        "salesforce/Account.csv, line 3: ParentId goes round in a ring",
    ]


def test_files_of_a_spreadsheet_are_read(folder: Files) -> None:
    text = '\ufeffemail,lastname,address\r\nada@works.example,Łovelace,"1 Road\r\nLondon"\r\n,,\r\nb@works.example,x,y,z\r\n'
    data = folder(hubspot_contacts=text)

    made = world(data)

    assert [(row["lastname"], row["address"]) for row in made.hubspot.records("contacts")] == [
        ("Łovelace", "1 Road\r\nLondon")
    ]
    assert said(made) == ["hubspot/contacts.csv, line 5: 4 cells for 3 columns"]


def test_blank_cell_of_hubspot_is_blank(folder: Files) -> None:
    data = folder(hubspot_contacts="email,lifecyclestage,jobtitle\na@b.example,,\n")

    made = world(data)

    assert "lifecyclestage" not in made.hubspot.records("contacts")[0]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (
            "salesforce_Lead",
            "Lastname,Company\nA,B\n",
            "{}/salesforce/Lead.csv, column 1: Lastname is not a field: did you mean LastName?",
        ),
        (
            "hubspot_contacts",
            "email,lead_statu\na@b.example,x\n",
            "{}/hubspot/contacts.csv, column 2: lead_statu is not a field: did you mean hs_lead_status?",
        ),
        (
            "hubspot_deals",
            "dealname,Zqx\na,b\n",
            "{}/hubspot/deals.csv, column 2: Zqx is not a field; leave the column out",
        ),
        (
            "hubspot_contacts",
            "email,email\na@b.example,x\n",
            "{}/hubspot/contacts.csv: the column email stands there twice",
        ),
        (
            "hubspot_contacts",
            "email,\na@b.example,x\n",
            "{}/hubspot/contacts.csv, column 2: a header without a name is not a field; leave the column out",
        ),
        ("hubspot_contacts", "", "{}/hubspot/contacts.csv has no header line"),
        (
            "hubspot_contacts",
            "email\nJürgen@b.example\n".encode("latin-1"),
            "{}/hubspot/contacts.csv is not UTF-8 (byte 7): save it as CSV UTF-8",
        ),
        (
            "salesforce_accounts",
            "Id,Name\na,b\n",
            "{}/salesforce/accounts.csv is not read under this name: did you mean salesforce/Account.csv?",
        ),
    ],
)
def test_a_file_that_cannot_be_used_earns_one_sentence(
    folder: Files, name: str, text: str | bytes, sentence: str
) -> None:
    data = folder(**{name: text})

    assert mistakes(data)[0] == sentence.format(data)


def test_a_quote_that_never_ends_earns_one_sentence(folder: Files) -> None:
    data = folder(hubspot_contacts='email,lastname\n"a@b.example,x\n')

    assert [line.partition(":")[0] for line in mistakes(data)] == [
        f"{data}/hubspot/contacts.csv is not CSV as RFC 4180 has it"
    ]


def test_mistakes_of_all_files_are_said_at_once_and_nothing_is_loaded(folder: Files) -> None:
    data = folder(salesforce_Lead="Lastname,Compny\nA,B\n", hubspot_contacts="mail\na@b.example\n")
    empty = World(lambda: NOW, STAGES, REASONS, people=0)

    with pytest.raises(Unusable) as failure:
        empty.fill(data)

    assert len(failure.value.mistakes) == 3
    assert len(empty.log) == 0


def test_folder_without_any_file_or_no_folder_at_all_is_refused(tmp_path: Path) -> None:
    assert mistakes(tmp_path)[0].startswith(f"{tmp_path} holds none of the files salesforce/Account.csv")
    assert mistakes(tmp_path / "nowhere") == [
        f"{tmp_path}/nowhere is not a folder: give one with hubspot/ and salesforce/ in it"
    ]


def test_each_file_may_be_absent(folder: Files) -> None:
    made = world(folder(hubspot_companies="name\nWorks\n"))

    assert [row["name"] for row in made.hubspot.records("companies")] == ["Works"]


def test_a_load_is_one_entry_a_file_in_the_log(folder: Files) -> None:
    made = world(folder(hubspot_companies="name\nWorks\nMill\n", salesforce_Lead="LastName,Company\nA,B\n"))

    assert [(commit.kind, commit.new) for commit in made.log] == [("Lead", 1), ("companies", 2)]


def test_sample_written_as_files_loads_as_the_same_company(tmp_path: Path) -> None:
    sampled = World(lambda: NOW, STAGES, REASONS, people=150)

    write_folder(tmp_path, sampled.sample(150))
    read = World(lambda: NOW, STAGES, REASONS, data=tmp_path)

    assert read.refusals == []
    for shelf in (CONTACT, DEALS):
        twins = (sampled.salesforce, read.salesforce) if shelf == CONTACT else (sampled.hubspot, read.hubspot)
        assert twins[0].records(shelf.kind) == twins[1].records(shelf.kind)


def test_example_of_the_guide_loads_as_it_stands(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    example = guide.split("```")[3].strip()
    for block in example.split("\n\n"):
        name, _, text = block.partition("\n")
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    made = world(tmp_path)

    assert made.refusals == []
    assert [row["Name"] for row in made.salesforce.records("Contact")] == ["Grace Hopper"]
    assert made.salesforce.records("Account")[0]["OwnerId"] == made.salesforce.user("sam.seller@example.com")


def test_fields_that_the_vendor_works_out_may_stand_in_an_export(folder: Files) -> None:
    data = folder(
        salesforce_Opportunity="Name,StageName,CloseDate,IsWon,IsClosed\nEngine,Prospecting,2027-01-01,true,true\n",
        salesforce_Contact="Name,LastName\nSomebody Else,Lovelace\n",
    )

    made = world(data)

    assert made.refusals == []
    assert made.salesforce.records("Opportunity")[0]["IsWon"] is False
    assert made.salesforce.records("Contact")[0]["Name"] == "Lovelace"
