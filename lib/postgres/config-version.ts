import type pg from "pg";

/**
 * Moves the configuration to its next version, in the transaction that changes it. The row's lock
 * puts all changes of configuration in one order.
 */
export async function bumpConfigVersion(client: pg.ClientBase): Promise<void> {
  await client.query({
    name: "bump_config_version",
    text: `update config_version set version = version + 1`,
    values: [],
  });
}
