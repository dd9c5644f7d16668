#!/usr/bin/env node
// Replays cases against a running server and prints every difference; README.md has the format.
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { CASES, readCaseFiles } from "./case-files.mjs";
import { createRunner } from "./run-case.mjs";

const USAGE = `node e2e/conformance/replay.mjs [options] [FILE.json | FOLDER ...]

  --target URL      the server (VAULT_ADDR, else http://127.0.0.1:8200)
  --token TOKEN     its root token (VAULT_TOKEN, else root)
  --dialect NAME    leasehold, or vault: the answers of the reference
  --audit-dir DIR   where the server may write audit files (the system's temporary folder)
  --only REGEX      only cases whose id matches
  --json FILE       write [{id, title, passed, problems}]
  --record          fill in status and expectation of steps that have none
  --verbose         show each exchange`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: "string", default: process.env.VAULT_ADDR ?? "http://127.0.0.1:8200" },
    token: { type: "string", default: process.env.VAULT_TOKEN ?? "root" },
    dialect: { type: "string", default: "leasehold" },
    "audit-dir": { type: "string", default: tmpdir() },
    only: { type: "string", default: "" },
    json: { type: "string" },
    record: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (options.help) {
  console.log(USAGE);
} else {
  await replay();
}

async function replay() {
  const only = new RegExp(options.only);
  const runner = createRunner({
    target: options.target,
    token: options.token,
    dialect: options.dialect,
    auditDir: options["audit-dir"],
    record: options.record,
    trace: options.verbose ? (line) => console.log(`    ${line}`) : () => {},
  });
  const report = [];
  const paths = positionals.length > 0 ? positionals : [CASES];
  for (const { path, content } of paths.flatMap((path) => readCaseFiles(path))) {
    for (const testCase of content.cases.filter(({ id }) => only.test(id))) {
      const { id, title } = testCase;
      const problems = await runner.runCase(testCase, content);
      report.push({ id, title, passed: problems.length === 0, problems });
      if (problems.length > 0) {
        console.log(`✗ ${id} ${title}\n${problems.map((text) => `    ${text}`).join("\n")}`);
      }
    }
    if (options.record) writeFileSync(path, `${JSON.stringify(content, null, 1)}\n`);
  }
  runner.close();
  if (options.json) writeFileSync(options.json, JSON.stringify(report, null, 1));
  const passed = report.filter((entry) => entry.passed).length;
  console.log(`${passed} passed, ${report.length - passed} failed`);
  process.exitCode = passed === report.length ? 0 : 1;
}
