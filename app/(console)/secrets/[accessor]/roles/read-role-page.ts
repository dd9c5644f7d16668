import { notFound } from "next/navigation";
import { type LifetimeSurroundings, surroundingsOf } from "@/lib/console/lifetime";
import type { Operator, Read } from "@/lib/console/operator";
import {
  type AwsMount,
  findAwsMount,
  readLeaseConfig,
  readMountTtls,
  readRootConfig,
} from "@/lib/console/secrets-mounts";
import { readKnownLimits } from "@/lib/console/validator";
import { readRole, type SecretsRole } from "@/lib/console/secrets-roles";

/** What every page below a mount's roles begins with. */
export async function readSurroundings(
  operator: Operator,
  mount: AwsMount,
): Promise<LifetimeSurroundings> {
  const [ttls, lease, root, limits] = await Promise.all([
    readMountTtls(operator, mount),
    readLeaseConfig(operator, mount),
    readRootConfig(operator, mount),
    readKnownLimits(operator, mount),
  ]);
  const surroundings = surroundingsOf({
    ttls,
    lease: lease.ok ? lease.data : undefined,
    accessKey: root.ok ? (root.data?.access_key ?? "") : undefined,
  });
  return { ...surroundings, limits };
}

export type RoleOfMount = { mount: AwsMount; name: string; role: SecretsRole };

/** The mount and the role that an address names. */
export async function readRoleOfMount(
  operator: Operator,
  address: { accessor: string; name: string },
): Promise<Read<RoleOfMount>> {
  const mount = await findAwsMount(operator, address.accessor);
  if (!mount.ok) return mount;
  const name = decoded(address.name);
  const role = await readRole(operator, mount.data, name);
  return role.ok ? { ok: true, data: { mount: mount.data, name, role: role.data } } : role;
}

/** Next.js hands names on as they stand in the address. */
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    notFound();
  }
}
