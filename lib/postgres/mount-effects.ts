import type pg from "pg";
import { oneByOne, type EffectRunners } from "@/lib/postgres/effect-runner";
import { bumpConfigVersion } from "@/lib/postgres/config-version";
import { tokenEffects } from "@/lib/postgres/token-effects";

const enableMount = oneByOne<"enable_mount">(async (_context, client, { mount }) => {
  // Overlapping paths are judged again here, under the configuration's lock: two operators may
  // enable `a/` and `a/b/` at once, each seeing neither.
  await bumpConfigVersion(client);
  const result = await client.query({
    name: "enable_mount",
    text: `
      insert into mount (id, class, path, type, accessor, description, config, options, local, seal_wrap, external_entropy_access)
      select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
      where not exists (
        select 1 from mount where class = $2 and (starts_with(path, $3) or starts_with($3, path)))`,
    values: [
      mount.id,
      mount.class,
      mount.path,
      mount.type,
      mount.accessor,
      mount.description,
      JSON.stringify(mount.config),
      mount.options === null ? null : JSON.stringify(mount.options),
      mount.local,
      mount.sealWrap,
      mount.externalEntropyAccess,
    ],
  });
  return result.rowCount === 1;
});

const changeMount = oneByOne<"change_mount">(async (_context, client, effect) => {
  await bumpConfigVersion(client);
  const result = await client.query({
    name: "change_mount",
    text: `
      update mount set
        config = coalesce($2, config),
        description = coalesce($3, description),
        options = case when $4 then $5 else options end,
        path = coalesce($6, path),
        tainted_at = case when $7::bool is null then tainted_at when $7 then now() end
      where id = $1`,
    values: [
      effect.mountId,
      effect.config === undefined ? null : JSON.stringify(effect.config),
      effect.description ?? null,
      effect.options !== undefined,
      effect.options === undefined || effect.options === null
        ? null
        : JSON.stringify(effect.options),
      effect.path ?? null,
      effect.tainted ?? null,
    ],
  });
  return result.rowCount === 1;
});

const removeMount = oneByOne<"remove_mount">(async (context, client, effect) => {
  await bumpConfigVersion(client);
  // Whoever is granting a token or issuing a lease at this moment is waited for; whoever comes
  // later finds no mount.
  await client.query("lock table token, lease, intent in share row exclusive mode");
  if (await isBusy(client, effect.mountId)) {
    await client.query({
      name: "keep_mount",
      text: `update mount set tainted_at = null where id = $1`,
      values: [effect.mountId],
    });
    return false;
  }
  const tokens = await client.query<{ hmac: string }>({
    name: "tokens_of_mount",
    text: `select encode(hmac, 'hex') as hmac from token where mount_id = $1`,
    values: [effect.mountId],
  });
  await tokenEffects.revoke_tokens(context, client, [
    {
      kind: "revoke_tokens",
      hmacs: tokens.rows.map((row) => row.hmac),
      orphanChildren: false,
      reason: "revoked",
    },
  ]);
  await client.query({
    name: "forget_aliases_of_mount",
    text: `delete from entity_alias a using mount m where m.id = $1 and a.mount_accessor = m.accessor`,
    values: [effect.mountId],
  });
  await client.query({
    name: "remove_mount",
    text: `delete from mount where id = $1`,
    values: [effect.mountId],
  });
  return true;
});

/** What the mount issued and nobody has ended needs its credential still. */
async function isBusy(client: pg.ClientBase, mountId: string): Promise<boolean> {
  const result = await client.query({
    name: "issued_by_mount",
    text: `(select 1 from intent where mount_id = $1 limit 1)
           union all (select 1 from lease where mount_id = $1 limit 1)`,
    values: [mountId],
  });
  return result.rowCount !== 0;
}

type MountKind = "enable_mount" | "change_mount" | "remove_mount";

export const mountEffects: Pick<EffectRunners, MountKind> = {
  enable_mount: enableMount,
  change_mount: changeMount,
  remove_mount: removeMount,
};
