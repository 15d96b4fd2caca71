// jsforce's Bulk API 2.0, unmodified, against Salesforce's twin over HTTP.
import assert from "node:assert/strict";
import { check, finish, refused } from "./checks.mjs";
import { KEY, conn, lead, refusedWith } from "./org.mjs";

// Each look is a second later for the twin; nobody waits for it.
const soon = { pollInterval: 1, pollTimeout: 20000 };
const load = (operation, input, more = {}) =>
  conn.bulk2.loadAndWaitForResults({ object: "Lead", operation, input, ...soon, ...more });
const bulk = async (soql, more = {}) => (await conn.bulk2.query(soql, { ...soon, ...more })).toArray();
const ids = async (where) => (await conn.query(`SELECT Id FROM Lead WHERE ${where}`)).records.map((row) => row.Id);
const tricky = 'a "quoted", line\nand another';

await check("insert: what came in, and what did not, with the row as it was sent", async () => {
  const told = await load("insert", [
    lead({ FirstName: "Bulk", Description: tricky, [KEY]: "bulk-1", NumberOfEmployees: 7 }),
    { LastName: "", Company: "No name", Description: "", [KEY]: "", FirstName: "Bulk", NumberOfEmployees: "" },
    lead({ FirstName: "Bulk", Description: null, [KEY]: "bulk-2", NumberOfEmployees: null }),
  ]);
  assert.equal(told.successfulResults.length, 2);
  const [first] = told.successfulResults.filter((row) => row[KEY] === "bulk-1");
  assert.equal(first.sf__Created, "true");
  assert.match(first.sf__Id, /^00Q[A-Za-z0-9]{15}$/);
  assert.equal(first.Description, tricky);
  const [failed] = told.failedResults;
  assert.equal(failed.sf__Id, "");
  assert.match(failed.sf__Error, /^REQUIRED_FIELD_MISSING:/);
  assert.equal(failed.Company, "No name");
  assert.deepEqual(told.unprocessedRecords, []);
  const read = await conn.sobject("Lead").retrieve(first.sf__Id);
  assert.deepEqual([read.Description, read.NumberOfEmployees], [tricky, 7]);
});
await check("update: an empty cell leaves a value, #N/A clears it", async () => {
  const [one] = await ids(`${KEY} = 'bulk-1'`);
  const told = await load("update", [{ Id: one, FirstName: "", NumberOfEmployees: null }]);
  assert.deepEqual([told.successfulResults.length, told.failedResults.length], [1, 0]);
  assert.equal(told.successfulResults[0].sf__Created, "false");
  const read = await conn.sobject("Lead").retrieve(one);
  assert.deepEqual([read.FirstName, read.NumberOfEmployees], ["Bulk", null]);
});
await check("upsert by key says which are new", async () => {
  const csv = [`${KEY},LastName,Company`, "bulk-1,Byron,Engines Ltd", "bulk-3,Noel,Engines Ltd"].join("\n");
  const told = await load("upsert", csv, { externalIdFieldName: KEY });
  const born = Object.fromEntries(told.successfulResults.map((row) => [row[KEY], row.sf__Created]));
  assert.deepEqual(born, { "bulk-1": "false", "bulk-3": "true" });
  assert.equal((await conn.query(`SELECT LastName FROM Lead WHERE ${KEY} = 'bulk-1'`)).records[0].LastName, "Byron");
});
await check("query, as text and in pages of the client", async () => {
  const rows = await bulk(`SELECT Id, ${KEY}, Description, NumberOfEmployees, CreatedDate, IsConverted FROM Lead WHERE ${KEY} LIKE 'bulk-%' ORDER BY ${KEY}`);
  assert.deepEqual(rows.map((row) => row[KEY]), ["bulk-1", "bulk-2", "bulk-3"]);
  assert.deepEqual([rows[0].Description, rows[1].Description, rows[0].IsConverted], [tricky, "", "false"]);
  assert.match(rows[0].CreatedDate, /^2026-11-23T\d\d:\d\d:\d\d\.000Z$/);
});
await check("a query that finds nobody has no rows", async () => {
  assert.deepEqual(await bulk(`SELECT Id FROM Lead WHERE ${KEY} = 'nobody'`), []);
});
await check("delete, and queryAll sees what is gone", async () => {
  const gone = await ids(`${KEY} IN ('bulk-2', 'bulk-3')`);
  const told = await load("delete", gone.map((Id) => ({ Id })));
  assert.equal(told.successfulResults.length, 2);
  const soql = `SELECT Id, IsDeleted FROM Lead WHERE ${KEY} IN ('bulk-2', 'bulk-3')`;
  assert.deepEqual(await bulk(soql), []);
  assert.deepEqual((await bulk(soql, { scanAll: true })).map((row) => row.IsDeleted), ["true", "true"]);
});
await check("a job goes its way step by step", async () => {
  const job = conn.bulk2.createJob({ object: "Lead", operation: "insert" });
  const opened = await job.open();
  assert.deepEqual([opened.state, opened.object, opened.operation, opened.contentType], ["Open", "Lead", "insert", "CSV"]);
  assert.match(opened.id, /^750/);
  assert.match(opened.contentUrl, new RegExp(`jobs/ingest/${opened.id}/batches$`));
  await job.uploadData([lead({ FirstName: "Step" })]);
  await job.close();
  assert.equal(job.getInfo().state, "UploadComplete");
  await job.poll(soon.pollInterval, soon.pollTimeout);
  const done = await job.check();
  assert.deepEqual([done.state, done.numberRecordsProcessed, done.numberRecordsFailed], ["JobComplete", 1, 0]);
  await job.delete();
  await refused(job.check());
});
await check("an aborted job does nothing", async () => {
  const job = conn.bulk2.createJob({ object: "Lead", operation: "insert" });
  await job.open();
  await job.uploadData([lead({ FirstName: "Aborted" })]);
  await job.abort();
  assert.equal((await job.check()).state, "Aborted");
  assert.deepEqual(await ids("FirstName = 'Aborted'"), []);
});
await check("what a job cannot be is refused when it is opened", async () => {
  for (const wish of [{ object: "Laed", operation: "insert" }, { object: "Lead", operation: "upsert" }, { object: "Lead", operation: "guess" }]) {
    const error = await refused(conn.bulk2.createJob(wish).open());
    assert.ok(error.errorCode && error.errorCode !== "NOT_FOUND", error.message);
  }
});
await check("a malformed bulk query is refused when it is opened", async () => {
  await refusedWith("MALFORMED_QUERY", conn.bulk2.query("SELECT Id FROM Lead WHERE", soon));
});

finish();
