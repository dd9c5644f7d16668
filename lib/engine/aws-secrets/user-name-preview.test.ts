import { expect, test } from "vitest";
import { previewUserNames } from "@/lib/engine/aws-secrets/user-name-preview";
import type { TemplatePorts } from "@/lib/engine/aws-secrets/template-functions";

const PORTS: TemplatePorts = {
  clock: { now: () => new Date(1_800_000_000_000) },
  random: {
    base62: (length) => "x".repeat(length),
    uuid: () => "00000000-0000-4000-8000-000000000000",
    bytes: (length) => Buffer.alloc(length),
  },
};

async function preview(template: string): Promise<Record<string, unknown>> {
  const asked = { template, displayName: "token", roleName: "app" };
  const { answer } = await previewUserNames(PORTS, asked);
  return (answer as { data: Record<string, unknown> }).data;
}

test("shows both names that the default template makes when none is given", async () => {
  const data = await preview("");

  expect(data["iam"]).toEqual({
    name: `vault-token-app-1800000000-${"x".repeat(20)}`,
    problem: "",
  });
  expect(data["sts"]).toEqual({ name: `vault-1800000000-${"x".repeat(15)}`, problem: "" });
});

test("tells in its place what is wrong with a template, and with one kind of name only", async () => {
  const long = await preview("{{ random 40 }}");
  const broken = await preview("{{ nothing }}");

  expect(long["iam"]).toEqual({ name: "x".repeat(40), problem: "" });
  expect(long["sts"]).toMatchObject({ name: "", problem: expect.stringContaining("32") as string });
  expect(broken["iam"]).toMatchObject({
    problem: expect.stringContaining("unable to parse template") as string,
  });
});
