"use server";

import { setTimeout as delay } from "node:timers/promises";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { JobPreview, type JobDetail, readJob } from "@/lib/console/jobs";
import { createJob } from "@/lib/console/jobs-create";
import { readLease } from "@/lib/console/leases";
import { filterQuery, leaseAddressOf } from "@/lib/console/leases-filter";
import { clockText, leasesWord, revokedText } from "@/lib/console/leases-words";
import { operatorAction, Refused, type Operator } from "@/lib/console/operator";
import { failed } from "@/lib/console/refusal";

const LeaseId = z.string().min(1).max(4096);
const Reason = z
  .string()
  .trim()
  .min(1, "A reason is needed: it stands in the log.")
  .max(500, "A reason has at most 500 characters.");

/** Leases by name, or all that a filter finds as of an instant. */
const Selection = z.union([
  z.strictObject({ ids: z.array(LeaseId).min(1).max(500) }),
  z.strictObject({ query: z.string().max(20_000), asOf: z.iso.datetime() }),
]);
type Selection = z.infer<typeof Selection>;

function selectionBody(selection: Selection): Record<string, unknown> {
  if ("ids" in selection) return { ids: selection.ids };
  const address = leaseAddressOf(new URLSearchParams(selection.query));
  const isLive = address.state !== "any" && address.state !== "ended";
  return {
    ...filterQuery(address),
    state: isLive ? address.state : "live",
    as_of: selection.asOf,
  };
}

const Previewed = z.object({ data: JobPreview });

/** What revoking these leases would mean. Ids are too long for an address, so they are sent. */
export const previewRevocationAction = operatorAction(
  z.object({ selection: Selection }),
  async (operator, { selection }) => {
    const body = { ...selectionBody(selection), dry_run: true };
    const answer = await createJob(operator, body);
    const value = parsed(Previewed, answer).data;
    return { asked: "Preview", happened: "", stillTrue: "", value };
  },
);

const Created = z.object({ data: z.object({ id: z.string() }) });

export const revokeManyAction = operatorAction(
  z.object({ selection: Selection, reason: Reason, expected: z.number().int().positive() }),
  async (operator, { selection, reason, expected }) => {
    const body = { ...selectionBody(selection), reason, expected };
    const answer = await createJob(operator, body);
    revalidatePath("/leases");
    return {
      asked: `Revoke ${leasesWord(expected)}.`,
      happened: "The job runs on the server; closing this window changes nothing.",
      stillTrue: "Until it is done, leases that it has not reached yet still work.",
      value: { id: parsed(Created, answer).data.id },
    };
  },
);

/** What became of one lease; `jobId` has the details. */
type RevokedOne = { jobId: string; end: "ended" | "failed" | "running"; text: string };

/** A job of one lease, so that the reason and what came of it are kept like those of many. */
export const revokeLeaseAction = operatorAction(
  z.object({ leaseId: LeaseId, reason: Reason }),
  async (operator, { leaseId, reason }) => {
    const lease = await readLease(operator, leaseId);
    if (!lease.ok) throw new Refused(lease.refusal);
    const body = { ids: [leaseId], reason, expected: 1 };
    const answer = await createJob(operator, body);
    const jobId = parsed(Created, answer).data.id;
    const job = await finished(operator, jobId);
    revalidatePath("/leases");
    const asked = `Revoke ${leaseId}.`;
    const item = job?.items[0];
    if (job === null || item === undefined) {
      const value: RevokedOne = { jobId, end: "running", text: "" };
      return { asked, happened: "", stillTrue: "", value };
    }
    if (item.state === "failed") {
      const value: RevokedOne = { jobId, end: "failed", text: item.error ?? "" };
      return { asked, happened: "", stillTrue: "", value };
    }
    const value: RevokedOne = { jobId, end: "ended", text: "" };
    return { asked, ...revokedText(lease.data, item.outcome, Date.now()), value };
  },
);

/** Longer than deleting an IAM user takes when AWS is well. */
const FINISHED_WITHIN_MS = 12_000;
const LOOK_MS = 300;

/** Null: the job still runs. */
async function finished(operator: Operator, id: string): Promise<JobDetail | null> {
  const until = Date.now() + FINISHED_WITHIN_MS;
  while (Date.now() < until) {
    await delay(LOOK_MS);
    const job = await readJob(operator, { id, outcome: "", cursor: "" });
    if (job.ok && job.data.state !== "running") return job.data;
  }
  return null;
}

const Renewed = z.object({ lease_duration: z.number() });

export const renewLeaseAction = operatorAction(
  z.object({ leaseId: LeaseId }),
  async (operator, { leaseId }) => {
    const body = { lease_id: leaseId };
    const answer = await operator.call({ method: "POST", path: "sys/leases/renew", body });
    const now = Date.now();
    const seconds = parsed(Renewed, answer).lease_duration;
    const until = clockText(new Date(now + seconds * 1000).toISOString(), now);
    revalidatePath("/leases", "layout");
    return {
      asked: `Renew ${leaseId}.`,
      happened: `It lives until ${until} now.`,
      stillTrue: "It still ends earlier if its token ends. The credential itself is the same.",
      value: undefined,
    };
  },
);

export const forgetLeaseAction = operatorAction(
  z.object({ leaseId: LeaseId }),
  async (operator, { leaseId }) => {
    const before = await readLease(operator, leaseId);
    if (!before.ok) throw new Refused(before.refusal);
    await operator.call({ method: "POST", path: `sys/leases/revoke-force/${leaseId}`, body: {} });
    const after = await readLease(operator, leaseId);
    revalidatePath("/leases", "layout");
    const isGone = after.ok && after.data.outcome === "revoked";
    const user = before.data.user_name ?? "what it stood for";
    return {
      asked: `Forget ${leaseId}, whatever AWS says.`,
      happened: isGone
        ? `AWS let ${user} be deleted at this last attempt, and the lease ended.`
        : "The lease is forgotten, and what may be left at AWS is on record in the log.",
      stillTrue: isGone
        ? "No credential of this lease works any more."
        : `${user} may still exist and work at AWS. Nothing here tries to delete it any more.`,
      value: undefined,
    };
  },
);

function parsed<T>(schema: z.ZodType<T>, answer: unknown): T {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  throw new Refused(failed("", "The answer is not what this page can read."));
}
