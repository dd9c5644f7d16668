import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { OperatorName } from "@/e2e/console/fixtures";

const ALL: readonly OperatorName[] = ["auditor", "oncall", "admin"];
const ADMIN: readonly OperatorName[] = ["admin"];
const OPERATIONS: readonly OperatorName[] = ["oncall", "admin"];
const READERS: readonly OperatorName[] = ["auditor", "admin"];

/** `input` is a form that is complete, for something that nobody misses; `may`: whose policies let it. */
export type ActionRow = { input: Record<string, unknown>; may: readonly OperatorName[] };

/** Leases that an action may end. */
export type Spent = { leases: readonly string[] };

const NONE_SUCH = "00000000-0000-4000-8000-000000000000";
const TTLS = { defaultTtl: "", maxTtl: "" };
const MOUNT = { path: "t214/", description: "", ...TTLS };
const USER = { mount: "auth/userpass/", name: "t214" };
const CLASSED = { class: "secret", path: "t214/" };
const ROLE = {
  ...{ credential_type: "iam_user", role_arns: [], policy_arns: [], policy_document: "{}" },
  ...{ iam_groups: [], iam_tags: {}, session_tags: {}, external_id: "", default_sts_ttl: 0 },
  ...{ max_sts_ttl: 0, user_path: "/", permissions_boundary_arn: "", mfa_serial_number: "" },
};
const CLIENT = {
  ...{ path: "t214/", isEnforced: false, serverId: "", stsEndpoint: "", stsRegion: "" },
  ...{ useStsRegionFromClient: false, iamEndpoint: "", ec2Endpoint: "", allowedHeaders: [] },
  ...{ replayGuard: "off", maxRetries: "-1", accessKey: "", secretKey: "" },
};
const DEVICE = {
  ...{ path: "t214", type: "file", description: "", filePath: "discard", mode: "", address: "" },
  ...{ socketType: "tcp", facility: "", tag: "", logRaw: false, hmacAccessor: true },
  elideLists: false,
};

