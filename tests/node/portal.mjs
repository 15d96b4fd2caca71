// The portal that a script talks to: where it is, who calls, and what a person can do there.
import assert from "node:assert/strict";
import hubspot from "@hubspot/api-client";
import { doors, refused } from "./checks.mjs";

export const portal = JSON.parse(process.argv[2]);
export const connect = (more = {}) =>
  new hubspot.Client({ basePath: portal.url, accessToken: portal.token, ...more });
export const client = connect();
export const { contacts, companies, deals } = client.crm;
export const atTheScreen = doors(portal.url);

let people = 0;
export function person(more = {}) {
  people += 1;
  return { email: `person-${people}@example.com`, firstname: "Ada", lastname: "Lovelace", ...more };
}
export const made = async (more = {}) => (await contacts.basicApi.create({ properties: person(more) })).id;

// The client gives an error's body as text or as JSON, as the status was expected or not.
export async function refusedWith(status, asked) {
  const error = await refused(asked);
  assert.equal(error.code, status, error.message);
  error.said = typeof error.body === "string" ? JSON.parse(error.body) : error.body;
  return error;
}
