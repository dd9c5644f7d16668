import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import { auditHash } from "@/lib/engine/audit/exposure";
import type { AuditDevice, ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { invalidRequest } from "@/lib/engine/errors";
import { mountPath } from "@/lib/engine/mount/enable";
import type { Limits, Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { Secret } from "@/lib/engine/secret";

export type EnableDeviceInput = {
  path: string;
  type: string;
  description: string;
  local: boolean;
  options: Record<string, string>;
};

const TYPES = ["file", "socket", "syslog"];
/** What the built-in log is called where a device would be named. */
const BUILT_IN_PATH = "built-in/";
const BOOLEAN = /^(?:1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/;

/**
 * Adds an audit device beside the built-in log; it proves itself by one probe first.
 *
 * @throws EngineError `invalid_request` with Vault's text.
 * @see https://developer.hashicorp.com/vault/api-docs/system/audit#enable-audit-device
 */
export async function enableDevice(
  ports: Ports,
  scope: RequestScope,
  input: EnableDeviceInput,
): Promise<Decision> {
  const path = mountPath(input.path);
  const devices = await scope.config.auditDevices();
  const taken = [BUILT_IN_PATH, ...devices.map((device) => device.path)];
  if (taken.some((other) => other.startsWith(path) || path.startsWith(other))) {
    throw invalidRequest("path already in use: invalid configuration");
  }
  if (!TYPES.includes(input.type)) {
    throw invalidRequest(`unknown backend type: "${input.type}": invalid configuration`);
  }
  checkOptions(input);
  confine(input, ports.limits);
  const file = filePathOf(input.options);
  if (input.type === "file" && isFileTaken(file, devices)) {
    throw invalidRequest("file_path already in use: invalid configuration");
  }
  await ports.devices.probe(input.type, input.options, probeOf(ports, "sys/audit/test").line);
  return effected({
    kind: "put_audit_device",
    path,
    type: input.type,
    description: input.description,
    local: input.local,
    options: input.options,
    salt: new Secret(ports.random.uuid()),
    refused: invalidRequest("path already in use: invalid configuration"),
  });
}

/** What the installation's start-up settings allow devices, whoever asks over the API. */
export type DeviceConfines = Pick<Limits, "auditDirs" | "auditHosts" | "auditRaw">;

/**
 * Keeps devices from other hosts, and secrets from devices. Files are confined where they are opened.
 *
 * @throws EngineError `invalid_request` with the setting that would allow it.
 */
export function confine(
  { type, options }: Pick<EnableDeviceInput, "type"> & { options: AuditDevice["options"] },
  { auditHosts, auditRaw }: DeviceConfines,
): void {
  const address = options["address"] ?? "";
  if (type === "socket" && !auditHosts.includes(address)) {
    throw invalidRequest(
      `unable to create new audit backend: socket "${address}" is not among those of LEASEHOLD_AUDIT_HOSTS`,
    );
  }
  if (!auditRaw && /^(?:1|t|true)$/i.test(options["log_raw"] ?? "")) {
    throw invalidRequest(
      'unable to create new audit backend: "log_raw" is not enabled in configuration (LEASEHOLD_AUDIT_RAW)',
    );
  }
}

/** `path` is an old name of `file_path`. */
export function filePathOf(options: Readonly<Record<string, string>>): string {
  return options["file_path"] ?? options["path"] ?? "";
}

function isFileTaken(file: string, devices: readonly AuditDevice[]): boolean {
  if (file === "stdout" || file === "discard") return false;
  return devices.some((device) => device.type === "file" && filePathOf(device.options) === file);
}

function checkOptions(input: EnableDeviceInput): void {
  const { options } = input;
  const refuse = (text: string): never => {
    throw invalidRequest(`unable to create new audit backend: ${text}`);
  };
  if ((options["prefix"] ?? "") !== "") {
    throw invalidRequest(
      "audit prefixing is not enabled in configuration, audit prefixing may not be configured for file sinks",
    );
  }
  if (input.type === "file" && filePathOf(options) === "") {
    refuse('"file_path" is required: invalid configuration');
  }
  if (input.type === "socket" && (options["address"] ?? "") === "") {
    refuse('"address" is required: invalid configuration');
  }
  if (!["", "json"].includes(options["format"] ?? "")) {
    refuse('unsupported "format": invalid configuration');
  }
  for (const name of ["log_raw", "hmac_accessor", "elide_list_responses"]) {
    const value = options[name] ?? "";
    if (value !== "" && !BOOLEAN.test(value)) {
      refuse(`unable to parse "${name}": invalid configuration`);
    }
  }
  if (input.type === "file") checkMode(options["mode"], refuse);
}

function checkMode(mode: string | undefined, refuse: (text: string) => never): void {
  if (mode === undefined || mode === "") return;
  if (!/^[0-7]{1,4}$/.test(mode)) refuse(`invalid mode: ${mode}`);
  if ((Number.parseInt(mode, 8) & 0o111) !== 0) refuse(`file mode may not be executable: ${mode}`);
}

/** An entry that stands for no request, and the id to find it by. */
function probeOf(ports: Ports, path: string): { id: string; line: string } {
  const id = ports.random.uuid();
  const entry = {
    time: ports.clock.now().toISOString(),
    type: "request",
    request: { id, operation: "update", namespace: { id: "root" }, path },
  };
  return { id, line: `${JSON.stringify(entry)}\n` };
}

/**
 * Writes an entry to a device as it is open now, and tells the id to find it by there.
 *
 * @throws EngineError `invalid_request`: there is no such device, or it did not take the entry.
 */
export async function testDevice(
  ports: Ports,
  scope: RequestScope,
  input: string,
): Promise<Decision> {
  const path = mountPath(input);
  const devices = await ports.devices.active(scope.config);
  const device = devices.find((one) => one.path === path);
  if (device === undefined) throw invalidRequest(`unknown audit backend "${path}"`);
  const { id, line } = probeOf(ports, `sys/leasehold/audit-devices/${path}test`);
  if (!(await device.write(line))) {
    const reason = ports.devices.states().get(path)?.lastError ?? "";
    throw invalidRequest(`audit backend failed test message: ${reason || "it lags behind"}`);
  }
  return told({ path, entry_id: id, written_at: ports.clock.now().toISOString() });
}

export async function listDevices(scope: RequestScope): Promise<Decision> {
  const devices = await scope.config.auditDevices();
  return told(
    Object.fromEntries(
      devices.map(({ path, type, description, options, local }) => [
        path,
        { path, type, description, options, local },
      ]),
    ),
  );
}

export function disableDevice(path: string): Promise<Decision> {
  return Promise.resolve(effected({ kind: "remove_audit_device", path: mountPath(path) }));
}

/**
 * How a device, or the built-in log, shows a text, so that it can be searched for.
 *
 * @throws EngineError `invalid_request`.
 */
export async function hashForDevice(
  ports: Ports,
  scope: RequestScope,
  input: { path: string; input: string },
): Promise<Decision> {
  if (input.input === "") throw invalidRequest('the "input" parameter is empty');
  const path = mountPath(input.path);
  if (path === BUILT_IN_PATH) return told({ hash: ports.builtInExposure().hash(input.input) });
  const devices = await scope.config.auditDevices();
  const device = devices.find((one) => one.path === path);
  if (device === undefined) throw invalidRequest(`unknown audit backend "${path}"`);
  return told({ hash: auditHash(device.salt.reveal(), input.input) });
}

const HEADERS = "audit_header";

/** Request headers that the log shows beside those that it always does. */
export async function auditedHeaders(
  config: ConfigSnapshot,
  sysMountId: string,
): Promise<{ name: string; hmac: boolean }[]> {
  const settings = await config.settings(sysMountId, HEADERS);
  return settings.map(({ key, body }) => ({ name: key, hmac: body["hmac"] === true }));
}

export async function listAuditedHeaders(scope: RequestScope): Promise<Decision> {
  const headers = await auditedHeaders(scope.config, scope.mount.id);
  return told({
    headers: Object.fromEntries(headers.map(({ name, hmac }) => [name, { hmac }])),
  });
}

export async function readAuditedHeader(scope: RequestScope, name: string): Promise<Decision> {
  const setting = await scope.config.setting(scope.mount.id, HEADERS, name.toLowerCase());
  if (setting === null) throw invalidRequest("Could not find header in config");
  return told({ [name]: { hmac: setting.body["hmac"] === true } });
}

export function writeAuditedHeader(
  scope: RequestScope,
  name: string,
  hmac: boolean,
): Promise<Decision> {
  return Promise.resolve(
    effected({
      kind: "put_setting",
      mountId: scope.mount.id,
      setting: HEADERS,
      key: name.toLowerCase(),
      body: { hmac },
    }),
  );
}

export function deleteAuditedHeader(scope: RequestScope, name: string): Promise<Decision> {
  if (name === "") return Promise.resolve(answered(null));
  return Promise.resolve(
    effected({
      kind: "delete_setting",
      mountId: scope.mount.id,
      setting: HEADERS,
      key: name.toLowerCase(),
    }),
  );
}
