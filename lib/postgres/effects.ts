import type pg from "pg";
import type { Effect, EffectKind } from "@/lib/engine/effects";
import { EngineError } from "@/lib/engine/errors";
import { historyEffects } from "@/lib/postgres/config-changes";
import { configurationEffects } from "@/lib/postgres/configuration-effects";
import { consoleSessionEffects } from "@/lib/postgres/console-sessions";
import type { EffectRunner, EffectRunners } from "@/lib/postgres/effect-runner";
import { jobEffects } from "@/lib/postgres/jobs";
import { leaseEffects } from "@/lib/postgres/lease-effects";
import { mountEffects } from "@/lib/postgres/mount-effects";
import { secretIdEffects } from "@/lib/postgres/secret-ids";
import { lockoutEffects } from "@/lib/postgres/lockouts";
import { sealEffects } from "@/lib/postgres/seal-effects";
import { viewEffects } from "@/lib/postgres/saved-views";
import { denialEffects } from "@/lib/postgres/session-denials";
import type { StoreContext } from "@/lib/postgres/store-context";
import { tokenEffects } from "@/lib/postgres/token-effects";

const RUNNERS: EffectRunners = {
  ...configurationEffects,
  ...mountEffects,
  ...tokenEffects,
  ...leaseEffects,
  ...secretIdEffects,
  ...lockoutEffects,
  ...sealEffects,
  ...consoleSessionEffects,
  ...jobEffects,
  ...historyEffects,
  ...viewEffects,
  ...denialEffects,
};

/** Kinds that are applied for many requests by one statement. */
const GROUPED: ReadonlySet<EffectKind> = new Set<EffectKind>([
  "grant_token",
  "renew_token",
  "spend_token_use",
  "issue_lease",
  "renew_lease",
  "key_off",
  "end_lease",
]);

/** True when these effects may share a transaction with those of other requests. */
export function isGrouped(effects: readonly Effect[]): boolean {
  return (
    effects.length === 0 || (effects.length === 1 && effects.every((e) => GROUPED.has(e.kind)))
  );
}

/**
 * Applies the effects of each item. Several items share a transaction only when each has one effect.
 *
 * @returns for each item the refusal of its first effect that did not apply, or null.
 */
export async function applyEffects(
  context: StoreContext,
  client: pg.ClientBase,
  items: readonly (readonly Effect[])[],
): Promise<(EngineError | null)[]> {
  const [only] = items;
  if (only !== undefined && items.length === 1) return [await applyInOrder(context, client, only)];
  return applyTogether(context, client, items);
}

/** The effects of one request: neighbours of the same kind go in one statement. */
async function applyInOrder(
  context: StoreContext,
  client: pg.ClientBase,
  effects: readonly Effect[],
): Promise<EngineError | null> {
  let at = 0;
  while (at < effects.length) {
    const kind = effects[at]?.kind;
    let end = at + 1;
    while (end < effects.length && effects[end]?.kind === kind) end += 1;
    const run = effects.slice(at, end);
    const applied = kind === undefined ? [] : await runGroup(context, client, kind, run);
    const refused = run.find((_effect, index) => applied[index] !== true);
    if (refused !== undefined) return refusalOf(refused);
    at = end;
  }
  return null;
}

/** One effect of each of many requests, by kind. */
async function applyTogether(
  context: StoreContext,
  client: pg.ClientBase,
  items: readonly (readonly Effect[])[],
): Promise<(EngineError | null)[]> {
  const refusals: (EngineError | null)[] = items.map(() => null);
  const kinds = new Map<EffectKind, { effect: Effect; item: number }[]>();
  items.forEach(([effect], item) => {
    if (effect === undefined) return;
    const same = kinds.get(effect.kind);
    if (same === undefined) kinds.set(effect.kind, [{ effect, item }]);
    else same.push({ effect, item });
  });
  for (const kind of GROUPED) {
    // Every transaction locks in the same order, by kind and key, so that two of them do not wait
    // for each other.
    const group = (kinds.get(kind) ?? []).sort((a, b) => compareKeys(a.effect, b.effect));
    if (group.length === 0) continue;
    const applied = await runGroup(
      context,
      client,
      kind,
      group.map(({ effect }) => effect),
    );
    group.forEach(({ effect, item }, index) => {
      if (applied[index] !== true) refusals[item] = refusalOf(effect);
    });
  }
  return refusals;
}

function compareKeys(a: Effect, b: Effect): number {
  const [one, other] = [batchKey(a) ?? "", batchKey(b) ?? ""];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Runs effects that are all of one kind. */
async function runGroup(
  context: StoreContext,
  client: pg.ClientBase,
  kind: EffectKind,
  effects: readonly Effect[],
): Promise<boolean[]> {
  // The runner of a kind takes the effects of that kind; the compiler cannot follow the pairing.
  const run = RUNNERS[kind] as EffectRunner<EffectKind>;
  return run(context, client, effects);
}

function refusalOf(effect: Effect): EngineError {
  if ("refused" in effect) return effect.refused;
  return new EngineError("conflict", "the configuration was changed by somebody else meanwhile");
}

/** Effects with the same key must not meet in one statement; null: they cannot meet. */
export function batchKey(effect: Effect): string | null {
  switch (effect.kind) {
    case "grant_token":
      return effect.replayMark === undefined
        ? `token ${effect.grant.hmac}`
        : `mark ${effect.replayMark.mac}`;
    case "renew_token":
    case "spend_token_use":
      return `token ${effect.hmac}`;
    case "renew_lease":
    case "key_off":
    case "end_lease":
      return `lease ${effect.id}`;
    default:
      return null;
  }
}
