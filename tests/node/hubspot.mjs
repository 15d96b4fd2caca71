// HubSpot's own client, unmodified, against HubSpot's twin over HTTP: records, batches, search.
import assert from "node:assert/strict";
import { check, finish } from "./checks.mjs";
import { client, connect, contacts, made, person, refusedWith } from "./portal.mjs";

const range = (count) => Array.from({ length: count }, (_, place) => place);

// ── one record ──────────────────────────────────────────────────────────────

await check("create, read, update, archive one contact", async () => {
  const { id } = await contacts.basicApi.create({ properties: person({ email: "Ada@Example.com", firstname: "Ada" }) });
  assert.match(id, /^\d+$/);

  const read = await contacts.basicApi.getById(id, ["email", "firstname", "no_such_property"]);
  assert.equal(read.properties.email, "ada@example.com");
  assert.equal(read.properties.firstname, "Ada");
  assert.equal("no_such_property" in read.properties, false);
  assert.equal(read.archived, false);
  assert.ok(read.createdAt instanceof Date && read.updatedAt instanceof Date);

  const updated = await contacts.basicApi.update(id, { properties: { firstname: "Augusta" } });
  assert.equal(updated.properties.firstname, "Augusta");
  assert.ok(updated.updatedAt > read.updatedAt);

  await contacts.basicApi.archive(id);
  await refusedWith(404, contacts.basicApi.getById(id));
  const archived = await contacts.basicApi.getById(id, undefined, undefined, undefined, true);
  assert.equal(archived.archived, true);
});
await check("a contact is read and updated by its address", async () => {
  const id = await made({ email: "by-address@example.com" });
  const read = await contacts.basicApi.getById("by-address@example.com", ["email"], undefined, undefined, false, "email");
  assert.equal(read.id, id);
  await contacts.basicApi.update("by-address@example.com", { properties: { lastname: "Byron" } }, "email");
  assert.equal((await contacts.basicApi.getById(id, ["lastname"])).properties.lastname, "Byron");
});
await check("a value with its history, newest first", async () => {
  const id = await made({ firstname: "One" });
  await contacts.basicApi.update(id, { properties: { firstname: "Two" } });
  const read = await contacts.basicApi.getById(id, undefined, ["firstname"]);
  const versions = read.propertiesWithHistory.firstname;
  assert.deepEqual(versions.map((one) => one.value), ["Two", "One"]);
  assert.ok(versions.every((one) => one.sourceType === "INTEGRATION"), JSON.stringify(versions));
  assert.ok(versions[0].timestamp instanceof Date && versions[0].timestamp > versions[1].timestamp);
});
await check("an empty text clears a property", async () => {
  const id = await made({ phone: "123" });
  await contacts.basicApi.update(id, { properties: { phone: "" } });
  const { phone } = (await contacts.basicApi.getById(id, ["phone"])).properties;
  assert.ok(phone === null || phone === "", JSON.stringify(phone));
});

// ── how it says no ──────────────────────────────────────────────────────────

await check("a known address is 409 and names who has it", async () => {
  const id = await made({ email: "known@example.com" });
  const error = await refusedWith(409, contacts.basicApi.create({ properties: { email: "KNOWN@example.com" } }));
  assert.equal(error.said.message, `Contact already exists. Existing ID: ${id}`);
  assert.deepEqual([error.said.status, error.said.category], ["error", "CONFLICT"]);
  assert.ok(error.said.correlationId);
});
await check("bad values are 400, all of them named in the message", async () => {
  const error = await refusedWith(400, contacts.basicApi.create({ properties: person({ nope: "1", lifecyclestage: "no stage" }) }));
  assert.equal(error.said.category, "VALIDATION_ERROR");
  const told = JSON.parse(error.said.message.replace("Property values were not valid: ", ""));
  assert.deepEqual(told.map((one) => [one.name, one.error]).sort(), [["lifecyclestage", "INVALID_OPTION"], ["nope", "PROPERTY_DOESNT_EXIST"]]);
});
await check("an unknown id is 404 without a category", async () => {
  const error = await refusedWith(404, contacts.basicApi.getById("999999999"));
  assert.equal(error.said.message, "resource not found");
  assert.equal("category" in error.said, false);
});
await check("an id that is no number is 404 OBJECT_NOT_FOUND", async () => {
  const error = await refusedWith(404, contacts.basicApi.getById("abc"));
  assert.equal(error.said.category, "OBJECT_NOT_FOUND");
});
await check("a wrong token is 401", async () => {
  const error = await refusedWith(401, connect({ accessToken: "wrong" }).crm.contacts.basicApi.getPage());
  assert.equal(error.said.category, "INVALID_AUTHENTICATION");
});

