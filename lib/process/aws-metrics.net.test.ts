import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { request } from "undici";
import { measureAwsCalls } from "@/lib/process/aws-metrics";
import { ProcessMetrics } from "@/lib/process/metrics";

const SIGNED = {
  authorization:
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260203/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
};

let server: Server;
let url: string;

beforeEach(async () => {
  server = createServer((asked, answer) => {
    if (asked.url === "/lost") answer.destroy();
    else answer.writeHead(asked.url === "/throttled" ? 429 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterEach(() => server.close());

async function call(path: string): Promise<void> {
  const answer = await request(`${url}${path}`, { headers: SIGNED });
  await answer.body.dump();
}

test("calls to AWS are measured by the service they are signed for, refusals counted", async () => {
  const metrics = new ProcessMetrics();
  const end = measureAwsCalls(metrics);

  await call("/");
  await call("/throttled");
  end();
  await call("/");

  expect(metrics.read()).toMatchObject([
    { name: "aws.call.error", labels: { service: "iam", status: "429" }, value: 1 },
    { name: "aws.call", labels: { service: "iam" }, count: 2 },
    { name: "aws.call.answered", labels: { service: "iam" }, count: 2 },
  ]);
});

test("a call that nobody answers is told apart", async () => {
  const metrics = new ProcessMetrics();
  const end = measureAwsCalls(metrics);

  await expect(call("/lost")).rejects.toThrow();
  end();

  expect(metrics.read()).toMatchObject([
    { name: "aws.call.error", labels: { service: "iam", status: "none" }, value: 1 },
    { name: "aws.call", labels: { service: "iam" }, count: 1 },
    { name: "aws.call.lost", labels: { service: "iam" }, count: 1 },
  ]);
});
