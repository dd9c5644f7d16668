import { createHash, createPublicKey, verify } from "node:crypto";

/** Where one writer's chain of batches stands: its last batch, its last entry, the batch's hash. */
export type SignedHead = { writer: string; no: number; seq: number; hash: string };

/** What a checkpoint says; hashes are hex. */
export type CheckpointClaim = {
  clusterId: string;
  no: number;
  at: Date;
  /** Of all writers together, since the first. */
  entries: number;
  writers: number;
  /** Over where all writers stand. */
  root: string;
  /** Of the checkpoint before. */
  prev: string;
  keyId: string;
};

/** A checkpoint with its signature, and what changed since the one before. */
export type Checkpoint = CheckpointClaim & { signature: Buffer; heads: readonly SignedHead[] };

/** The hash before the first checkpoint. */
export const NO_CHECKPOINT = "0".repeat(64);

/** What is signed: readable, and the same on every machine. */
export function checkpointText(claim: CheckpointClaim): string {
  return [
    "leasehold audit checkpoint 1",
    `cluster ${claim.clusterId}`,
    `number ${claim.no}`,
    `at ${claim.at.toISOString()}`,
    `entries ${claim.entries}`,
    `writers ${claim.writers}`,
    `root ${claim.root}`,
    `previous ${claim.prev}`,
    `key ${claim.keyId}`,
    "",
  ].join("\n");
}

/** SHA-256 over where all writers stand, a line for each, by writer. */
export function rootOf(heads: Iterable<SignedHead>): string {
  const lines = [...heads].map(({ writer, no, seq, hash }) => `${writer} ${no} ${seq} ${hash}\n`);
  return sha256(lines.sort().join(""));
}

/** By which the next checkpoint names this one. */
export function checkpointHash(claim: CheckpointClaim): string {
  return sha256(checkpointText(claim));
}

/** Whether the key's owner made this checkpoint. @see https://www.rfc-editor.org/rfc/rfc8032 */
export function isSigned(checkpoint: Checkpoint, publicKey: Buffer): boolean {
  const key = createPublicKey({ key: publicKey, format: "der", type: "spki" });
  return verify(null, Buffer.from(checkpointText(checkpoint)), key, checkpoint.signature);
}

/** A public key as files hold it. */
export function publicKeyPem(publicKey: Buffer): string {
  const key = createPublicKey({ key: publicKey, format: "der", type: "spki" });
  return key.export({ format: "pem", type: "spki" }).toString();
}

/** The file of a checkpoint: with where every writer stands, it proves the log by itself. */
export function checkpointFile(
  checkpoint: Checkpoint,
  heads: readonly SignedHead[],
  publicKey: Buffer,
): Record<string, unknown> {
  return {
    format: "leasehold-audit-checkpoint-1",
    statement: checkpointText(checkpoint),
    signature: checkpoint.signature.toString("base64"),
    heads: heads.map(({ writer, no, seq, hash }) => [writer, no, seq, hash]),
    public_key: publicKeyPem(publicKey),
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
