// jsforce's SOAP calls, unmodified, against Salesforce's twin over HTTP: what REST has no address for.
import assert from "node:assert/strict";
import { check, finish } from "./checks.mjs";
import { KEY, conn, connect, lead, org, refusedWith } from "./org.mjs";

const Lead = conn.sobject("Lead");
const made = async (more = {}) => (await Lead.create(lead(more))).id;
const CONVERTED = "Closed - Converted";
const morning = "2026-11-23T08:00:00Z";
const noon = "2026-11-23T12:00:00Z";

await check("who calls", async () => {
  const told = await conn.soap.getUserInfo();
  assert.deepEqual([told.userId, told.organizationId], [org.user, org.org]);
});
await check("the server's moment", async () => {
  assert.match((await conn.soap.getServerTimestamp()).timestamp, /^2026-11-23T\d\d:\d\d:\d\d\.000Z$/);
});
await check("a dead session is a fault that jsforce refreshes by", async () => {
  await refusedWith("sf:INVALID_SESSION_ID", connect({ accessToken: "dead" }).soap.getUserInfo());
  let refreshes = 0;
  const refreshing = connect({
    accessToken: "dead",
    refreshFn: (own, tell) => { refreshes += 1; tell(null, org.token); },
  });
  assert.equal((await refreshing.soap.getUserInfo()).userId, org.user);
  assert.equal(refreshes, 1);
});

// ── conversion ──────────────────────────────────────────────────────────────

await check("convertLead makes account, contact and opportunity", async () => {
  const leadId = await made({ FirstName: "Ada", Email: "ada@example.com", [KEY]: "convert-1" });
  const told = await conn.soap.convertLead({ leadId, convertedStatus: CONVERTED, opportunityName: "Engine" });
  assert.deepEqual([told.success, told.leadId, told.errors], [true, leadId, []]);
  assert.match(told.accountId, /^001/);
  assert.match(told.contactId, /^003/);
  assert.match(told.opportunityId, /^006/);
  const read = await Lead.retrieve(leadId);
  assert.deepEqual(
    [read.IsConverted, read.Status, read.ConvertedAccountId, read.ConvertedContactId, read.ConvertedOpportunityId],
    [true, CONVERTED, told.accountId, told.contactId, told.opportunityId],
  );
  const contact = await conn.sobject("Contact").retrieve(told.contactId);
  assert.deepEqual([contact.Name, contact.Email, contact.AccountId], ["Ada Lovelace", "ada@example.com", told.accountId]);
});
await check("convertLead into what is there, without an opportunity", async () => {
  const accountId = (await conn.sobject("Account").create({ Name: "Known Ltd" })).id;
  const contactId = (await conn.sobject("Contact").create({ LastName: "Known", AccountId: accountId })).id;
  const told = await conn.soap.convertLead([
    { leadId: await made(), convertedStatus: CONVERTED, accountId, contactId, doNotCreateOpportunity: true },
  ]);
  assert.deepEqual([told[0].accountId, told[0].contactId, told[0].opportunityId], [accountId, contactId, null]);
});
await check("convertLead refuses a status that does not convert, and a Lead that is converted", async () => {
  const leadId = await made();
  const wrong = await conn.soap.convertLead({ leadId, convertedStatus: "Working - Contacted" });
  assert.deepEqual([wrong.success, wrong.errors[0].statusCode], [false, "INVALID_STATUS"]);
  await conn.soap.convertLead({ leadId, convertedStatus: CONVERTED });
  const twice = await conn.soap.convertLead({ leadId, convertedStatus: CONVERTED });
  assert.equal(twice.success, false);
  assert.equal((await conn.query(`SELECT COUNT() FROM Lead WHERE Id = '${leadId}' AND IsConverted = true`)).totalSize, 1);
});

// ── merging and the bin ─────────────────────────────────────────────────────

await check("merge keeps the winner, the losers point to it", async () => {
  const winner = await made({ FirstName: "Winner" });
  const losers = [await made({ Phone: "1" }), await made({ Phone: "2" })];
  const told = await conn.soap.merge({ masterRecord: { type: "Lead", Id: winner, Title: "Countess" }, recordToMergeIds: losers });
  assert.deepEqual([told.success, told.id], [true, winner]);
  assert.deepEqual([...told.mergedRecordIds].sort(), [...losers].sort());
  assert.equal((await Lead.retrieve(winner)).Title, "Countess");
  const gone = await conn.query(`SELECT Id, MasterRecordId FROM Lead WHERE Id IN ('${losers.join("', '")}')`, { scanAll: true });
  assert.deepEqual(gone.records.map((row) => row.MasterRecordId), [winner, winner]);
});
await check("rows by SOAP: create, null, upsert, delete, undelete, empty the bin", async () => {
  const [one] = await conn.soap.create([{ type: "Lead", ...lead({ Title: "Countess & <more>" }) }]);
  assert.equal(one.success, true);
  const [changed] = await conn.soap.update([{ type: "Lead", Id: one.id, Title: null, FirstName: "Ada" }]);
  assert.equal(changed.success, true);
  const read = await Lead.retrieve(one.id);
  assert.deepEqual([read.Title, read.FirstName], [null, "Ada"]);
  const [wrong] = await conn.soap.create([{ type: "Lead", FirstName: "No name" }]);
  assert.deepEqual([wrong.success, wrong.errors[0].statusCode], [false, "REQUIRED_FIELD_MISSING"]);
  assert.equal((await conn.soap.delete([one.id]))[0].success, true);
  assert.equal((await conn.soap.undelete([one.id]))[0].success, true);
  assert.equal((await Lead.retrieve(one.id)).Id, one.id);
});

// ── what changed since ──────────────────────────────────────────────────────

await check("updated and deleted name the ids of a span of time", async () => {
  const [kept, gone] = [await made(), await made()];
  await Lead.destroy(gone);
  const updated = await Lead.updated(morning, noon);
  assert.ok(updated.ids.includes(kept) && !updated.ids.includes(gone));
  assert.match(updated.latestDateCovered, /^2026-11-23T\d\d:\d\d:\d\d\.000\+0000$/);
  const deleted = await Lead.deleted(morning, noon);
  assert.ok(deleted.deletedRecords.some((row) => row.id === gone && /\+0000$/.test(row.deletedDate)));
  assert.ok(deleted.earliestDateAvailable && deleted.latestDateCovered);
});
await check("updated refuses a span that ends before it begins", async () => {
  await refusedWith("INVALID_REPLICATION_DATE", Lead.updated(noon, morning));
});

finish();
