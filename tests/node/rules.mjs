// A second interpreter of Salesforce's formulas judges the validation rules that the plugin makes.
//   node rules.mjs FILE      {rules: {name: formula}, types: {field: type}, cases: [{now, before, isNew, may, legal, told}]}
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "formulon";
import { check, finish } from "./checks.mjs";

const { rules, types, cases } = JSON.parse(readFileSync(process.argv[2], "utf8"));

// It knows neither what was before nor who saves: these become values that it is told.
const rewritten = Object.entries(rules).map(([name, formula]) => [
  name,
  formula
    .replaceAll(/PRIORVALUE\((\w+)\)/g, "$1__prior")
    .replaceAll(/ISCHANGED\((\w+)\)/g, "$1__changed")
    .replaceAll("ISNEW()", "ISNEW__flag")
    .replaceAll(/\$Permission\.\w+/g, "PERMISSION__flag"),
]);

function literal(dataType, value) {
  if (dataType === "datetime") return value ? { type: "literal", dataType, value: new Date(value) } : literal("null", null);
  return { type: "literal", dataType, value, options: { length: String(value).length } };
}

function values({ now, before, isNew, may }) {
  const told = { ISNEW__flag: literal("checkbox", isNew), PERMISSION__flag: literal("checkbox", may) };
  for (const [field, type] of Object.entries(types)) {
    const prior = isNew ? now[field] : before[field];
    told[field] = literal(type, now[field]);
    told[`${field}__prior`] = literal(type, prior);
    told[`${field}__changed`] = literal("checkbox", !isNew && prior !== now[field]);
  }
  return told;
}

function refusing(one) {
  const told = values(one);
  return rewritten
    .filter(([name, formula]) => {
      const result = parse(formula, told);
      assert.equal(result.dataType, "checkbox", `${name}: ${JSON.stringify(result)}`);
      return result.value;
    })
    .map(([name]) => name);
}

await check(`there are rules (${rewritten.length}) and cases (${cases.length})`, () => {
  assert.ok(rewritten.length > 0 && cases.some((one) => one.legal) && cases.some((one) => !one.legal));
});
for (const one of cases) {
  await check(one.told, () => {
    const refused = refusing(one);
    assert.equal(refused.length === 0, one.legal, one.legal ? `refused by ${refused}` : "no rule refuses it");
  });
}
finish();