// ── many records ────────────────────────────────────────────────────────────

const batch = range(100).map((place) => ({ properties: person({ firstname: "Batch", lastname: `Row ${String(place).padStart(3, "0")}` }) }));
let rows = [];
await check("batch create", async () => {
  const told = await contacts.batchApi.create({ inputs: batch });
  assert.deepEqual([told.status, told.results.length], ["COMPLETE", 100]);
  // In which order the answers come is HubSpot's own affair.
  const ids = Object.fromEntries(told.results.map((one) => [one.properties.email, one.id]));
  rows = batch.map((one) => ids[one.properties.email]);
  assert.ok(rows.every(Boolean));
});
await check("a batch create with a known address makes nothing", async () => {
  const inputs = [{ properties: person({ lastname: "Not made" }) }, { properties: { email: "known@example.com" } }];
  await refusedWith(409, contacts.batchApi.create({ inputs }));
  await refusedWith(404, contacts.basicApi.getById(inputs[0].properties.email, undefined, undefined, undefined, false, "email"));
});
await check("101 inputs are refused", async () => {
  await refusedWith(400, contacts.batchApi.read({ inputs: range(101).map((id) => ({ id: String(id) })), properties: [], propertiesWithHistory: [] }));
});
await check("batch read by id and by address", async () => {
  const byId = await contacts.batchApi.read({ inputs: rows.map((id) => ({ id })), properties: ["lastname"], propertiesWithHistory: [] });
  assert.deepEqual(new Set(byId.results.map((one) => one.id)), new Set(rows));
  const byAddress = await contacts.batchApi.read({
    idProperty: "email", inputs: [{ id: batch[7].properties.email }], properties: ["lastname"], propertiesWithHistory: [],
  });
  assert.equal(byAddress.results[0].id, rows[7]);
});
await check("a batch read of somebody who is not there is 207", async () => {
  const told = await contacts.batchApi.readWithHttpInfo?.({ inputs: [{ id: rows[0] }, { id: "999999999" }], properties: [], propertiesWithHistory: [] })
    ?? { data: await contacts.batchApi.read({ inputs: [{ id: rows[0] }, { id: "999999999" }], properties: [], propertiesWithHistory: [] }) };
  if (told.httpStatusCode) assert.equal(told.httpStatusCode, 207);
  assert.deepEqual(told.data.results.map((one) => one.id), [rows[0]]);
  assert.equal(told.data.numErrors, 1);
  assert.equal(told.data.errors[0].category, "OBJECT_NOT_FOUND");
  assert.deepEqual(told.data.errors[0].context.ids, ["999999999"]);
});
await check("batch update", async () => {
  const told = await contacts.batchApi.update({ inputs: rows.slice(0, 60).map((id) => ({ id, properties: { jobtitle: "Countess" } })) });
  assert.deepEqual([told.status, told.results.length], ["COMPLETE", 60]);
  assert.equal(told.results[0].properties.jobtitle, "Countess");
});
await check("a batch update with one unknown id is 207, the others are updated", async () => {
  const told = await contacts.batchApi.update({ inputs: [
    { id: rows[90], properties: { jobtitle: "Baroness" } }, { id: "999999999", properties: { jobtitle: "Nobody" } },
  ] });
  assert.deepEqual(told.results.map((one) => one.id), [rows[90]]);
  assert.equal(told.numErrors, 1);
});
await check("batch upsert by address says which are new", async () => {
  const told = await contacts.batchApi.upsert({ inputs: [
    { idProperty: "email", id: batch[0].properties.email, properties: { jobtitle: "Duchess" } },
    { idProperty: "email", id: "upserted@example.com", properties: { email: "upserted@example.com", jobtitle: "Duchess" } },
  ] });
  const bornNow = Object.fromEntries(told.results.map((one) => [one.id, one._new]));
  assert.equal(bornNow[rows[0]], false);
  assert.equal(Object.values(bornNow).filter(Boolean).length, 1);
});

