"use server";

import { z } from "zod";
import { DRY_RUN_PATH, DryRun } from "@/lib/console/attempts";
import { type Fixes, fixesFor } from "@/lib/console/attempts-fixes";
import { type LoginPayload, parseLoginPayload } from "@/lib/console/login-payload";
import { type Operator, operatorAction, Refused } from "@/lib/console/operator";
import { failed } from "@/lib/console/refusal";

const Address = z.union([z.ipv4(), z.ipv6()]);

const DryRunForm = z
  .object({
    /** `auth/aws/` */
    mount: z.string().min(1, "Choose the mount.").max(255),
    role: z.string().trim().max(512),
    kind: z.enum(["identity", "payload"]),
    principal: z.string().trim().max(2048),
    /** Holds a signature: it goes to the API and nowhere else. */
    payload: z.string().max(64_000),
    clientAddress: z
      .string()
      .trim()
      .refine(
        (address) => address === "" || Address.safeParse(address).success,
        "An address: 10.1.2.3",
      ),
  })
  .superRefine((form, context) => {
    if (form.kind === "identity" && !form.principal.startsWith("arn:")) {
      const message = "The ARN of a role, a user or a session: arn:aws:iam::<account>:role/<name>";
      context.addIssue({ code: "custom", path: ["principal"], message });
    }
    const read = form.kind === "payload" ? parseLoginPayload(form.payload) : "";
    if (typeof read === "string" && read !== "") {
      context.addIssue({ code: "custom", path: ["payload"], message: read });
    }
  });
type DryRunForm = z.infer<typeof DryRunForm>;

const Answer = z.object({ data: DryRun });

/** What a dry run came to, with the commands that would mend it. */
export type Tested = { run: DryRun; fixes: Fixes };

/** Would this login pass, and if not why; grants nothing. */
export const dryRunAction = operatorAction(DryRunForm, async (operator, form) => {
  const body = bodyOf(form);
  const answer = Answer.safeParse(await dryRun(operator, body));
  if (!answer.success) {
    throw new Refused(failed(DRY_RUN_PATH, "The answer is not what this page knows how to read."));
  }
  const run = answer.data.data;
  const value: Tested = {
    run,
    fixes: fixesFor({
      step: run.failed_step,
      cause: run.cause,
      mountPath: form.mount,
      role: body.role,
      clientAddress: form.clientAddress,
      facts: run.facts,
    }),
  };
  return { asked: "Test a login", happened: "It was tested.", stillTrue: "", value };
});

function bodyOf(form: DryRunForm): Record<string, string> & { role: string } {
  const read = form.kind === "payload" ? parseLoginPayload(form.payload) : null;
  const payload: Partial<LoginPayload> = read === null || typeof read === "string" ? {} : read;
  const role = form.role === "" ? (payload.role ?? "") : form.role;
  return {
    ...payload,
    mount: form.mount,
    role,
    ...(form.kind === "identity" && { principal: form.principal }),
    ...(form.clientAddress !== "" && { client_address: form.clientAddress }),
  };
}

/** @throws Refused with the capability that the path asks for: a run is made, nothing is changed. */
async function dryRun(operator: Operator, body: Record<string, string>): Promise<unknown> {
  try {
    return await operator.call({ method: "POST", path: DRY_RUN_PATH, body });
  } catch (thrown) {
    if (!(thrown instanceof Refused) || thrown.refusal.kind !== "forbidden") throw thrown;
    throw new Refused({ ...thrown.refusal, capability: "create" });
  }
}