/** By the folder of the file and the name of the export; both sign-outs take nothing. */
export function actionRows({ leases }: Spent): Readonly<Record<string, ActionRow | "sign-out">> {
  const [first = "", second = "", third = "", fourth = ""] = leases;
  const preview = { selection: { ids: [first] } };
  return {
    " signOutAction": "sign-out",
    " signOutEverywhereAction": "sign-out",
    "auth enableAction": { input: MOUNT, may: ADMIN },
    "auth disableAction": { input: { path: "t214/" }, may: ADMIN },
    "auth tuneAction": { input: MOUNT, may: ADMIN },
    "auth saveClientAction": { input: CLIENT, may: ADMIN },
    "auth saveIdentityAction": {
      input: { path: "t214/", iamAlias: "role_id", iamMetadata: [] },
      may: ADMIN,
    },
    "auth saveStsAction": {
      input: {
        ...{ path: "t214/", account: "111122223333", externalId: "" },
        stsRole: "arn:aws:iam::111122223333:role/x",
      },
      may: ADMIN,
    },
    "auth deleteStsAction": { input: { path: "t214/", account: "111122223333" }, may: ADMIN },
    "auth/attempts dryRunAction": {
      input: {
        ...{ mount: "auth/aws/", role: "ci-runner", kind: "identity", payload: "" },
        ...{ principal: "arn:aws:iam::111122223333:role/workload/ci-runner", clientAddress: "" },
      },
      may: OPERATIONS,
    },
    "respond freezeAction": {
      input: {
        ...{ target: { principal: "arn:aws:iam::111122223333:role/t214" }, hours: 1 },
        ...{ message: "", reason: "t214" },
      },
      may: OPERATIONS,
    },
    "respond endFreezeAction": { input: { id: NONE_SUCH }, may: OPERATIONS },
    "validator checkRoleAction": { input: { mount: "aws/", role: "app-deploy" }, may: ADMIN },
    "validator checkAllAction": { input: {}, may: ADMIN },
    "auth/[accessor]/roles saveRoleAction": {
      input: { mount: "aws/", name: "t214", isNew: false, changes: { token_ttl: "1m" } },
      may: ADMIN,
    },
    "auth/[accessor]/roles deleteRoleAction": {
      input: { mount: "aws/", name: "t214" },
      may: ADMIN,
    },
    "policies savePolicyAction": {
      input: { name: "t214", text: "# nothing", loaded: null },
      may: ADMIN,
    },
    "policies deletePolicyAction": { input: { name: "t214" }, may: ADMIN },
    "policies explainAction": {
      input: { path: "sys/mounts", operation: "read", policies: null, draft: null },
      may: ALL,
    },
    "secrets enableMountAction": { input: MOUNT, may: ADMIN },
    "secrets tuneMountAction": {
      input: { mount: "t214/", description: "", ...TTLS },
      may: ADMIN,
    },
    "secrets rotateRootAction": { input: { mount: "t214/", accessKey: "" }, may: ADMIN },
    "secrets writeLeaseConfigAction": {
      input: { mount: "t214/", lease: "", leaseMax: "" },
      may: ADMIN,
    },
    "secrets disableMountAction": { input: { mount: "t214/", confirmed: "t214" }, may: ADMIN },
    "secrets/[accessor]/roles writeRoleAction": {
      input: { mount: "aws/", name: "t214", isNew: false, role: ROLE, reason: "" },
      may: ADMIN,
    },
    "secrets/[accessor]/roles deleteRoleAction": {
      input: { mount: "aws/", name: "t214" },
      may: ADMIN,
    },
    "secrets/[accessor]/roles/[name]/issue issueAction": {
      input: {
        ...{ mount: "aws/", name: "app-deploy", ttl: "", roleArn: "", sessionName: "" },
        mfaCode: "",
      },
      may: ADMIN,
    },
    "secrets/[accessor]/roles/[name]/issue revokeIssuedAction": {
      input: { leaseId: first, type: null, awsEndsAt: "" },
      may: OPERATIONS,
    },
    "secrets/[accessor]/session-ending endSessionsAction": {
      input: { path: "t214/", mode: "off", overflow: "refuse", revoker: "" },
      may: ADMIN,
    },
    "secrets/[accessor]/root writeRootAction": {
      input: {
        ...{ mount: "t214/", storedKey: "", source: "host", accessKey: "", secretKey: "" },
        ...{ region: "", iamEndpoint: "", stsEndpoint: "", stsRegion: "", fallbacks: [] },
        ...{ maxRetries: "", template: "" },
      },
      may: ADMIN,
    },
    "admin/audit-devices enableDeviceAction": { input: DEVICE, may: ADMIN },
    "admin/audit-devices testDeviceAction": { input: { path: "t214/" }, may: ADMIN },
    "admin/audit-devices disableDeviceAction": {
      input: { path: "t214/", confirmed: "t214" },
      may: ADMIN,
    },
    "admin/operators addUserAction": {
      input: { ...USER, password: "a-long-password", policies: [] },
      may: ADMIN,
    },
    "admin/operators changePoliciesAction": { input: { ...USER, policies: [] }, may: ADMIN },
    "admin/operators setPasswordAction": {
      input: { ...USER, password: "a-long-password" },
      may: ADMIN,
    },
    "admin/operators changeLimitsAction": {
      input: { ...USER, ttl: "", maxTtl: "", hardLimit: "", cidrs: [], hasDefault: true },
      may: ADMIN,
    },
    "admin/operators deleteUserAction": { input: USER, may: ADMIN },
    "admin/operators unlockAction": {
      input: { accessor: "auth_userpass_none", alias: "t214" },
      may: ADMIN,
    },
    "admin/operators saveGroupAction": {
      input: { group: "t214", policies: [], isNew: false },
      may: ADMIN,
    },
    "admin/operators removeGroupAction": { input: { group: "t214" }, may: ADMIN },
    "admin/mounts enableMountAction": {
      input: { ...CLASSED, type: "cubbyhole", description: "", ...TTLS, local: false },
      may: ADMIN,
    },
    "admin/mounts tuneMountAction": {
      input: { ...CLASSED, changed: { description: "x" } },
      may: ADMIN,
    },
    "admin/mounts moveMountAction": {
      input: { ...CLASSED, to: "t214-moved/", confirmed: "t214/" },
      may: ADMIN,
    },
    "admin/mounts disableMountAction": {
      input: { ...CLASSED, confirmed: "t214/" },
      may: ADMIN,
    },
    "admin/sessions endSessionAction": { input: { id: NONE_SUCH }, may: ADMIN },
    "admin/sessions endAllAction": { input: { id: NONE_SUCH }, may: ADMIN },
    "audit hashValueAction": { input: { value: "x" }, may: READERS },
    "audit saveViewAction": {
      input: { name: "t214", query: "", isShared: false },
      may: ALL,
    },
    "audit deleteViewAction": { input: { id: NONE_SUCH, name: "t214" }, may: ALL },
    "leases previewRevocationAction": { input: preview, may: OPERATIONS },
    "leases revokeManyAction": {
      input: { selection: { ids: [second] }, reason: "t214", expected: 1 },
      may: OPERATIONS,
    },
    "leases revokeLeaseAction": { input: { leaseId: third, reason: "t214" }, may: OPERATIONS },
    "leases renewLeaseAction": { input: { leaseId: fourth }, may: ALL },
    "leases forgetLeaseAction": { input: { leaseId: fourth }, may: ADMIN },
    "jobs retryJobAction": { input: { id: NONE_SUCH }, may: OPERATIONS },
    "tokens revokeTokenAction": { input: { accessor: "none", reason: "t214" }, may: OPERATIONS },
    "tokens renewTokenAction": { input: { accessor: "none" }, may: ADMIN },
  };
}

/** An action as the built console has it; its id stands in what every browser gets. */
export type BuiltAction = { id: string; name: string; page: string };

export function builtActions(): BuiltAction[] {
  const file = join(".next/server", "server-reference-manifest.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as {
    node: Record<
      string,
      { exportedName: string; filename: string; workers: Record<string, unknown> }
    >;
  };
  return Object.entries(manifest.node).map(([id, { exportedName, filename, workers }]) => ({
    id,
    name: `${filename.replace(/^app\/\(console\)\/?/, "").replace(/[/-]?actions\.ts$/, "")} ${exportedName}`,
    page: addressOf(Object.keys(workers)[0] ?? ""),
  }));
}

/** Of the page that an action's worker is of: `app/(console)/policies/[name]/page`. */
function addressOf(worker: string): string {
  const path = worker.replace(/^app/, "").replace(/\/page$/, "");
  return path.replaceAll(/\/\([^/]+\)/g, "").replaceAll(/\[[^\]]+\]/g, "x") || "/";
}
