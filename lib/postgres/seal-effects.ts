import { oneByOne, type EffectRunners } from "@/lib/postgres/effect-runner";
import { bumpConfigVersion } from "@/lib/postgres/config-version";

/** With the next version of the configuration every instance takes the key up. */
const addDataKey = oneByOne<"add_data_key">(async (_context, client, { id, wrapped }) => {
  // First the lock: keys count in the order in which they were made.
  await bumpConfigVersion(client);
  await client.query({
    name: "add_data_key",
    text: `insert into data_key (id, purpose, wrapped, created_at) values ($1, 'seal', $2, clock_timestamp())`,
    values: [id, wrapped],
  });
  return true;
});

const setSealed = oneByOne<"set_sealed">(async (_context, client, { sealed }) => {
  await client.query({
    name: "set_sealed",
    text: `update config_version set sealed = $1, version = version + 1`,
    values: [sealed],
  });
  return true;
});

type SealEffectKind = "add_data_key" | "set_sealed";

export const sealEffects: Pick<EffectRunners, SealEffectKind> = {
  add_data_key: addDataKey,
  set_sealed: setSealed,
};
