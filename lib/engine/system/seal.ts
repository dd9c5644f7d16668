import { effected, type Decision } from "@/lib/engine/answer";
import type { Ports } from "@/lib/engine/ports";

/**
 * Makes a new key that everything is sealed under from now on; the older ones still open what they
 * sealed.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/system/rotate
 */
export async function rotateDataKey(ports: Ports): Promise<Decision> {
  return effected({ kind: "add_data_key", ...(await ports.newSealingKey()) });
}

/**
 * Ends all service, and has every instance forget its keys, until the installation is unsealed on one
 * of its hosts.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/system/seal
 */
export function sealInstallation(): Decision {
  return effected({ kind: "set_sealed", sealed: true });
}
