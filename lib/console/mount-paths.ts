import { z } from "zod";
import type { Operator, Read } from "@/lib/console/operator";

const Mounts = z.record(z.string(), z.object({ type: z.string(), accessor: z.string() }));

export type MountName = { path: string; type: string; accessor: string };

/** Mounts of one kind, as far as the operator may list them, by path. */
export async function listMounts(
  operator: Operator,
  from: "sys/auth" | "sys/mounts",
): Promise<Read<MountName[]>> {
  const read = await operator.read(Mounts, from);
  if (!read.ok) return read;
  const mounts = Object.entries(read.data).map(([path, mount]) => ({ path, ...mount }));
  return { ok: true, data: mounts.sort((one, other) => (one.path < other.path ? -1 : 1)) };
}

export async function listMountPaths(
  operator: Operator,
  from: "sys/auth" | "sys/mounts",
): Promise<Read<string[]>> {
  const mounts = await listMounts(operator, from);
  return mounts.ok ? { ok: true, data: mounts.data.map(({ path }) => path) } : mounts;
}
