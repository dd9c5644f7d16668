import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CASES, readCaseFiles } from "@/e2e/conformance/case-files.mjs";
import { KNOWN_FAILURES } from "@/e2e/conformance/known-failures";
import { createRunner, type Runner } from "@/e2e/conformance/run-case.mjs";
import { startTestLeasehold, type TestLeasehold } from "@/lib/testing/leasehold";

/** One test a case of the area's folder, against one server that all of them share. */
export function testArea(area: string): void {
  let leasehold: TestLeasehold;
  let runner: Runner;
  beforeAll(async () => {
    leasehold = await startTestLeasehold();
    const { url: target, rootToken: token, dir: auditDir } = leasehold;
    runner = createRunner({ target, token, auditDir });
  });
  afterAll(async () => {
    runner.close();
    await leasehold.stop();
  });

  for (const { path, content } of readCaseFiles(join(CASES, area))) {
    describe(path.slice(CASES.length + 1), () => {
      for (const testCase of content.cases) {
        const { id, title } = testCase;
        const reason = KNOWN_FAILURES[id];
        if (reason !== undefined) {
          test.skip(`${id} ${title} (skipped: ${reason})`);
          continue;
        }
        test(`${id} ${title}`, async () => {
          expect(await runner.runCase(testCase, content)).toEqual([]);
        });
      }
    });
  }
}
