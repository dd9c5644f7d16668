import { isAwsFailure, isMissingEntity } from "@/lib/engine/aws-failure";
import type { AwsAccess } from "@/lib/engine/aws-secrets/ports";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { EngineError, isEngineError } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import { holderOf, type PolicyHolder, revokerAccess } from "@/lib/engine/session-denial/access";
import { revocationConfigOf } from "@/lib/engine/session-denial/config";
import type {
  DenialContainer,
  SettleDenials,
  StoredDenial,
} from "@/lib/engine/session-denial/denial";
import { denialDocument, type DenialDocument } from "@/lib/engine/session-denial/document";

/**
 * All inline policies of one holder together, white space not counted.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const INLINE_CHARS_MAX = { role: 10_240, user: 2_048 } as const;
/** Left free: somebody else may write a policy at the same moment. */
const RESERVE_CHARS = 200;
/** What was written is read back after so long, until AWS shows it. */
const VERIFY_SECONDS = 2;
/** So long what was written is waited for, and not written again. */
const PROPAGATION_SECONDS = 120;
/** Somebody may have edited the policy. */
const DRIFT_SECONDS = 3_600;
/** A denial outlives its session by this much; clocks differ. */
const KEPT_SECONDS = 300;
const RETRY_SECONDS_MAX = 60;
const CUT_LEASES_TOLD_MAX = 1_000;

/**
 * Brings the policy of one role or user to what it should be: all sessions that are to be denied there,
 * and nothing once there is none. Only one process does so at a time.
 *
 * @returns false when another one does.
 */
export async function reconcileDenials(ports: Ports, container: string): Promise<boolean> {
  const claimed = await ports.denials.claim(container, ports.random.uuid());
  if (claimed === null) return false;
  const config = await ports.extras.snapshot();
  const denials = await ports.denials.ofContainer(container);
  const open = denials.filter((denial) => !denial.isOver);
  const over = denials.filter((denial) => denial.isOver && denial.state === "pending");
  try {
    const settled = await write(ports, config, { claimed, open });
    await settle(ports, claimed, { ...settled, moot: [...settled.moot, ...idsOf(over)] });
  } catch (error) {
    await settle(ports, claimed, failedLook(claimed, open, error));
  }
  return true;
}

function idsOf(denials: readonly StoredDenial[]): string[] {
  return denials.map(({ leaseId }) => leaseId);
}

type Settled = Omit<SettleDenials, "kind" | "container" | "fence" | "refused">;

type Look = { claimed: DenialContainer; open: readonly StoredDenial[] };

async function write(
  ports: Ports,
  config: ConfigSnapshot,
  { claimed, open }: Look,
): Promise<Settled> {
  const holder = holderOf(claimed.container);
  const access = await revokerAccess(ports, config, claimed);
  const live = await livePolicies(ports, access, holder);
  // Sessions of a role or user that is gone work no more.
  if (live === null) return { ...NOTHING, moot: idsOf(open), policy: null };

  const { overflow } = await revocationConfigOf(config, claimed.mountId);
  const document = denialDocument(open, {
    charsMax: INLINE_CHARS_MAX[holder.kind] - live.otherChars - RESERVE_CHARS,
    overflow,
    onRole: holder.kind === "role",
  });
  const differs = live.ours !== document.text;
  // IAM shows what was written a moment ago only after a while.
  const propagates =
    claimed.policy === document.text &&
    claimed.writtenSecondsAgo !== null &&
    claimed.writtenSecondsAgo < PROPAGATION_SECONDS;
  const changed = differs && !propagates;
  if (changed) {
    const { text } = document;
    if (text === null) await ports.awsSecrets.iam.deleteInlinePolicy(access, holder, nameOf(ports));
    else await ports.awsSecrets.iam.putInlinePolicy(access, holder, { name: nameOf(ports), text });
    await tellDrift(ports, claimed, live.ours);
    await tellCut(ports, claimed, document);
  }
  return settledBy(claimed, open, { document, changed, differs });
}

const NOTHING: Settled = {
  applied: [],
  cut: [],
  verified: [],
  moot: [],
  failed: [],
  policy: null,
  isWritten: false,
  error: null,
  nextSeconds: DRIFT_SECONDS,
};

/** Told apart by installation, so that two never write the same policy. */
function nameOf(ports: Ports): string {
  return `VaultLeaseRevocations-${ports.system.clusterId.slice(0, 8)}`;
}

type Live = { ours: string | null; otherChars: number };

