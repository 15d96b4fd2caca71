// jsforce, unmodified, against Salesforce's twin over HTTP: several calls in one, search, conditions.
import assert from "node:assert/strict";
import { check, finish, refused } from "./checks.mjs";
import { KEY, conn, lead, refusedWith, version } from "./org.mjs";

const base = `/services/data/v${version}`;
const Lead = conn.sobject("Lead");
const made = async (more = {}) => (await Lead.create(lead(more))).id;
const total = async (where) => (await conn.query(`SELECT COUNT() FROM Lead WHERE ${where}`)).totalSize;

// ── several calls in one ────────────────────────────────────────────────────

await check("a composite fills in what an earlier part answered", async () => {
  const told = await conn.requestPost("/composite", {
    compositeRequest: [
      { method: "POST", url: `${base}/sobjects/Account`, referenceId: "firm", body: { Name: "Engines Ltd" } },
      { method: "POST", url: `${base}/sobjects/Contact`, referenceId: "person", body: { LastName: "Lovelace", AccountId: "@{firm.id}" } },
      { method: "GET", url: `${base}/query?q=SELECT+Account.Name+FROM+Contact+WHERE+Id='@{person.id}'`, referenceId: "read" },
      { method: "GET", url: `${base}/sobjects/Lead/00Q000000000000AAA`, referenceId: "nobody" },
    ],
  });
  const [firm, person, read, nobody] = told.compositeResponse;
  assert.deepEqual([firm.httpStatusCode, person.httpStatusCode, read.httpStatusCode, nobody.httpStatusCode], [201, 201, 200, 404]);
  assert.equal(read.body.records[0].Account.Name, "Engines Ltd");
  assert.equal(nobody.body[0].errorCode, "NOT_FOUND");
});

await check("a composite with allOrNone takes everything back", async () => {
  const told = await conn.requestPost("/composite", {
    allOrNone: true,
    compositeRequest: [
      { method: "POST", url: `${base}/sobjects/Lead`, referenceId: "fine", body: lead({ LastName: "Whole" }) },
      { method: "POST", url: `${base}/sobjects/Lead`, referenceId: "wrong", body: { FirstName: "No name" } },
    ],
  });
  const [fine, wrong] = told.compositeResponse;
  assert.deepEqual([fine.httpStatusCode, wrong.httpStatusCode], [400, 400]);
  assert.equal(fine.body[0].errorCode, "PROCESSING_HALTED");
  assert.equal(wrong.body[0].errorCode, "REQUIRED_FIELD_MISSING");
  assert.equal(await total("LastName = 'Whole'"), 0);
});
await check("a batch: each part for itself", async () => {
  const told = await conn.requestPost("/composite/batch", {
    batchRequests: [
      { method: "POST", url: `v${version}/sobjects/Lead`, richInput: lead({ LastName: "Batched" }) },
      { method: "GET", url: `v${version}/sobjects/Lead/00Q000000000000AAA` },
    ],
  });
  assert.equal(told.hasErrors, true);
  assert.deepEqual(told.results.map((one) => one.statusCode), [201, 404]);
  assert.equal(await total("LastName = 'Batched'"), 1);
});
await check("a tree: an account with its people, all or nobody", async () => {
  const node = (type, referenceId, values) => ({ attributes: { type, referenceId }, ...values });
  const grow = (lastName) => conn.requestPost("/composite/tree/Account", {
    records: [node("Account", "firm", { Name: "Tree Ltd", Contacts: { records: [node("Contact", "person", { LastName: lastName })] } })],
  });
  const told = await grow("Branch");
  assert.deepEqual([told.hasErrors, told.results.map((one) => one.referenceId)], [false, ["firm", "person"]]);
  const read = await conn.sobject("Contact").retrieve(told.results[1].id);
  assert.equal(read.AccountId, told.results[0].id);
  await refused(grow(undefined));
  assert.equal((await conn.query("SELECT COUNT() FROM Account WHERE Name = 'Tree Ltd'")).totalSize, 1);
});
await check("a graph stands or falls as a whole, beside others", async () => {
  const part = (referenceId, body) => ({ method: "POST", url: `${base}/sobjects/Lead`, referenceId, body });
  const told = await conn.requestPost("/composite/graph", {
    graphs: [
      { graphId: "stands", compositeRequest: [part("one", lead({ LastName: "Stands" }))] },
      { graphId: "falls", compositeRequest: [part("two", lead({ LastName: "Falls" })), part("three", { FirstName: "No name" })] },
    ],
  });
  assert.deepEqual(told.graphs.map((one) => [one.graphId, one.isSuccessful]), [["stands", true], ["falls", false]]);
  assert.deepEqual([await total("LastName = 'Stands'"), await total("LastName = 'Falls'")], [1, 0]);
});

