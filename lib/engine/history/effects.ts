import type {
  ChangeMount,
  DeletePolicy,
  DeleteSetting,
  Effect,
  EnableMount,
  PutAuditDevice,
  PutPolicy,
  PutSetting,
  RemoveAuditDevice,
  RemoveMount,
} from "@/lib/engine/effects";

/** Effects that change what operators configure. */
export type ConfigurationEffect =
  | PutSetting
  | DeleteSetting
  | PutPolicy
  | DeletePolicy
  | EnableMount
  | ChangeMount
  | RemoveMount
  | PutAuditDevice
  | RemoveAuditDevice;

/** Who changes something; the server itself where no request did. */
export type ChangedBy = {
  name: string;
  accessor: string | null;
  requestId: string | null;
  path: string;
};

/** Keeps how the configuration stood before these effects, and stands after; to be committed with them. */
export type RecordChanges = {
  kind: "record_changes";
  by: ChangedBy;
  effects: readonly ConfigurationEffect[];
};

/** Settings in which the server keeps where its own work stands. */
const OWN_SETTINGS: ReadonlySet<string> = new Set([
  "pending_key_deletion",
  "root_rotation",
  "role_id",
  "migration",
]);
const ROOT = { setting: "root", current: "current" } as const;

/** The same effects, with the history of what they change in front. */
export function withHistory(effects: readonly Effect[], by: ChangedBy): readonly Effect[] {
  const changes = effects.filter(isConfiguration);
  return changes.length === 0
    ? effects
    : [{ kind: "record_changes", by, effects: changes }, ...effects];
}

function isConfiguration(effect: Effect): effect is ConfigurationEffect {
  switch (effect.kind) {
    case "put_setting":
    case "delete_setting":
      return !OWN_SETTINGS.has(effect.setting) && !isArchivedRoot(effect);
    case "put_policy":
    case "delete_policy":
    case "enable_mount":
    case "change_mount":
    case "remove_mount":
    case "put_audit_device":
    case "remove_audit_device":
      return true;
    default:
      return false;
  }
}

/** Root credentials that were replaced are kept for what they made. */
function isArchivedRoot({ setting, key }: PutSetting | DeleteSetting): boolean {
  return setting === ROOT.setting && key !== undefined && key !== ROOT.current;
}
