import type { MountConfigInput } from "@/lib/engine/mount/config";
import { enableMount } from "@/lib/engine/mount/enable";
import type { MountClass } from "@/lib/engine/mount/mount";
import { listMounts, readMount, readTune } from "@/lib/engine/mount/read";
import {
  disableMount,
  remount,
  remountStatus,
  tuneMount,
  type TuneInput,
} from "@/lib/engine/mount/tune";
import {
  anyValue,
  commaList,
  flag,
  jsonObject,
  keyValueMap,
  parseFields,
  text,
  type FieldValues,
} from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

const CONFIG_FIELDS = {
  default_lease_ttl: text(),
  max_lease_ttl: text(),
  force_no_cache: flag(),
  listing_visibility: text(),
  token_type: text(),
  audit_non_hmac_request_keys: commaList(),
  audit_non_hmac_response_keys: commaList(),
  passthrough_request_headers: commaList(),
  allowed_response_headers: commaList(),
  user_lockout_config: jsonObject(),
} as const;

const ENABLE_FIELDS = {
  path: text(),
  type: text(),
  plugin_name: text(),
  plugin_version: text(),
  description: text(),
  config: jsonObject(),
  options: anyValue(),
  local: flag(),
  seal_wrap: flag(),
  external_entropy_access: flag(),
} as const;

const TUNE_FIELDS = {
  ...CONFIG_FIELDS,
  path: text(),
  description: text(),
  options: keyValueMap(),
  plugin_version: text(),
} as const;

/** Null stays null, which a read shows; absent means none. */
function optionsOf(value: unknown): Record<string, string> | null | undefined {
  if (value === undefined || value === null) return value;
  return parseFields({ options: keyValueMap() }, { options: value }, "validated").options ?? null;
}

/** A null map says nothing. */
function configInput(fields: FieldValues<typeof CONFIG_FIELDS>): MountConfigInput {
  return { ...fields, user_lockout_config: fields.user_lockout_config ?? undefined };
}

function tuneInput(fields: FieldValues<typeof TUNE_FIELDS>): TuneInput {
  return {
    ...configInput(fields),
    description: fields.description,
    options: fields.options ?? undefined,
  };
}

const mountsOf = (base: "mounts" | "auth", mountClass: MountClass): readonly AnyRoute[] => [
  route({
    path: base,
    fields: {},
    read: ({ scope }) => listMounts(scope, mountClass),
    duplicated: true,
    help: "All mounts of this kind.",
  }),
  route({
    path: `${base}/:path/tune`,
    names: { path: ".+?" },
    fields: TUNE_FIELDS,
    read: ({ ports, scope, fields }) => readTune(ports, scope, mountClass, fields.path ?? ""),
    update: ({ ports, scope, fields }) =>
      tuneMount(ports, scope, { class: mountClass, path: fields.path ?? "" }, tuneInput(fields)),
    duplicated: true,
    help: "Settings of a mount.",
  }),
  route({
    path: `${base}/:path`,
    names: { path: ".+?" },
    fields: ENABLE_FIELDS,
    read: ({ scope, fields }) => readMount(scope, mountClass, fields.path ?? ""),
    update: ({ ports, scope, fields }) =>
      enableMount(ports, scope, mountClass, {
        path: fields.path ?? "",
        type: fields.type,
        pluginName: fields.plugin_name,
        description: fields.description,
        options: optionsOf(fields.options),
        local: fields.local,
        sealWrap: fields.seal_wrap,
        externalEntropyAccess: fields.external_entropy_access,
        config: configInput(parseFields(CONFIG_FIELDS, fields.config ?? {}, "validated")),
      }),
    delete: ({ ports, scope, fields }) => disableMount(ports, scope, mountClass, fields.path ?? ""),
    duplicated: true,
    help: "A mount.",
  }),
];

/** Terraform reads and writes the settings of auth mounts under `mounts/auth/…` too. */
const authTune = route({
  path: "mounts/auth/:path/tune",
  names: { path: ".+?" },
  fields: TUNE_FIELDS,
  read: ({ ports, scope, fields }) => readTune(ports, scope, "auth", fields.path ?? ""),
  update: ({ ports, scope, fields }) =>
    tuneMount(ports, scope, { class: "auth", path: fields.path ?? "" }, tuneInput(fields)),
  duplicated: true,
  help: "Settings of an auth mount.",
});

export const mountRoutes: readonly AnyRoute[] = [
  authTune,
  ...mountsOf("mounts", "secret"),
  ...mountsOf("auth", "auth"),
  route({
    path: "remount",
    fields: { from: text(), to: text() },
    update: ({ ports, scope, fields }) =>
      remount(ports, scope, { from: fields.from ?? "", to: fields.to ?? "" }),
    duplicated: true,
    help: "Moves a mount.",
  }),
  route({
    path: "remount/status/:migration_id",
    fields: { migration_id: text() },
    read: ({ scope, fields }) => remountStatus(scope, fields.migration_id ?? ""),
    help: "How far a move has come.",
  }),
];
