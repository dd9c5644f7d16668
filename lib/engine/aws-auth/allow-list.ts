import { effected, told, type Decision } from "@/lib/engine/answer";
import { canonicalArn, type Principal } from "@/lib/engine/aws-auth/principal";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { invalidRequest } from "@/lib/engine/errors";
import type { RequestScope } from "@/lib/engine/scope";

const SETTING = "allow_list";
const KEY = "config";
const ALLOW_LIST_ENTRIES_MAX = 1000;

/** A role or user by name (with its path or without), a prefix of names, or a whole account. */
const ENTRY =
  /^arn:(?:aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc):iam::\d{12}:(?:\*|(?:role|user)\/(?:[^*:/\s]*\*|(?:[^*:/\s]+\/)*[^*:/\s]+))$/;

/** @returns no answer (404) while no list was written. */
export async function readAllowList(scope: RequestScope): Promise<Decision> {
  const entries = await allowListOf(scope.config, scope.mount.id);
  return entries === null ? { answer: null, effects: [] } : told({ iam_roles: entries });
}

/**
 * Sets the principals that may log in through this mount at all. It narrows what roles allow and
 * never allows by itself.
 *
 * @throws EngineError `invalid_request` naming an entry that is no principal ARN.
 */
export async function writeAllowList(
  scope: RequestScope,
  iamRoles: readonly string[] | undefined,
): Promise<Decision> {
  const stored = await scope.config.setting(scope.mount.id, SETTING, KEY);
  const entries = iamRoles?.filter((entry) => entry !== "") ?? entriesOf(stored?.body) ?? [];
  const bad = entries.find((entry) => !ENTRY.test(entry));
  if (bad !== undefined) throw invalidRequest(`invalid ARN in iam_roles: "${bad}"`);
  if (entries.length > ALLOW_LIST_ENTRIES_MAX) {
    throw invalidRequest(`iam_roles has more than ${ALLOW_LIST_ENTRIES_MAX} entries`);
  }
  return effected({
    kind: "put_setting",
    mountId: scope.mount.id,
    setting: SETTING,
    key: KEY,
    body: { iamRoles: [...entries] },
    revision: stored?.revision ?? 0,
  });
}

/** Lifts the restriction. */
export function deleteAllowList(scope: RequestScope): Decision {
  return effected({
    kind: "delete_setting",
    mountId: scope.mount.id,
    setting: SETTING,
    key: KEY,
  });
}

/**
 * Refuses a verified caller that the mount's list does not name.
 *
 * @throws EngineError `invalid_request`
 */
export async function requireAllowed(
  config: ConfigSnapshot,
  mountId: string,
  caller: { principal: Principal; arn: string },
): Promise<void> {
  const entries = (await allowListOf(config, mountId)) ?? [];
  if (entries.length === 0 || isAllowed(entries, caller.principal)) return;
  throw invalidRequest(
    `IAM Principal "${caller.arn}" is not in the iam_roles allow list of this mount`,
  );
}

/** True when an entry names the principal. Paths do not count: STS does not tell those of roles. */
export function isAllowed(entries: readonly string[], principal: Principal): boolean {
  const arn = canonicalArn(principal);
  return entries.some((entry) =>
    entry.endsWith("*") ? arn.startsWith(entry.slice(0, -1)) : withoutPath(entry) === arn,
  );
}

function withoutPath(entry: string): string {
  const segments = entry.split("/");
  return `${segments[0] ?? ""}/${segments.at(-1) ?? ""}`;
}

async function allowListOf(config: ConfigSnapshot, mountId: string): Promise<string[] | null> {
  return entriesOf((await config.setting(mountId, SETTING, KEY))?.body);
}

function entriesOf(body: Record<string, unknown> | undefined): string[] | null {
  // Written by writeAllowList only.
  return body === undefined ? null : (body["iamRoles"] as string[]);
}

/** True once a list was written. */
export async function allowListExists(scope: RequestScope): Promise<boolean> {
  return (await scope.config.setting(scope.mount.id, SETTING, KEY)) !== null;
}
