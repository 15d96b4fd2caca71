// Salesforce's own library reads the exported project and converts it for the deploy.
//   node source.mjs PROJECT_FOLDER OUTPUT_FOLDER FILE_WITH_THE_NAMES_BY_TYPE
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import sdr from "@salesforce/source-deploy-retrieve";
import { check, finish } from "./checks.mjs";

const [project, output, wanted] = process.argv.slice(2);
const components = sdr.ComponentSet.fromSource(`${project}/force-app`);

await check("every component is found by its type and name", () => {
  const found = {};
  for (const { type, fullName } of components.getSourceComponents()) {
    if (type.name !== "CustomObject") (found[type.name] ??= []).push(fullName);
  }
  for (const names of Object.values(found)) names.sort();
  assert.deepEqual(found, JSON.parse(readFileSync(wanted, "utf8")));
});
await check("the project converts", async () => {
  components.apiVersion = components.sourceApiVersion = "63.0";
  const converter = new sdr.MetadataConverter();
  await converter.convert(components, "metadata", {
    type: "directory", outputDirectory: output, packageName: "made", genUniqueDir: false,
  });
});
finish();
