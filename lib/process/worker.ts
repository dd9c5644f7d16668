import { randomUUID } from "node:crypto";
import type pg from "pg";
import { settleRootKeys } from "@/lib/engine/aws-auth/pending-keys";
import { forgetRootVersions, retryPendingDeletions } from "@/lib/engine/aws-secrets/old-root-keys";
import { undoIntent } from "@/lib/engine/aws-secrets/undo";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { clearOverdueSessions } from "@/lib/engine/console/sign-in";
import { EngineError, isEngineError } from "@/lib/engine/errors";
import { nextAttempt } from "@/lib/engine/lease/backoff";
import { endTogether } from "@/lib/engine/lease/end";
import type { Intent, Ports } from "@/lib/engine/ports";
import { reconcileDenials } from "@/lib/engine/session-denial/reconcile";
import { checkDue, followConfiguration } from "@/lib/engine/validator/check";
import { Checkpointer } from "@/lib/postgres/audit-checkpoints";
import { verifyNext } from "@/lib/postgres/audit-integrity";
import {
  claimLapsedIntents,
  expiredTokens,
  isRootVersionInUse,
  keepIntents,
  keepLeaseClaims,
  mountsWithDueLeases,
  mountsWithLapsedIntents,
  retryIntent,
  sweep,
} from "@/lib/postgres/claims";
import { registerInstance } from "@/lib/postgres/installation";
import {
  advanceRevocation,
  claimRevocation,
  finishRevocation,
  leasesOfRevocation,
} from "@/lib/postgres/revocations";
import { DueLeases, eachBounded } from "@/lib/process/due-leases";
import type { Commits } from "@/lib/process/store";
import { workOffJobItems } from "@/lib/process/job-worker";
import type { Log } from "@/lib/process/log";
import { overviewUpkeep } from "@/lib/process/overview-upkeep";
import { fillSearchTables, keepSearchTables } from "@/lib/process/search-upkeep";

/** Smaller than a claim: nobody waits long for a row of a page. */
const LEASES_A_PAGE = 250;
const TOKENS_A_ROUND = 500;
const INTENTS_A_CLAIM = 50;
const CONTAINERS_A_ROUND = 50;
/** Intents of one mount that are undone at once. */
const UNDO_AT_ONCE = 16;
const IDLE_MS = 500;
/** Work rests as long as its last piece took, so that requests get their half, but no longer than this. */
const REST_MS_MAX = 250;
const KEEP_ALIVE_MS = 10_000;
const HOUSEKEEPING_MS = 60_000;
const PENDING_KEYS_MS = 30_000;
/** Free text finds what was issued this long ago; a search brings the rest up to date itself. */
const SEARCH_MS = 5_000;
/** Whether a checkpoint of the audit log is due, or a verification. */
const CHECKPOINT_MS = 500;
const VERIFICATION_MS = 30_000;
const OVERVIEW_MS = 5_000;
/** A role that was saved is judged within it. */
const VALIDATOR_MS = 1_000;
/** What changes without the configuration, such as the system's limits, is judged as often. */
const JUDGED_AGAIN_MS = 300_000;

export type WorkerOptions = {
  ports: Ports;
  pool: pg.Pool;
  commits: Commits;
  instanceId: string;
  keep: { auditDays: number; historyDays: number };
  log: Log;
};

