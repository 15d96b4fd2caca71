// jsforce, unmodified, against Salesforce's twin over HTTP: rows, queries, and what describes them.
import assert from "node:assert/strict";
import jsforce from "jsforce";
import { check, finish, refused } from "./checks.mjs";
import { KEY, atTheScreen, conn, connect, lead, org, refusedWith, version } from "./org.mjs";

const numbered = (count, more = {}) =>
  Array.from({ length: count }, (_, place) => lead({ LastName: `Row ${place}`, ...more }));

// ── signing in ──────────────────────────────────────────────────────────────

const oauth2 = { loginUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret };

await check("client credentials sign in", async () => {
  const signedIn = new jsforce.Connection({ oauth2, version });
  const who = await signedIn.authorize({ grant_type: "client_credentials" });
  assert.deepEqual(who, { id: org.user, organizationId: org.org, url: `${org.url}/id/${org.org}/${org.user}` });
  assert.equal(signedIn.instanceUrl, org.url);
  assert.equal((await signedIn.query("SELECT COUNT() FROM Lead")).totalSize, 0);
});
await check("a wrong secret is refused by name", async () => {
  const signedIn = new jsforce.Connection({ oauth2: { ...oauth2, clientSecret: "wrong" }, version });
  const error = await refused(signedIn.authorize({ grant_type: "client_credentials" }));
  assert.equal(error.name, "invalid_client");
});
await check("a dead token without a way to refresh is INVALID_SESSION_ID", async () => {
  const error = await refusedWith("INVALID_SESSION_ID", connect({ accessToken: "dead" }).query("SELECT Id FROM Lead"));
  assert.equal(error.message, "Session expired or invalid");
});
await check("a token that ends is refreshed, and the call is made again", async () => {
  let refreshes = 0;
  const refreshing = connect({
    refreshFn: async (own, tell) => {
      refreshes += 1;
      const granted = await new jsforce.OAuth2(oauth2).requestToken({ grant_type: "client_credentials" });
      tell(null, granted.access_token);
    },
  });
  await refreshing.query("SELECT Id FROM Lead");
  await atTheScreen("expire_tokens");
  const made = await refreshing.sobject("Lead").create(lead({ LastName: "After refresh" }));
  assert.equal(made.success, true);
  assert.equal(refreshes, 1);
  conn.accessToken = refreshing.accessToken;
});

// ── one record ──────────────────────────────────────────────────────────────

await check("create, retrieve, update, delete one record", async () => {
  const Lead = conn.sobject("Lead");
  const made = await Lead.create(lead({ FirstName: "Ada" }));
  assert.deepEqual(made, { id: made.id, success: true, errors: [] });
  assert.match(made.id, /^00Q[A-Za-z0-9]{15}$/);

  const read = await Lead.retrieve(made.id);
  assert.deepEqual(read.attributes, { type: "Lead", url: `/services/data/v66.0/sobjects/Lead/${made.id}` });
  assert.equal(read.Name, "Ada Lovelace");
  assert.match(read.CreatedDate, /^2026-11-23T\d\d:\d\d:\d\d\.000\+0000$/);

  await Lead.update({ Id: made.id, FirstName: "Augusta", Rating: null });
  assert.equal((await Lead.retrieve(made.id, { fields: ["FirstName"] })).FirstName, "Augusta");

  assert.equal((await Lead.destroy(made.id)).success, true);
  await refusedWith("ENTITY_IS_DELETED", Lead.retrieve(made.id));
});
await check("a retrieve of some fields shows these and no others", async () => {
  const { id } = await conn.sobject("Lead").create(lead());
  const read = await conn.sobject("Lead").retrieve(id, { fields: ["Company", "IsConverted"] });
  const { attributes, ...values } = read;
  assert.deepEqual(values, { Company: "Engines Ltd", IsConverted: false, ...("Id" in values ? { Id: id } : {}) });
});

// ── how it says no ──────────────────────────────────────────────────────────

