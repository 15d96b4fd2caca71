// jsforce's SOAP calls, unmodified, against Salesforce's twin over HTTP: what REST has no address for.
import assert from "node:assert/strict";
import { check, finish, refused } from "./checks.mjs";
import { KEY, conn, connect, lead, org, refusedWith } from "./org.mjs";

const Lead = conn.sobject("Lead");
const made = async (more = {}) => (await Lead.create(lead(more))).id;
const CONVERTED = "Closed - Converted";
const morning = "2026-11-23T08:00:00Z";
const noon = "2026-11-23T12:00:00Z";

await check("the server's moment", async () => {
  assert.match((await conn.soap.getServerTimestamp()).timestamp, /^2026-11-23T\d\d:\d\d:\d\d\.000Z$/);
});
await check("a dead session is a fault that jsforce refreshes by", async () => {
  await refusedWith("sf:INVALID_SESSION_ID", connect({ accessToken: "dead" }).soap.getServerTimestamp());
  let refreshes = 0;
  const refreshing = connect({
    accessToken: "dead",
    refreshFn: (own, tell) => { refreshes += 1; tell(null, org.token); },
  });
  assert.ok((await refreshing.soap.getServerTimestamp()).timestamp);
  assert.equal(refreshes, 1);
});
await check("an operation that nobody has is a fault", async () => {
  const error = await refused(conn.soap._invoke("nobodyHasThis", {}));
  assert.match(error.message, /No operation available/);
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
await check("undelete brings back, emptyRecycleBin does not let go again", async () => {
  const id = await made();
  await Lead.destroy(id);
  const [back] = await conn.soap.undelete([id]);
  assert.deepEqual([back.success, back.id], [true, id]);
  assert.equal((await Lead.retrieve(id)).Id, id);
  await Lead.destroy(id);
  assert.equal((await conn.soap.emptyRecycleBin([id]))[0].success, true);
  const [late] = await conn.soap.undelete([id]);
  assert.equal(late.success, false);
  assert.equal((await conn.query(`SELECT Id FROM Lead WHERE Id = '${id}'`, { scanAll: true })).totalSize, 0);
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