/**
 * Ends what is due, undoes what was left behind, keeps the house: the part of the program that acts
 * without being asked. Any number of instances may run it; work is claimed row by row.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #claims = new Set<string>();
  readonly #loops: Promise<void>[] = [];
  readonly #wakers = new Set<() => void>();
  readonly #background: Pick<Ports, "commit">;
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #dueLeases: DueLeases;
  #stopping = false;
  #judgedVersion = "";
  #judgedAt = -Infinity;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#background = { commit: options.commits.commitInBackground };
    this.#dueLeases = new DueLeases({
      ...options,
      background: this.#background,
      claims: this.#claims,
      isStopping: () => this.#isOver(),
      rest: (beganAt) => this.#rest(beganAt),
    });
  }

  start(): void {
    this.#loop("leases", IDLE_MS, () => begun(this.#openLanes()));
    this.#loop("revocations", IDLE_MS, () => this.workOffRevocation());
    this.#loop("tokens", IDLE_MS, () => this.expireTokens());
    this.#loop("intents", IDLE_MS, () => begun(this.#openIntentLanes()));
    this.#loop("claims", KEEP_ALIVE_MS, () => this.keepAlive());
    this.#loop("housekeeping", HOUSEKEEPING_MS, () => this.keepHouse());
    this.#loop("denials", IDLE_MS, () => this.writeDenials());
    this.#loop("validator", VALIDATOR_MS, () => this.validateRoles());
    this.#loop("AWS limits", VALIDATOR_MS, () => this.checkAwsLimits());
    this.#loop("jobs", IDLE_MS, () => this.workOffJobs());
    this.#loop("search", SEARCH_MS, () => fillSearchTables(this.#options.pool));
    this.#loop("overview", OVERVIEW_MS, overviewUpkeep(this.#options.pool));
    const checkpointer = new Checkpointer(this.#options.pool, this.#options.commits.context.keys);
    this.#loop("checkpoints", CHECKPOINT_MS, () => checkpointer.look());
    this.#loop("verification", VERIFICATION_MS, () => verifyNext(this.#options.pool));
    this.#loop("root keys", PENDING_KEYS_MS, () => begun(this.#openKeyLanes()));
  }

  /** Lets running work finish; claims that remain lapse by themselves. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const wake of this.#wakers) wake();
    await Promise.all(this.#loops);
    await Promise.all(this.#lanes.values());
  }

  /** Runs `step` until it says that nothing is left, then waits. */
  #loop(name: string, idleMs: number, step: () => Promise<boolean>): void {
    const run = async (): Promise<void> => {
      while (!this.#stopping) {
        const beganAt = performance.now();
        let more = false;
        try {
          more = this.#isIdle(name) ? false : await step();
        } catch (error) {
          this.#options.log.warn(`the worker's ${name} step failed`, { error });
        }
        await (more ? this.#rest(beganAt) : this.#pause(idleMs));
      }
    };
    this.#loops.push(run());
  }

  #rest(beganAt: number): Promise<void> {
    return this.#pause(Math.min(performance.now() - beganAt, REST_MS_MAX));
  }

  /** While sealed, claims are kept and nothing is begun. */
  #isIdle(name: string): boolean {
    return name !== "claims" && this.#options.ports.keys.isLocked();
  }

  /** Told to stop, or sealed meanwhile: what was begun is finished, and nothing else begun. */
  #isOver(): boolean {
    return this.#stopping || this.#options.ports.keys.isLocked();
  }

  #pause(ms: number): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#wakers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wakers.add(done);
    });
  }

  /** Ends leases that are due, in every mount that has some; returns when all mounts are done. */
  async revokeDueLeases(): Promise<boolean> {
    await Promise.all(await this.#openLanes());
    return false;
  }

  async #openLanes(): Promise<Promise<void>[]> {
    const mountIds = await mountsWithDueLeases(this.#options.pool);
    return mountIds.map((id) => this.#lane(`leases of ${id}`, () => this.#dueLeases.workOff(id)));
  }

  /** Work that waits for nobody but itself: one of a name at a time. */
  #lane(name: string, work: () => Promise<void>): Promise<void> {
    const running = this.#lanes.get(name);
    if (running !== undefined) return running;
    const lane = work()
      .catch((error: unknown) => this.#options.log.warn(`the worker's ${name} failed`, { error }))
      .finally(() => this.#lanes.delete(name));
    this.#lanes.set(name, lane);
    return lane;
  }

  /** Works off one revocation of many leases; those with something to undo become due. */
  async workOffRevocation(): Promise<boolean> {
    const { pool } = this.#options;
    let revocation = await claimRevocation(pool, randomUUID());
    if (revocation === null) return false;
    while (!this.#stopping) {
      const beganAt = performance.now();
      const leases = await leasesOfRevocation(pool, revocation, LEASES_A_PAGE);
      const last = leases.at(-1);
      if (last === undefined) {
        await finishRevocation(pool, revocation);
        return true;
      }
      await endTogether(
        this.#background,
        leases.filter((lease) => !lease.needsUndo),
        { fence: null, outcome: "revoked" },
      );
      const dueIds = leases.filter((lease) => lease.needsUndo).map((lease) => lease.id);
      if (!(await advanceRevocation(pool, revocation, { after: last.id, dueIds }))) return true;
      revocation = { ...revocation, after: last.id };
      await this.#rest(beganAt);
    }
    return false;
  }

  /** Writes, verifies and clears away the denials of AWS sessions that are due. */
  async writeDenials(): Promise<boolean> {
    const due = await this.#options.ports.denials.due(CONTAINERS_A_ROUND);
    await eachBounded(due, UNDO_AT_ONCE, async (container) => {
      await reconcileDenials(this.#options.ports, container);
    });
    return due.length === CONTAINERS_A_ROUND;
  }

  /** Judges secrets roles anew when the configuration changed. */
  async validateRoles(): Promise<boolean> {
    const { ports } = this.#options;
    const { configVersion } = await ports.tokens.current(null);
    const isFresh = performance.now() - this.#judgedAt < JUDGED_AGAIN_MS;
    if (isFresh && configVersion === this.#judgedVersion) return false;
    await followConfiguration(ports, await ports.configuration.at(configVersion));
    this.#judgedVersion = configVersion;
    this.#judgedAt = performance.now();
    return false;
  }

  /** Asks AWS what it grants, where that is due. */
  checkAwsLimits(): Promise<boolean> {
    return checkDue(this.#options.ports);
  }

  /** Ends what operators want ended in one go. */
  workOffJobs(): Promise<boolean> {
    return workOffJobItems({ ...this.#options, background: this.#background });
  }

  /** Ends tokens that have run out. */
  async expireTokens(): Promise<boolean> {
    const { pool } = this.#options;
    const tokens = await expiredTokens(pool, TOKENS_A_ROUND);
    if (tokens.length === 0) return false;
    try {
      await this.#background.commit(
        [
          {
            kind: "revoke_tokens",
            hmacs: tokens.map((token) => token.hmac),
            orphanChildren: false,
            reason: "expired",
            refused: new EngineError("conflict", "somebody else ended some of these tokens"),
          },
        ],
        {
          name: "token.expired",
          path: "auth/token",
          detail: { accessors: tokens.map((token) => token.accessor) },
        },
      );
    } catch (error) {
      // Whoever was faster ended them; those that are left are read again.
      if (!isEngineError(error) || error.kind !== "conflict") throw error;
    }
    return tokens.length === TOKENS_A_ROUND;
  }

  /** Removes what requests left behind that never finished; returns when all mounts are done. */
  async undoLapsedIntents(): Promise<boolean> {
    await Promise.all(await this.#openIntentLanes());
    return false;
  }

  async #openIntentLanes(): Promise<Promise<void>[]> {
    const mountIds = await mountsWithLapsedIntents(this.#options.pool);
    return mountIds.map((id) => this.#lane(`intents of ${id}`, () => this.#undoIntentsOf(id)));
  }

  async #undoIntentsOf(mountId: string): Promise<void> {
    const { ports, pool, instanceId } = this.#options;
    while (!this.#isOver()) {
      const claim = { fence: randomUUID(), instanceId, mountId };
      const intents = await claimLapsedIntents(pool, claim, INTENTS_A_CLAIM);
      const config = await ports.extras.snapshot();
      await eachBounded(intents, UNDO_AT_ONCE, (intent) => this.#undoIntent(config, intent));
      if (intents.length < INTENTS_A_CLAIM) return;
    }
  }

  async #undoIntent(config: ConfigSnapshot, intent: Intent): Promise<void> {
    const { ports, pool } = this.#options;
    const path = config.mounts.byId(intent.mountId)?.fullPath ?? "";
    try {
      await undoIntent(ports, config, intent);
      await ports.commit(
        [
          {
            kind: "close_intent",
            id: intent.id,
            fence: intent.fence,
            refused: new EngineError("conflict", "somebody else undid this intent"),
          },
        ],
        { name: "intent.undone", path, detail: { user_name: intent.userName } },
      );
    } catch (error) {
      const text = isEngineError(error) ? error.message : String(error);
      const { delaySeconds } = nextAttempt(intent.attempts + 1, text);
      await retryIntent(pool, intent, { error: text, delaySeconds });
    }
  }

  /** Tells the others that this process lives, and keeps what it has claimed. */
  async keepAlive(): Promise<boolean> {
    const { ports, pool, commits, instanceId } = this.#options;
    // Sets the clock of a process that serves no requests.
    await ports.tokens.current(null);
    await registerInstance(pool, instanceId, ports.clockSkewMs());
    await keepLeaseClaims(pool, [...this.#claims]);
    await keepIntents(pool, commits.openFences());
    return false;
  }

  /** Removes rows that nobody will ask for again. */
  async keepHouse(): Promise<boolean> {
    await sweep(this.#options.pool, this.#options.keep);
    await keepSearchTables(this.#options.pool, this.#options.keep);
    return clearOverdueSessions(this.#options.ports);
  }

  /** Ends root keys that were replaced and could not be deleted at once. */
  async deletePendingKeys(): Promise<boolean> {
    await Promise.all(await this.#openKeyLanes());
    return false;
  }

  async #openKeyLanes(): Promise<Promise<void>[]> {
    const { ports } = this.#options;
    const config = await ports.extras.snapshot();
    return config.mounts.all
      .filter((mount) => mount.type === "aws")
      .map((mount) =>
        this.#lane(`root keys of ${mount.id}`, () =>
          mount.class === "auth"
            ? settleRootKeys(ports, config, mount.id)
            : this.#settleRoot(config, mount.id),
        ),
      );
  }

  async #settleRoot(config: ConfigSnapshot, mountId: string): Promise<void> {
    const { ports, pool } = this.#options;
    await retryPendingDeletions(ports, config, mountId);
    await forgetRootVersions(ports, config, mountId, (version) =>
      isRootVersionInUse(pool, mountId, version),
    );
  }
}

/** Lanes that were opened are not waited for: one that is slow must not hold the others up. */
async function begun(opening: Promise<unknown>): Promise<boolean> {
  await opening;
  return false;
}
