// HubSpot's own client, unmodified, against HubSpot's twin over HTTP: merging, forgetting, signing in, limits.
import assert from "node:assert/strict";
import { check, finish, refused } from "./checks.mjs";
import { atTheScreen, client, companies, connect, contacts, deals, made, person, portal, refusedWith } from "./portal.mjs";

// ── merging and forgetting ──────────────────────────────────────────────────

await check("a merge: both ids lead to one record, and both addresses", async () => {
  const [kept, gone] = [await made({ email: "kept@example.com", phone: "" }), await made({ email: "gone@example.com", phone: "123" })];
  const merged = await contacts.basicApi.merge({ primaryObjectId: kept, objectIdToMerge: gone });
  for (const id of [kept, gone, merged.id]) {
    const read = await contacts.basicApi.getById(id, ["email", "phone", "hs_additional_emails", "hs_merged_object_ids"]);
    assert.equal(read.id, merged.id);
    assert.equal(read.properties.email, "kept@example.com");
    assert.equal(read.properties.phone, "123");
    assert.match(read.properties.hs_additional_emails, /gone@example\.com/);
  }
  const twice = await refused(contacts.basicApi.create({ properties: { email: "gone@example.com" } }));
  assert.ok([400, 409].includes(twice.code), twice.message);
  assert.match(twice.message, new RegExp(`Existing ID: ${merged.id}|${merged.id} already has that value`));
});
await check("companies and deals merge too", async () => {
  const firm = async (name) => (await companies.basicApi.create({ properties: { name } })).id;
  const [kept, gone] = [await firm("Kept Ltd"), await firm("Gone Ltd")];
  const merged = await companies.basicApi.merge({ primaryObjectId: kept, objectIdToMerge: gone });
  assert.equal((await companies.basicApi.getById(gone, ["name"])).id, merged.id);
  const deal = async (dealname) =>
    (await deals.basicApi.create({ properties: { dealname, pipeline: "default", dealstage: "appointmentscheduled" } })).id;
  const one = await deals.basicApi.merge({ primaryObjectId: await deal("Kept"), objectIdToMerge: await deal("Gone") });
  assert.equal((await deals.basicApi.getById(one.id, ["dealname"])).properties.dealname, "Kept");
});
await check("a contact is forgotten for good", async () => {
  const id = await made({ email: "forget@example.com" });
  await contacts.basicApi.purge({ objectId: id });
  await refusedWith(404, contacts.basicApi.getById(id));
  await refusedWith(404, contacts.basicApi.getById(id, undefined, undefined, undefined, true));
});
await check("a contact is forgotten by address", async () => {
  const id = await made({ email: "forget-too@example.com" });
  await contacts.basicApi.purge({ objectId: "forget-too@example.com", idProperty: "email" });
  await refusedWith(404, contacts.basicApi.getById(id));
});

// ── what sellers do ─────────────────────────────────────────────────────────

await check("a task and a note are born beside a contact", async () => {
  const id = await made();
  const beside = (associationTypeId) => [{ to: { id }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId }] }];
  const task = await client.crm.objects.tasks.basicApi.create({
    properties: { hs_timestamp: "2026-11-24T09:00:00Z", hs_task_subject: "Call", hs_task_status: "NOT_STARTED", hs_task_type: "CALL" },
    associations: beside(204),
  });
  const note = await client.crm.objects.notes.basicApi.create({
    properties: { hs_timestamp: "2026-11-23T09:00:00Z", hs_note_body: "Called" }, associations: beside(202),
  });
  const read = await contacts.basicApi.getById(id, undefined, undefined, ["tasks", "notes"]);
  assert.deepEqual(read.associations.tasks.results.map((row) => row.id), [task.id]);
  assert.deepEqual(read.associations.notes.results.map((row) => row.id), [note.id]);
  await refusedWith(400, client.crm.objects.notes.basicApi.create({ properties: { hs_note_body: "No moment" } }));
});
await check("a lead needs a contact", async () => {
  const id = await made();
  const lead = await client.crm.objects.leads.basicApi.create({
    properties: { hs_lead_name: "Ada" },
    associations: [{ to: { id }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 578 }] }],
  });
  assert.equal((await client.crm.objects.leads.basicApi.getById(lead.id, ["hs_lead_name"])).properties.hs_lead_name, "Ada");
  await refusedWith(400, client.crm.objects.leads.basicApi.create({ properties: { hs_lead_name: "Nobody" } }));
});
await check("a won deal closes, and its amount is a text", async () => {
  const { id } = await deals.basicApi.create({ properties: { dealname: "Engine", pipeline: "default", dealstage: "appointmentscheduled", amount: "1500.5" } });
  await deals.basicApi.update(id, { properties: { dealstage: "closedwon" } });
  const read = await deals.basicApi.getById(id, ["amount", "hs_is_closed_won", "hs_is_closed"]);
  assert.deepEqual([read.properties.amount, read.properties.hs_is_closed_won, read.properties.hs_is_closed], ["1500.5", "true", "true"]);
});
await check("a stage of the lifecycle does not go back, and nothing says so", async () => {
  const id = await made({ lifecyclestage: "opportunity" });
  const told = await contacts.basicApi.update(id, { properties: { lifecyclestage: "lead" } });
  assert.equal(told.id, id);
  assert.equal((await contacts.basicApi.getById(id, ["lifecyclestage"])).properties.lifecyclestage, "opportunity");
});

