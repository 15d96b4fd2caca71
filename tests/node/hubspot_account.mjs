// HubSpot's own client, unmodified, against HubSpot's twin over HTTP: what an account has, and what joins records.
import assert from "node:assert/strict";
import { check, finish } from "./checks.mjs";
import { client, companies, contacts, deals, made, portal, refusedWith } from "./portal.mjs";

// ── the account ─────────────────────────────────────────────────────────────

await check("properties", async () => {
  const all = (await client.crm.properties.coreApi.getAll("contacts")).results;
  const stage = all.find((one) => one.name === "lifecyclestage");
  assert.equal(stage.type, "enumeration");
  assert.ok(stage.options.some((one) => one.value === "customer"));
  const email = await client.crm.properties.coreApi.getByName("contacts", "email");
  assert.deepEqual([email.name, email.type, email.groupName], ["email", "string", "contactinformation"]);
  await refusedWith(404, client.crm.properties.coreApi.getByName("contacts", "nope"));
});
await check("a property is made, changed, archived", async () => {
  const { coreApi } = client.crm.properties;
  const born = await coreApi.create("contacts", {
    name: "horse_power", label: "Horse power", type: "enumeration", fieldType: "select", groupName: "contactinformation",
    options: [{ label: "One", value: "1", displayOrder: 0, hidden: false }],
  });
  assert.deepEqual([born.name, born.options[0].value, born.archived], ["horse_power", "1", false]);
  const id = await made({ horse_power: "1" });
  assert.equal((await contacts.basicApi.getById(id, ["horse_power"])).properties.horse_power, "1");
  await refusedWith(400, contacts.basicApi.update(id, { properties: { horse_power: "2" } }));
  const two = { label: "Two", value: "2", displayOrder: 1, hidden: false };
  await coreApi.update("contacts", "horse_power", { label: "Power", options: [...born.options, two] });
  await contacts.basicApi.update(id, { properties: { horse_power: "2" } });
  assert.equal((await coreApi.getByName("contacts", "horse_power")).label, "Power");
  await refusedWith(409, coreApi.create("contacts", { ...born, createdAt: undefined, updatedAt: undefined }));
  await coreApi.archive("contacts", "horse_power");
  const names = (await coreApi.getAll("contacts")).results.map((one) => one.name);
  assert.equal(names.includes("horse_power"), false);
});
await check("properties in batches, and their groups", async () => {
  const { batchApi, groupsApi } = client.crm.properties;
  const group = await groupsApi.create("contacts", { name: "engines", label: "Engines", displayOrder: -1 });
  assert.equal(group.name, "engines");
  const text = (name) => ({ name, label: name, type: "string", fieldType: "text", groupName: "engines" });
  const told = await batchApi.create("contacts", { inputs: [text("engine_a"), text("engine_b")] });
  assert.deepEqual([told.status, told.results.map((one) => one.name).sort()], ["COMPLETE", ["engine_a", "engine_b"]]);
  const read = await batchApi.read("contacts", { inputs: [{ name: "engine_a" }], archived: false });
  assert.equal(read.results[0].groupName, "engines");
  await batchApi.archive("contacts", { inputs: [{ name: "engine_a" }, { name: "engine_b" }] });
  assert.ok((await groupsApi.getAll("contacts")).results.some((one) => one.name === "engines"));
});
await check("pipelines and their stages", async () => {
  const [pipeline] = (await client.crm.pipelines.pipelinesApi.getAll("deals")).results;
  const read = await client.crm.pipelines.pipelinesApi.getById("deals", pipeline.id);
  assert.deepEqual(read.stages.map((one) => one.id), pipeline.stages.map((one) => one.id));
  const won = read.stages.find((one) => one.id === "closedwon");
  assert.deepEqual([won.metadata.isClosed, won.metadata.probability], ["true", "1.0"]);
});
await check("a pipeline is made with its stages, changed, deleted", async () => {
  const { pipelinesApi, pipelineStagesApi } = client.crm.pipelines;
  const stage = (label, displayOrder, probability) => ({ label, displayOrder, metadata: { probability } });
  const born = await pipelinesApi.create("deals", {
    label: "Engines", displayOrder: 1, stages: [stage("Drawn", 0, "0.2"), stage("Built", 1, "1.0")],
  });
  assert.deepEqual(born.stages.map((one) => one.label), ["Drawn", "Built"]);
  const more = await pipelineStagesApi.create("deals", born.id, stage("Tried", 2, "0.5"));
  const renamed = await pipelineStagesApi.update("deals", born.id, more.id, { label: "Tested", metadata: { probability: "0.5" } });
  assert.equal(renamed.label, "Tested");
  await pipelineStagesApi.archive("deals", born.id, more.id);
  assert.equal((await pipelineStagesApi.getAll("deals", born.id)).results.length, 2);
  assert.equal((await pipelinesApi.update("deals", born.id, { label: "Old engines" })).label, "Old engines");
  await pipelinesApi.archive("deals", born.id);
  await refusedWith(404, pipelinesApi.getById("deals", born.id));
});
await check("owners", async () => {
  const page = await client.crm.owners.ownersApi.getPage();
  const [first] = page.results;
  assert.ok(first.email.includes("@"));
  assert.equal((await client.crm.owners.ownersApi.getPage(first.email)).results[0].id, first.id);
  assert.equal((await client.crm.owners.ownersApi.getById(Number(first.id))).email, first.email);
});
await check("any path through apiRequest", async () => {
  const answer = await client.apiRequest({ method: "GET", path: "/account-info/v3/details" });
  assert.equal((await answer.json()).portalId, portal.portal);
});

