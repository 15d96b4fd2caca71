// Salesforce's own grammar of SOQL judges the shapes that the twin is tested with, and every query the bridge sent.
//   node soql.mjs CORPUS.json -- FILE_OF_SENT_QUERIES…
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import grammar from "@salesforce/soql-common/lib/soql-parser/index.js";
import { check, finish } from "./checks.mjs";

const parser = grammar.SOQLParser({ isApex: false, isMultiCurrencyEnabled: true, apiVersion: 66.0 });

// The lexer tells the console only what it cannot read; that is a refusal, too.
function complaints(soql) {
  const said = [];
  const shown = console.error;
  console.error = (text) => said.push(text);
  try {
    const result = parser.parseQuery(soql);
    return [...said, ...result.getParserErrors().map((error) => error.getMessage())];
  } finally {
    console.error = shown;
  }
}

const apart = process.argv.indexOf("--");
const shapes = process.argv.slice(2, apart).flatMap((file) => JSON.parse(readFileSync(file, "utf8")).queries);
const sent = process.argv.slice(apart + 1).flatMap((file) =>
  readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line)),
);

for (const { soql, valid } of shapes) {
  await check(`grammar ${valid ? "takes" : "refuses"} ${JSON.stringify(soql)}`, () => {
    const found = complaints(soql);
    assert.equal(found.length === 0, valid, found.join("; ") || "the grammar takes it");
  });
}
await check(`the bridge sent queries (${sent.length} shapes)`, () => {
  assert.ok(sent.length > 0, "none were collected: run make test first");
});
for (const soql of new Set(sent)) {
  await check(`grammar takes what the bridge sent: ${soql}`, () => assert.deepEqual(complaints(soql), []));
}
finish();
