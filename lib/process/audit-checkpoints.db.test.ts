import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestLeasehold, type TestLeasehold } from "@/lib/testing/leasehold";

let leasehold: TestLeasehold;

beforeAll(async () => {
  leasehold = await startTestLeasehold();
});

afterAll(() => leasehold.stop());

async function read(path: string): Promise<{ status: number; data: Record<string, unknown> }> {
  const response = await fetch(`${leasehold.url}/v1/${path}`, {
    headers: { "x-vault-token": leasehold.rootToken },
  });
  const { data = {} } = (await response.json()) as { data?: Record<string, unknown> };
  return { status: response.status, data };
}

test("T191 within 10 s of the first entries their checkpoint is there, and its key is public", async () => {
  const beganAt = performance.now();
  let found = await read("sys/leasehold/audit/integrity/checkpoint");
  while (found.status === 404 && performance.now() - beganAt < 10_000) {
    found = await read("sys/leasehold/audit/integrity/checkpoint");
  }
  const { data } = await read("sys/leasehold/audit/integrity");

  expect(found.status).toBe(200);
  expect(String(found.data["statement"])).toMatch(/^leasehold audit checkpoint 1\ncluster /);
  expect(data).toMatchObject({ intact: true, defects: [], last_checkpoint: { number: 1 } });
  const last = data["last_checkpoint"] as Record<string, unknown>;
  expect(last["public_key"]).toBe(found.data["public_key"]);
});