// ── associations ────────────────────────────────────────────────────────────

const { v4 } = client.crm.associations;
// On the wire the far id is a number; the client hands it on as it came.
const far = (read) => read.results.map((row) => row.toObjectId).sort();
let firm, one, two;
await check("a record is born with an association", async () => {
  one = await made();
  firm = (await companies.basicApi.create({
    properties: { name: "Engines Ltd", domain: "engines.example" },
    associations: [{ to: { id: one }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 280 }] }],
  })).id;
  const read = await v4.basicApi.getPage("contacts", one, "companies");
  assert.deepEqual(far(read), [Number(firm)]);
});
await check("the default association, and labels", async () => {
  two = await made();
  await v4.basicApi.createDefault("contacts", two, "companies", firm);
  const read = await v4.basicApi.getPage("companies", firm, "contacts");
  assert.deepEqual(far(read), [Number(one), Number(two)].sort());
  assert.ok(read.results.every((row) => row.associationTypes.some((type) => type.typeId === 280 && type.category === "HUBSPOT_DEFINED")));
});
await check("batch read of associations", async () => {
  const told = await v4.batchApi.getPage("contacts", "companies", { inputs: [{ id: one }, { id: two }] });
  assert.deepEqual(told.results.map((row) => [row._from.id, row.to[0].toObjectId]).sort(), [[one, Number(firm)], [two, Number(firm)]].sort());
});
await check("batch create of associations", async () => {
  const deal = (await deals.basicApi.create({ properties: { dealname: "Engine", pipeline: "default", dealstage: "appointmentscheduled" } })).id;
  const told = await v4.batchApi.create("deals", "contacts", { inputs: [
    { _from: { id: deal }, to: { id: one }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 3 }] },
  ] });
  assert.equal(told.status, "COMPLETE");
  assert.deepEqual(far(await v4.basicApi.getPage("contacts", one, "deals")), [Number(deal)]);
  const read = await deals.basicApi.getById(deal, undefined, undefined, ["contacts"]);
  assert.deepEqual(read.associations.contacts.results.map((row) => [row.id, row.type]), [[one, "deal_to_contact"]]);
});
await check("the labels that two kinds may have", async () => {
  const told = await v4.schema.definitionsApi.getAll("contacts", "companies");
  assert.ok(told.results.some((one) => one.typeId === 279 && one.category === "HUBSPOT_DEFINED" && one.label === null));
  const primary = told.results.find((one) => one.typeId === 1);
  assert.equal(primary.label, "Primary");
});
await check("a label of one's own is made, used, deleted", async () => {
  const { definitionsApi } = v4.schema;
  const born = await definitionsApi.create("contacts", "companies", { label: "Adviser", name: "adviser" });
  const { typeId } = born.results.find((one) => one.label === "Adviser");
  await v4.basicApi.create("contacts", two, "companies", firm, [{ associationCategory: "USER_DEFINED", associationTypeId: typeId }]);
  const [row] = (await v4.basicApi.getPage("contacts", two, "companies")).results;
  assert.ok(row.associationTypes.some((type) => type.typeId === typeId && type.label === "Adviser" && type.category === "USER_DEFINED"));
  await v4.batchApi.archiveLabels("contacts", "companies", {
    inputs: [{ _from: { id: two }, to: { id: firm }, types: [{ associationCategory: "USER_DEFINED", associationTypeId: typeId }] }],
  });
  await definitionsApi.remove("contacts", "companies", typeId);
  assert.equal((await definitionsApi.getAll("contacts", "companies")).results.some((one) => one.label === "Adviser"), false);
});
await check("a primary company comes with the plain association", async () => {
  await v4.basicApi.create("contacts", two, "companies", firm, [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 1 }]);
  const [row] = (await v4.basicApi.getPage("contacts", two, "companies")).results;
  assert.deepEqual(row.associationTypes.map((type) => type.typeId).sort(), [1, 279]);
});
await check("an association ends", async () => {
  await v4.basicApi.archive("contacts", two, "companies", firm);
  assert.deepEqual((await v4.basicApi.getPage("contacts", two, "companies")).results, []);
});
await check("associations end in a batch", async () => {
  await v4.batchApi.archive("contacts", "companies", { inputs: [{ _from: { id: one }, to: [{ id: firm }] }] });
  assert.deepEqual(far(await v4.basicApi.getPage("contacts", one, "companies")), []);
});