/** Null: the role or user is not there. */
async function livePolicies(
  ports: Ports,
  access: AwsAccess,
  holder: PolicyHolder,
): Promise<Live | null> {
  const { iam } = ports.awsSecrets;
  try {
    const names = await iam.listInlinePolicies(access, holder);
    let otherChars = 0;
    for (const name of names.filter((one) => one !== nameOf(ports))) {
      const text = await iam.getInlinePolicy(access, holder, name);
      otherChars += (text ?? "").replace(/\s/g, "").length;
    }
    const ours = await iam.getInlinePolicy(access, holder, nameOf(ports));
    return { ours, otherChars };
  } catch (error) {
    if (isMissingEntity(error)) return null;
    throw error;
  }
}

function settledBy(
  { container }: DenialContainer,
  open: readonly StoredDenial[],
  { document, changed, differs }: { document: DenialDocument; changed: boolean; differs: boolean },
): Settled {
  const written = new Set([...document.named, ...document.cut]);
  const pending = open.filter(({ state, leaseId }) => {
    return (state === "pending" || state === "failed") && written.has(leaseId);
  });
  // What was there when we looked has been read back.
  const verified = differs ? [] : open.filter(({ state }) => state === "applied");
  const unverified = differs || pending.length > 0;
  return {
    ...NOTHING,
    applied: idsOf(pending),
    cut: document.cut,
    verified: idsOf(verified),
    failed: document.left.map((leaseId) => ({ leaseId, error: fullText(container, open) })),
    policy: document.text,
    isWritten: changed,
    nextSeconds: unverified ? VERIFY_SECONDS : secondsUntilChange(open),
  };
}

function fullText(container: string, open: readonly StoredDenial[]): string {
  const ends = open.map(({ expiresAt }) => expiresAt.getTime() + KEPT_SECONDS * 1000);
  const free = new Date(Math.min(...ends)).toISOString().replace(/\.\d+Z$/, "Z");
  const count = open.filter(({ state }) => state !== "pending").length;
  return `deny list of ${container} is full: ${count} sessions, next slot free at ${free}`;
}

/** When the first session is over, and an hour from now at the latest. */
function secondsUntilChange(open: readonly StoredDenial[]): number {
  return open.length === 0 ? DRIFT_SECONDS : Math.min(DRIFT_SECONDS, KEPT_SECONDS);
}

function failedLook(
  claimed: DenialContainer,
  open: readonly StoredDenial[],
  error: unknown,
): Settled {
  const text = failureText(error);
  const pending = open.filter(({ state }) => state === "pending" || state === "failed");
  return {
    ...NOTHING,
    failed: pending.map(({ leaseId }) => ({ leaseId, error: text })),
    policy: claimed.policy,
    error: text,
    nextSeconds: Math.min(RETRY_SECONDS_MAX, 2 ** Math.min(claimed.attempts, 6)),
  };
}

function failureText(error: unknown): string {
  if (isEngineError(error) || isAwsFailure(error)) return error.message;
  throw error;
}

async function settle(ports: Ports, claimed: DenialContainer, settled: Settled): Promise<void> {
  const { container, fence } = claimed;
  const refused = new EngineError("conflict", "somebody else took over this policy");
  const counts = {
    denied: settled.applied.length,
    denied_by_age: settled.cut.length,
    verified: settled.verified.length,
    failed: settled.failed.length,
  };
  const isQuiet = Object.values(counts).every((count) => count === 0) && settled.moot.length === 0;
  if (isQuiet && settled.error === null && !settled.isWritten) {
    await ports.denials.rest(container, fence, settled.nextSeconds);
    return;
  }
  await ports.commit([{ kind: "settle_denials", container, fence, refused, ...settled }], {
    name: settled.error === null ? "session.denials_written" : "session.denials_failed",
    path: container,
    detail: { container, ...counts, ...(settled.error !== null && { error: settled.error }) },
  });
}

/** Somebody edited or removed what we had written: it was put right, and is told. */
async function tellDrift(
  ports: Ports,
  { container, policy }: DenialContainer,
  live: string | null,
): Promise<void> {
  if (policy === live) return;
  await ports.commit([], {
    name: "session.denials_restored",
    path: container,
    detail: { container, was: live === null ? "removed" : "changed" },
  });
}

/** A denial by age reaches sessions that nobody revoked: their leases are named. */
async function tellCut(
  ports: Ports,
  { container }: DenialContainer,
  { cut, cutBefore }: DenialDocument,
): Promise<void> {
  if (cutBefore === null || cut.length === 0) return;
  const killed = await ports.denials.liveBefore(container, cutBefore, CUT_LEASES_TOLD_MAX);
  await ports.commit([], {
    name: "session.killed_by_cut",
    path: container,
    detail: { container, issued_before: cutBefore.toISOString(), leases: killed },
  });
}
