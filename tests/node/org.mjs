// The org that a script talks to: where it is, who calls, and what a person can do there.
import assert from "node:assert/strict";
import jsforce from "jsforce";
import { doors, refused } from "./checks.mjs";

export const org = JSON.parse(process.argv[2]);
export const version = "66.0";
export const KEY = "Leadbridge_HubSpot_Id__c";

export const connect = (more = {}) =>
  new jsforce.Connection({ instanceUrl: org.url, accessToken: org.token, version, ...more });
export const conn = connect();
export const lead = (more = {}) => ({ LastName: "Lovelace", Company: "Engines Ltd", ...more });

export const atTheScreen = doors(org.url);

export async function refusedWith(code, asked) {
  const error = await refused(asked);
  assert.equal(error.errorCode, code, error.message);
  return error;
}