// ── signing in, rights, limits ──────────────────────────────────────────────

const { app } = portal;
await check("a code gives tokens, a refresh token the next ones", async () => {
  const { tokensApi } = connect({ accessToken: undefined }).oauth;
  const first = await tokensApi.create("authorization_code", app.code, app.redirect_uri, app.client_id, app.client_secret);
  assert.deepEqual([first.tokenType, first.expiresIn], ["bearer", 1800]);
  assert.equal((await connect({ accessToken: first.accessToken }).crm.contacts.basicApi.getPage(1)).results.length, 1);
  const next = await tokensApi.create("refresh_token", undefined, undefined, app.client_id, app.client_secret, first.refreshToken);
  assert.equal(next.refreshToken, first.refreshToken);
  const told = await client.oauth.accessTokensApi.get(next.accessToken);
  assert.equal(told.hubId, portal.portal);
  await refusedWith(400, tokensApi.create("refresh_token", undefined, undefined, app.client_id, "wrong", first.refreshToken));
});
await check("a token without the scope is 403 MISSING_SCOPES", async () => {
  await atTheScreen("grant", { token: "narrow", scopes: ["crm.objects.contacts.read"] });
  const narrow = connect({ accessToken: "narrow" }).crm.contacts.basicApi;
  await narrow.getPage(1);
  const error = await refusedWith(403, narrow.create({ properties: person() }));
  assert.equal(error.said.category, "MISSING_SCOPES");
});
await check("webhooks: where to, and of what", async () => {
  const { settingsApi, subscriptionsApi } = connect({ accessToken: undefined, developerApiKey: portal.developerKey }).webhooks;
  const throttling = { maxConcurrentRequests: 10, period: "SECONDLY" };
  const told = await settingsApi.configure(app.app_id, { targetUrl: "https://hook.example/hubspot", throttling });
  assert.equal(told.targetUrl, "https://hook.example/hubspot");
  const born = await subscriptionsApi.create(app.app_id, { eventType: "contact.propertyChange", propertyName: "email", active: true });
  assert.deepEqual([born.eventType, born.propertyName, born.active], ["contact.propertyChange", "email", true]);
  await subscriptionsApi.update(Number(born.id), app.app_id, { active: false });
  assert.equal((await subscriptionsApi.getById(Number(born.id), app.app_id)).active, false);
  await subscriptionsApi.archive(Number(born.id), app.app_id);
  assert.deepEqual((await subscriptionsApi.getAll(app.app_id)).results, []);
});
await check("the sixth search of a second is 429 SECONDLY; the client waits and asks again", async () => {
  const search = (own) => own.crm.contacts.searchApi.doSearch({ filterGroups: [], properties: [], limit: 1, sorts: [], after: undefined });
  await client.apiRequest({ method: "GET", path: "/account-info/v3/details" });
  await atTheScreen.clock(0);
  for (let asked = 0; asked < 5; asked += 1) await search(client);
  const error = await refusedWith(429, search(client));
  assert.deepEqual([error.said.policyName, error.said.errorType], ["SECONDLY", "RATE_LIMIT"]);
  assert.equal(error.said.message, "You have reached your secondly limit.");
  const patient = search(connect({ numberOfApiCallRetries: 3 }));
  await atTheScreen.clock(1);
  assert.equal((await patient).results.length, 1);
});

finish();