// ── search ──────────────────────────────────────────────────────────────────

await check("search finds words in several kinds", async () => {
  const one = await made({ LastName: "Babbage", Email: "charles@engine.example" });
  const two = (await conn.sobject("Contact").create({ LastName: "Babbage" })).id;
  const told = await conn.search("FIND {Babbage} IN NAME FIELDS RETURNING Lead(Id, Email), Contact(Id)");
  assert.deepEqual(told.searchRecords.map((row) => row.Id).sort(), [one, two].sort());
  assert.equal(told.searchRecords.find((row) => row.Id === one).Email, "charles@engine.example");
  assert.equal(told.searchRecords.find((row) => row.Id === two).attributes.type, "Contact");
});
await check("a search that cannot be read is MALFORMED_SEARCH", async () => {
  await refusedWith("MALFORMED_SEARCH", conn.search("Babbage"));
});

// ── one row, with conditions ────────────────────────────────────────────────

await check("a row is written only if it was not changed since", async () => {
  const id = await made();
  const late = { "If-Unmodified-Since": "Mon, 23 Nov 2026 00:00:00 GMT" };
  await refused(Lead.update({ Id: id, Title: "Too late" }, { headers: late }));
  assert.equal((await Lead.retrieve(id)).Title, null);
  await Lead.update({ Id: id, Title: "In time" }, { headers: { "If-Unmodified-Since": "Tue, 24 Nov 2026 00:00:00 GMT" } });
  assert.equal((await Lead.retrieve(id)).Title, "In time");
});
await check("a row is read by its key", async () => {
  const id = await made({ [KEY]: "a/b?c#d" });
  const read = await conn.request(`/sobjects/Lead/${KEY}/${encodeURIComponent("a/b?c#d")}`);
  assert.equal(read.Id, id);
  await refusedWith("NOT_FOUND", conn.request(`/sobjects/Lead/${KEY}/nobody`));
});
await check("what a query finds is updated and deleted in one go", async () => {
  await Lead.create([1, 2, 3].map((place) => lead({ LastName: "Flock", Title: `${place}` })));
  const changed = await Lead.find({ LastName: "Flock" }).update({ Rating: "Cold" });
  assert.deepEqual(changed.map((one) => one.success), [true, true, true]);
  assert.equal(await total("LastName = 'Flock' AND Rating = 'Cold'"), 3);
  const gone = await Lead.find({ LastName: "Flock" }).destroy();
  assert.deepEqual(gone.map((one) => one.success), [true, true, true]);
  assert.equal(await total("LastName = 'Flock'"), 0);
});
await check("a method that an address does not have is METHOD_NOT_ALLOWED", async () => {
  await refusedWith("METHOD_NOT_ALLOWED", conn.requestPut("/limits", {}));
});
await check("an unknown version is NOT_FOUND, a retired one is not served", async () => {
  await refusedWith("NOT_FOUND", conn.request("/services/data/v99.0/limits"));
  await refused(conn.request("/services/data/v25.0/limits"));
});
await check("a body that is no JSON is JSON_PARSER_ERROR", async () => {
  await refusedWith("JSON_PARSER_ERROR", conn.request({
    method: "POST", url: "/sobjects/Lead", body: "{", headers: { "content-type": "application/json" },
  }));
});

finish();