// ── lists ───────────────────────────────────────────────────────────────────

await check("a list that people fill", async () => {
  const { listsApi, membershipsApi } = client.crm.lists;
  const { list } = await listsApi.create({ name: "Engines", objectTypeId: "0-1", processingType: "MANUAL" });
  assert.deepEqual([list.name, list.objectTypeId, list.processingType], ["Engines", "0-1", "MANUAL"]);
  const told = await membershipsApi.add(list.listId, [one, two]);
  assert.deepEqual([...told.recordIdsAdded ?? told.recordsIdsAdded].map(String).sort(), [one, two].sort());
  const page = await membershipsApi.getPage(list.listId);
  assert.deepEqual(page.results.map((row) => row.recordId).sort(), [one, two].sort());
  await membershipsApi.remove(list.listId, [two]);
  assert.deepEqual((await membershipsApi.getPage(list.listId)).results.map((row) => row.recordId), [one]);
  assert.equal((await listsApi.getByName("Engines", "0-1")).list.listId, list.listId);
  await listsApi.remove(list.listId);
});
await check("a list that keeps itself, by a filter", async () => {
  const { listsApi, membershipsApi } = client.crm.lists;
  const filter = { filterType: "PROPERTY", property: "jobtitle", operation: { operationType: "MULTISTRING", operator: "IS_EQUAL_TO", values: ["Countess"] } };
  const branch = { filterBranchType: "OR", filters: [], filterBranches: [{ filterBranchType: "AND", filters: [filter], filterBranches: [] }] };
  const { list } = await listsApi.create({ name: "Countesses", objectTypeId: "0-1", processingType: "DYNAMIC", filterBranch: branch });
  await contacts.basicApi.update(one, { properties: { jobtitle: "Countess" } });
  assert.deepEqual((await membershipsApi.getPage(list.listId)).results.map((row) => row.recordId), [one]);
  const error = await refusedWith(400, membershipsApi.add(list.listId, [two]));
  assert.equal(error.said.status, "error");
  await listsApi.remove(list.listId);
  await refusedWith(404, listsApi.getById(list.listId));
  await listsApi.restore(list.listId);
  assert.equal((await listsApi.getById(list.listId)).list.name, "Countesses");
});

finish();