// ── search and lists ────────────────────────────────────────────────────────

const search = (more) => contacts.searchApi.doSearch({ filterGroups: [], properties: ["lastname"], limit: 200, sorts: [], after: undefined, ...more });
const where = (propertyName, operator, value) => ({ filters: [{ propertyName, operator, ...(Array.isArray(value) ? { values: value } : { value }) }] });

await check("search in pages, sorted", async () => {
  const found = [];
  let after;
  do {
    const page = await search({ filterGroups: [where("firstname", "EQ", "Batch")], sorts: ["lastname"], limit: 40, after });
    assert.equal(page.total, 100);
    found.push(...page.results.map((one) => one.properties.lastname));
    after = page.paging?.next?.after;
  } while (after);
  assert.deepEqual(found, batch.map((one) => one.properties.lastname));
});
await check("search by several groups, lists, ranges and absence", async () => {
  const count = async (...filterGroups) => (await search({ filterGroups, limit: 1 })).total;
  assert.equal(await count(where("lastname", "IN", ["row 001", "row 002"])), 2);
  assert.equal(await count({ filters: [...where("firstname", "EQ", "Batch").filters, ...where("jobtitle", "HAS_PROPERTY").filters] }), 61);
  assert.equal(await count({ filters: [...where("firstname", "EQ", "Batch").filters, ...where("jobtitle", "NOT_HAS_PROPERTY").filters] }), 39);
  assert.equal(await count(where("email", "EQ", "known@example.com"), where("jobtitle", "EQ", "Baroness")), 2);
  assert.equal(await count(where("lastmodifieddate", "GTE", String(Date.parse("2026-11-23T00:00:00Z")))) > 100, true);
});
await check("a search for an unknown property is 400", async () => {
  const error = await refusedWith(400, search({ filterGroups: [where("nope", "EQ", "1")] }));
  assert.equal(error.said.category, "VALIDATION_ERROR");
});
await check("a page of more than 200 is refused", async () => {
  await refusedWith(400, search({ limit: 201 }));
});
await check("listing in pages; getAll reads them all", async () => {
  const page = await contacts.basicApi.getPage(10, undefined, ["email"]);
  assert.equal(page.results.length, 10);
  assert.equal(page.paging.next.after, page.results.at(-1).id);
  const next = await contacts.basicApi.getPage(10, page.paging.next.after, ["email"]);
  assert.ok(BigInt(next.results[0].id) > BigInt(page.results[9].id));
  const all = await contacts.getAll(undefined, undefined, ["email"]);
  assert.equal(new Set(all.map((one) => one.id)).size, all.length);
  assert.ok(all.length >= 105);
});
await check("batch archive, and the list of the archived", async () => {
  await contacts.batchApi.archive({ inputs: rows.slice(95).map((id) => ({ id })) });
  const archived = await contacts.basicApi.getPage(100, undefined, undefined, undefined, undefined, true);
  const ids = archived.results.map((one) => one.id);
  for (const id of rows.slice(95)) assert.ok(ids.includes(id));
});

finish();
