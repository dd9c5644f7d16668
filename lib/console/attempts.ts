import { z } from "zod";
import { type AttemptAddress, attemptQuery } from "@/lib/console/attempts-filter";
import { inertText } from "@/lib/console/inert-text";
import type { Operator, Read } from "@/lib/console/operator";

/** Clients choose these texts, whoever they are. */
const Foreign = z.string().transform(inertText);
const Instant = z.string();

const CHECK_RESULTS = ["passed", "failed", "not_reached", "not_asked"] as const;

/** One check of a login. */
export const Check = z.object({
  step: z.string(),
  title: z.string(),
  result: z.enum(CHECK_RESULTS),
  measured: Foreign,
});
export type Check = z.infer<typeof Check>;

/** A login as lists show it. */
export const AttemptRow = z.object({
  id: z.string(),
  at: Instant,
  result: z.enum(["passed", "refused"]),
  failed_step: z.string().nullable(),
  cause: z.string().nullable(),
  error: Foreign.nullable(),
  sentence: Foreign,
  mount_path: z.string(),
  /** As the client named it; empty: it named none. */
  role: Foreign,
  account: z.string(),
  /** Empty: AWS had not vouched for anybody yet. */
  principal: Foreign,
  access_key_id: Foreign,
  client_address: z.string(),
  /** More of the same in that minute, which are counted and not kept. */
  repeats: z.number(),
  last_at: Instant,
});
export type AttemptRow = z.infer<typeof AttemptRow>;

export const AttemptPage = z.object({
  attempts: z.array(AttemptRow),
  next_cursor: z.string().nullable(),
});
export type AttemptPage = z.infer<typeof AttemptPage>;

/** What was measured, as far as the login came. */
export const AttemptFacts = z
  .object({
    method: Foreign,
    host: Foreign,
    headerNames: z.array(Foreign),
    signedNames: z.array(Foreign),
    region: Foreign,
    signedAt: z.string(),
    expectedServerId: z.string().nullable(),
    givenServerId: Foreign.nullable(),
    endpoint: Foreign,
    canonicalArn: Foreign,
    uniqueId: z.string(),
    boundArns: z.array(z.string()),
    moreBoundArns: z.number(),
    boundCidrs: z.array(z.string()),
    stsStatus: z.number(),
    stsCode: Foreign,
    stsMs: z.number(),
  })
  .partial();
export type AttemptFacts = z.infer<typeof AttemptFacts>;

const Explained = z.object({
  checks: z.array(Check),
  fix_client: Foreign,
  fix_admin: Foreign,
  facts: AttemptFacts,
});

export const AttemptDetail = AttemptRow.extend(Explained.shape);
export type AttemptDetail = z.infer<typeof AttemptDetail>;

/** What a login would come to. */
export const DryRun = Explained.extend({
  would_pass: z.boolean(),
  failed_step: z.string().nullable(),
  cause: z.string().nullable(),
  error: Foreign.nullable(),
  sentence: Foreign,
  notes: z.array(Foreign),
});
export type DryRun = z.infer<typeof DryRun>;

export const ATTEMPTS_PATH = "sys/leasehold/attempts";
export const DRY_RUN_PATH = `${ATTEMPTS_PATH}/dry-run`;

export function attemptPath(id: string): string {
  return `${ATTEMPTS_PATH}/${id}`;
}

/** The page of an attempt. */
export function attemptHref(id: string): string {
  return `/auth/attempts/${encodeURIComponent(id)}`;
}

/** One page of the attempts that an address names. */
export function readAttempts(
  operator: Operator,
  address: AttemptAddress,
): Promise<Read<AttemptPage>> {
  return operator.read(AttemptPage, ATTEMPTS_PATH, attemptQuery(address));
}

export function readAttempt(operator: Operator, id: string): Promise<Read<AttemptDetail>> {
  return operator.read(AttemptDetail, attemptPath(id));
}

const RoleLogins = z.object({
  role: z.string(),
  /** Null: none that is kept. */
  last_passed_at: Instant.nullable(),
  refused: z.number(),
  recreated_at: Instant.nullable(),
  recreated_id: z.string().nullable(),
});
export type RoleLogins = z.infer<typeof RoleLogins>;

const RoleFigures = z.object({ since: Instant, roles: z.array(RoleLogins) });

/** How logins with some roles of a mount went, counted since `since`. */
export type RoleFigures = z.infer<typeof RoleFigures>;

/** @param mountPath `auth/aws/` */
export async function readRoleFigures(
  operator: Operator,
  mountPath: string,
  names: readonly string[],
): Promise<Read<RoleFigures>> {
  if (names.length === 0) return { ok: true, data: { since: "", roles: [] } };
  return operator.read(RoleFigures, `${ATTEMPTS_PATH}/by-role`, {
    mount: mountPath,
    role: names.join(","),
  });
}

/** True when the role still stands for a principal that is gone: the new one was refused lately. */
export function isRecreated(
  logins: RoleLogins | undefined,
  boundIds: readonly string[],
): logins is RoleLogins & { recreated_at: string; recreated_id: string } {
  const id = logins?.recreated_id ?? "";
  return id !== "" && !boundIds.includes(id);
}

const ATTEMPT_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** The attempt's id in what was pasted: an id, a header, an error's text; null: there is none. */
export function attemptIdIn(text: string): string | null {
  return ATTEMPT_ID.exec(text)?.[0].toLowerCase() ?? null;
}
