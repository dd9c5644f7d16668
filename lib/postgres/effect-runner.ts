import type pg from "pg";
import type { Effect, EffectKind } from "@/lib/engine/effects";
import type { StoreContext } from "@/lib/postgres/store-context";

/**
 * Applies all effects of one kind in a batch and tells for each whether it applied. A runner of hot
 * kinds is one statement over arrays; the others may go one by one.
 */
export type EffectRunner<K extends EffectKind> = (
  context: StoreContext,
  client: pg.ClientBase,
  effects: readonly Extract<Effect, { kind: K }>[],
) => Promise<boolean[]>;

export type EffectRunners = { [K in EffectKind]: EffectRunner<K> };

/** Runs a single-row function for each effect in turn. */
export function oneByOne<K extends EffectKind>(
  run: (
    context: StoreContext,
    client: pg.ClientBase,
    effect: Extract<Effect, { kind: K }>,
  ) => Promise<boolean>,
): EffectRunner<K> {
  return async (context, client, effects) => {
    const applied: boolean[] = [];
    for (const effect of effects) applied.push(await run(context, client, effect));
    return applied;
  };
}