await check("REQUIRED_FIELD_MISSING names the fields", async () => {
  const error = await refusedWith("REQUIRED_FIELD_MISSING", conn.sobject("Lead").create({ FirstName: "Ada" }));
  assert.deepEqual([...error.data.fields].sort(), ["Company", "LastName"]);
  assert.match(error.message, /^Required fields are missing: \[/);
});
await check("INVALID_FIELD of a write names no fields", async () => {
  const error = await refusedWith("INVALID_FIELD", conn.sobject("Lead").create(lead({ Nope__c: 1 })));
  assert.match(error.message, /^No such column 'Nope__c' on sobject of type Lead/);
});
await check("INVALID_FIELD of a query shows the place", async () => {
  const error = await refusedWith("INVALID_FIELD", conn.query("SELECT Id, Nope__c FROM Lead"));
  assert.match(error.message, /ERROR at Row:1:Column:12/);
  assert.match(error.message, /No such column 'Nope__c' on entity 'Lead'/);
});
await check("INVALID_TYPE of a query", async () => {
  const error = await refusedWith("INVALID_TYPE", conn.query("SELECT Id FROM Laed"));
  assert.match(error.message, /sObject type 'Laed' is not supported/);
});
await check("MALFORMED_QUERY", async () => {
  const error = await refusedWith("MALFORMED_QUERY", conn.query("SELECT Id FROM Lead WHERE"));
  assert.match(error.message, /unexpected token/);
});
await check("an unknown kind is NOT_FOUND", async () => {
  await refusedWith("NOT_FOUND", conn.sobject("Laed").create({}));
  await refusedWith("NOT_FOUND", conn.sobject("Laed").describe());
});
await check("an unknown id is NOT_FOUND", async () => {
  await refusedWith("NOT_FOUND", conn.sobject("Lead").retrieve("00Q000000000000AAA"));
});
await check("DUPLICATE_VALUE names the record that has it", async () => {
  const { id } = await conn.sobject("Lead").create(lead({ [KEY]: "dup-1" }));
  const error = await refusedWith("DUPLICATE_VALUE", conn.sobject("Lead").create(lead({ [KEY]: "dup-1" })));
  assert.match(error.message, new RegExp(`duplicate value found: ${KEY} duplicates value on record with id: ${id.slice(0, 15)}`));
});
await check("STRING_TOO_LONG names the field", async () => {
  const error = await refusedWith("STRING_TOO_LONG", conn.sobject("Lead").create(lead({ LastName: "x".repeat(81) })));
  assert.deepEqual(error.data.fields, ["LastName"]);
});
await check("MALFORMED_ID names the field", async () => {
  const error = await refusedWith("MALFORMED_ID", conn.sobject("Lead").create(lead({ OwnerId: "nobody" })));
  assert.deepEqual(error.data.fields, ["OwnerId"]);
});

// ── by key ──────────────────────────────────────────────────────────────────

await check("an upsert creates, then updates", async () => {
  const first = await conn.sobject("Lead").upsert(lead({ [KEY]: "key-1" }), KEY);
  assert.equal(first.success, true);
  assert.equal(first.created, true);
  const second = await conn.sobject("Lead").upsert(lead({ [KEY]: "key-1", Company: "Other Ltd" }), KEY);
  assert.equal(second.success, true);
  assert.notEqual(second.created, true);
  const read = await conn.sobject("Lead").retrieve(first.id);
  assert.equal(read.Company, "Other Ltd");
});
await check("an upsert of several by key says created of each", async () => {
  const told = await conn.sobject("Lead").upsert(
    [lead({ [KEY]: "key-1", Company: "Third Ltd" }), lead({ [KEY]: "key-2" }), { [KEY]: "key-3" }],
    KEY,
  );
  assert.deepEqual(told.map((one) => [one.success, one.created ?? false]), [[true, false], [true, true], [false, false]]);
  assert.equal(told[2].errors[0].statusCode, "REQUIRED_FIELD_MISSING");
});

// ── many records ────────────────────────────────────────────────────────────

const rows = [];
await check("creates of more than 200 go in several calls", async () => {
  const made = await conn.sobject("Lead").create(numbered(2300), { allowRecursive: true });
  assert.equal(made.length, 2300);
  assert.ok(made.every((one) => one.success && one.errors.length === 0));
  rows.push(...made.map((one) => one.id));
});
await check("201 records in one call are refused", async () => {
  await refused(conn.sobject("Lead").create(numbered(201)));
});
await check("one bad row of many fails alone", async () => {
  const told = await conn.sobject("Lead").create([lead(), { FirstName: "No name" }]);
  assert.deepEqual(told.map((one) => one.success), [true, false]);
  assert.equal(told[1].errors[0].statusCode, "REQUIRED_FIELD_MISSING");
  assert.deepEqual([...told[1].errors[0].fields].sort(), ["Company", "LastName"]);
});
await check("with allOrNone one bad row takes the others back", async () => {
  const told = await conn.sobject("Lead").create([lead({ LastName: "Taken back" }), { FirstName: "No name" }], { allOrNone: true });
  assert.deepEqual(told.map((one) => one.errors[0].statusCode), ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]);
  assert.equal((await conn.query("SELECT COUNT() FROM Lead WHERE LastName = 'Taken back'")).totalSize, 0);
});
await check("update of many", async () => {
  const told = await conn.sobject("Lead").update(rows.slice(0, 250).map((Id) => ({ Id, Rating: "Hot" })), { allowRecursive: true });
  assert.ok(told.every((one) => one.success));
  assert.equal((await conn.query("SELECT COUNT() FROM Lead WHERE Rating = 'Hot'")).totalSize, 250);
});
await check("retrieve of many keeps the order and shows null for nobody", async () => {
  const told = await conn.sobject("Lead").retrieve([rows[1], "00Q000000000000AAA", rows[0]], { fields: ["Id", "LastName"] });
  assert.deepEqual(told.map((one) => one?.LastName ?? null), ["Row 1", null, "Row 0"]);
});
await check("delete of many", async () => {
  const told = await conn.sobject("Lead").destroy(rows.splice(2250), { allOrNone: true });
  assert.equal(told.length, 50);
  assert.ok(told.every((one) => one.success));
});

