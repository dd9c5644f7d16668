import { told, type Decision } from "@/lib/engine/answer";
import {
  checkpointFile,
  publicKeyPem,
  type Checkpoint,
  type SignedHead,
} from "@/lib/engine/audit/checkpoint";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";

const DEFAULT_RANGE_MS = 3_600_000;
/** Hashing more than a day takes longer than a request may. */
const RANGE_MAX_MS = 86_400_000;

/** What is wrong with a checkpoint, or with the batch of a writer that one signed. */
export type CheckpointDefect = {
  checkpoint: number;
  what:
    | "checkpoint missing"
    | "checkpoint altered"
    | "not signed by us"
    | "batch missing"
    | "batch not as signed";
  writer: string | null;
  batch: number | null;
};

/** The last checkpoint, with where every writer stood then and the key that signed it. */
export type LastCheckpoint = {
  checkpoint: Checkpoint;
  heads: readonly SignedHead[];
  publicKey: Buffer;
};

/** What the server found when it last verified by itself: everything up to `verifiedTo` was whole. */
export type OwnVerification = { at: Date; verifiedTo: Date | null; defects: number };

export type IntegrityReads = {
  last(): Promise<LastCheckpoint | null>;
  ownVerification(): Promise<OwnVerification | null>;
  /** Verifies the checkpoints of a range, and that what they signed is there as it was. */
  verifyCheckpoints(
    from: Date,
    to: Date,
  ): Promise<{ checkpoints: number; defects: CheckpointDefect[] }>;
};

/**
 * Recomputes the chains of the built-in log over a range, by default the last hour, and holds them
 * against what checkpoints signed.
 *
 * @throws EngineError `invalid_request`: the range is none, or longer than a day.
 */
export async function checkIntegrity(
  ports: Ports,
  input: { from: Date | undefined; to: Date | undefined },
): Promise<Decision> {
  const to = input.to ?? ports.clock.now();
  const from = input.from ?? new Date(to.getTime() - DEFAULT_RANGE_MS);
  const rangeMs = to.getTime() - from.getTime();
  if (rangeMs < 0) throw invalidRequest("from is later than to");
  if (rangeMs > RANGE_MAX_MS) {
    throw invalidRequest("a range of at most one day is verified at once");
  }
  const { integrity, audit } = ports.operator;
  // What was signed is asked first: batches that are written meanwhile are in no checkpoint of it.
  const signed = await integrity.verifyCheckpoints(from, to);
  const [{ defects, ...report }, last, own] = await Promise.all([
    audit.verify(from, to),
    integrity.last(),
    integrity.ownVerification(),
  ]);
  return told({
    from: from.toISOString(),
    to: to.toISOString(),
    intact: defects.length === 0 && signed.defects.length === 0,
    ...report,
    defects: [...defects, ...signed.defects],
    checkpoints: signed.checkpoints,
    verified_at: ports.clock.now().toISOString(),
    last_checkpoint: last === null ? null : checkpointData(last),
    verified_by_server:
      own === null
        ? null
        : {
            at: own.at.toISOString(),
            verified_to: own.verifiedTo?.toISOString() ?? null,
            defects: own.defects,
          },
  });
}

function checkpointData({ checkpoint, publicKey }: LastCheckpoint): Record<string, unknown> {
  return {
    number: checkpoint.no,
    at: checkpoint.at.toISOString(),
    entries: checkpoint.entries,
    writers: checkpoint.writers,
    root: checkpoint.root,
    key_id: checkpoint.keyId,
    public_key: publicKeyPem(publicKey),
  };
}

/**
 * The last checkpoint as a file: kept elsewhere, it proves what the log was at its time.
 *
 * @throws EngineError `not_found`: nothing was signed yet.
 */
export async function readCheckpoint(ports: Ports): Promise<Decision> {
  const last = await ports.operator.integrity.last();
  if (last === null) throw new EngineError("not_found", "no checkpoint was signed yet");
  const { checkpoint, heads, publicKey } = last;
  return {
    answer: {
      data: checkpointFile(checkpoint, heads, publicKey),
      audited: { number: checkpoint.no, root: checkpoint.root },
    },
    effects: [],
  };
}
