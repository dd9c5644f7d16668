import { oneByOne, type EffectRunners } from "@/lib/postgres/effect-runner";
import { bumpConfigVersion } from "@/lib/postgres/config-version";

type ConfigurationKind =
  | "put_setting"
  | "delete_setting"
  | "put_policy"
  | "delete_policy"
  | "put_audit_device"
  | "remove_audit_device"
  | "delete_entity"
  | "put_cubbyhole"
  | "delete_cubbyhole";

const putSetting = oneByOne<"put_setting">(async (context, client, effect) => {
  const row = `${effect.mountId}/${effect.setting}/${effect.key}`;
  const sealed = effect.secret ? context.keys.seal("setting", row, effect.secret.reveal()) : null;
  const result = await client.query({
    name: "put_setting",
    text: `
      insert into mount_setting as s (mount_id, setting, key, body, sealed, revision)
      select $1, $2, $3, $4, $5, 1 where coalesce($7::int, 0) = 0
        or exists (select 1 from mount_setting where mount_id = $1 and setting = $2 and key = $3)
      on conflict (mount_id, setting, key) do update set body = excluded.body, revision = s.revision + 1,
        sealed = case when $6 then s.sealed else excluded.sealed end, updated_at = now()
        where $7::int is null or s.revision = $7::int
      returning 1`,
    values: [
      effect.mountId,
      effect.setting,
      effect.key,
      JSON.stringify(effect.body),
      sealed,
      effect.secret === undefined,
      effect.revision ?? null,
    ],
  });
  await bumpConfigVersion(client);
  return result.rowCount === 1;
});

const deleteSetting = oneByOne<"delete_setting">(async (_context, client, effect) => {
  await client.query({
    name: "delete_setting",
    text: `delete from mount_setting where mount_id = $1 and setting = $2 and ($3::text is null or key = $3)`,
    values: [effect.mountId, effect.setting, effect.key ?? null],
  });
  await bumpConfigVersion(client);
  return true;
});

const putPolicy = oneByOne<"put_policy">(async (_context, client, effect) => {
  await client.query({
    name: "put_policy",
    text: `insert into policy (name, text) values ($1, $2)
           on conflict (name) do update set text = excluded.text, updated_at = now()`,
    values: [effect.name, effect.text],
  });
  await bumpConfigVersion(client);
  return true;
});

const deletePolicy = oneByOne<"delete_policy">(async (_context, client, effect) => {
  await client.query({
    name: "delete_policy",
    text: `delete from policy where name = $1`,
    values: [effect.name],
  });
  await bumpConfigVersion(client);
  return true;
});

const putAuditDevice = oneByOne<"put_audit_device">(async (context, client, effect) => {
  const result = await client.query({
    name: "put_audit_device",
    text: `insert into audit_device (path, type, description, local, options, salt)
           values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    values: [
      effect.path,
      effect.type,
      effect.description,
      effect.local,
      JSON.stringify(effect.options),
      context.keys.seal("audit_device", effect.path, effect.salt.reveal()),
    ],
  });
  await bumpConfigVersion(client);
  return result.rowCount === 1;
});

const removeAuditDevice = oneByOne<"remove_audit_device">(async (_context, client, effect) => {
  await client.query({
    name: "remove_audit_device",
    text: `delete from audit_device where path = $1`,
    values: [effect.path],
  });
  await bumpConfigVersion(client);
  return true;
});

const deleteEntity = oneByOne<"delete_entity">(async (_context, client, effect) => {
  await client.query({
    name: "delete_entity",
    text: `delete from entity where id = $1`,
    values: [effect.entityId],
  });
  await bumpConfigVersion(client);
  return true;
});

const putCubbyhole = oneByOne<"put_cubbyhole">(async (context, client, effect) => {
  const row = `${effect.tokenHmac}/${effect.path}`;
  const result = await client.query({
    name: "put_cubbyhole",
    text: `insert into cubbyhole (token_hmac, path, sealed)
           select hmac, $2, $3 from token where hmac = decode($1, 'hex') for share
           on conflict (token_hmac, path) do update set sealed = excluded.sealed`,
    values: [
      effect.tokenHmac,
      effect.path,
      context.keys.seal("cubbyhole", row, effect.value.reveal()),
    ],
  });
  return result.rowCount === 1;
});

const deleteCubbyhole = oneByOne<"delete_cubbyhole">(async (_context, client, effect) => {
  await client.query({
    name: "delete_cubbyhole",
    text: `delete from cubbyhole where token_hmac = decode($1, 'hex') and path = $2`,
    values: [effect.tokenHmac, effect.path],
  });
  return true;
});

export const configurationEffects: Pick<EffectRunners, ConfigurationKind> = {
  put_setting: putSetting,
  delete_setting: deleteSetting,
  put_policy: putPolicy,
  delete_policy: deletePolicy,
  put_audit_device: putAuditDevice,
  remove_audit_device: removeAuditDevice,
  delete_entity: deleteEntity,
  put_cubbyhole: putCubbyhole,
  delete_cubbyhole: deleteCubbyhole,
};