// ── queries ─────────────────────────────────────────────────────────────────

await check("a long answer comes in pages", async () => {
  const first = await conn.query("SELECT Id, LastName FROM Lead WHERE LastName LIKE 'Row %'");
  assert.deepEqual([first.totalSize, first.done, first.records.length], [2250, false, 2000]);
  const second = await conn.queryMore(first.nextRecordsUrl);
  assert.deepEqual([second.totalSize, second.done, second.records.length], [2250, true, 250]);
  assert.equal(new Set([...first.records, ...second.records].map((row) => row.Id)).size, 2250);
});
await check("batchSize makes pages smaller, autoFetch reads them all", async () => {
  const read = await conn.query("SELECT Id FROM Lead WHERE LastName LIKE 'Row %'", {
    autoFetch: true, maxFetch: 5000, headers: { "Sforce-Query-Options": "batchSize=500" },
  });
  assert.deepEqual([read.records.length, read.done], [2250, true]);
});
await check("a locator that nobody gave is INVALID_QUERY_LOCATOR", async () => {
  await refusedWith("INVALID_QUERY_LOCATOR", conn.queryMore("01g000000000000AAA-2000"));
});
await check("jsforce's own query builder", async () => {
  const found = await conn.sobject("Lead")
    .find({ LastName: { $like: "Row 1%" }, Rating: "Hot", CreatedDate: { $gte: jsforce.SfDate.toDateTimeLiteral("2026-11-23T00:00:00Z") } }, ["Id", "LastName", "Owner.Name"])
    .sort({ LastName: -1 })
    .limit(3)
    .skip(1);
  assert.deepEqual(found.map((row) => row.LastName), ["Row 198", "Row 197", "Row 196"]);
  assert.equal(found[0].Owner.Name, "Leadbridge Integration");
  assert.equal(found[0].Owner.attributes.type, "Name");
  assert.match(found[0].Owner.attributes.url, /\/sobjects\/User\/005/);
});
await check("count() answers with a number and no rows", async () => {
  assert.equal(await conn.sobject("Lead").count({ Rating: "Hot" }), 250);
  const told = await conn.query("SELECT COUNT() FROM Lead WHERE Rating = 'Hot'");
  assert.deepEqual([told.totalSize, told.done, told.records], [250, true, []]);
});
await check("queryAll sees the recycle bin", async () => {
  const soql = "SELECT Id, IsDeleted FROM Lead WHERE IsDeleted = true AND LastName LIKE 'Row %'";
  assert.equal((await conn.query(soql)).totalSize, 0);
  assert.equal((await conn.query(soql, { scanAll: true })).totalSize, 50);
});

// ── the org ─────────────────────────────────────────────────────────────────

await check("describe tells a field's type, length and rights", async () => {
  const told = await conn.sobject("Lead").describe();
  assert.deepEqual([told.name, told.keyPrefix, told.createable, told.queryable], ["Lead", "00Q", true, true]);
  const field = (name) => told.fields.find((one) => one.name === name);
  assert.deepEqual([field("LastName").type, field("LastName").length, field("LastName").nillable], ["string", 80, false]);
  assert.deepEqual(field("OwnerId").referenceTo, ["Group", "User"]);
  assert.deepEqual([field("Status").type, field("Status").restrictedPicklist], ["picklist", false]);
  assert.ok(field("Status").picklistValues.some((one) => one.value === "Open - Not Contacted" && one.active));
  assert.deepEqual([field(KEY).externalId, field(KEY).unique, field(KEY).idLookup], [true, true, true]);
});
await check("the list of kinds", async () => {
  const told = await conn.describeGlobal();
  const names = told.sobjects.map((one) => one.name);
  for (const name of ["Account", "Contact", "Lead", "Opportunity", "Task", "User"]) assert.ok(names.includes(name), name);
  assert.equal(told.encoding, "UTF-8");
});
await check("limits, and how many calls are gone after each answer", async () => {
  const told = await conn.limits();
  assert.ok(told.DailyApiRequests.Remaining < told.DailyApiRequests.Max);
  const before = conn.limitInfo.apiUsage.used;
  await conn.query("SELECT Id FROM Lead LIMIT 1");
  assert.equal(conn.limitInfo.apiUsage.used, before + 1);
});

finish();
