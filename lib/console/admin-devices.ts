import { z } from "zod";
import { Health } from "@/lib/console/admin-health";
import type { Operator, Read } from "@/lib/console/operator";

const Device = z.object({
  path: z.string(),
  type: z.string(),
  description: z.string(),
  options: z.record(z.string(), z.string()).nullable(),
  local: z.boolean(),
});
const Devices = z.record(z.string(), Device);
export type AuditDevice = z.infer<typeof Device>;

export type DeviceState = Health["audit"]["devices"][number];

/** What this instance knows of its devices. */
export type DeviceStates = {
  asOf: string;
  byPath: Readonly<Record<string, DeviceState>>;
  folders: readonly string[];
};

export async function listDevices(operator: Operator): Promise<Read<AuditDevice[]>> {
  const read = await operator.read(Devices, "sys/audit");
  if (!read.ok) return read;
  return { ok: true, data: Object.values(read.data).sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

export async function readDeviceStates(operator: Operator): Promise<Read<DeviceStates>> {
  const read = await operator.read(Health, "sys/leasehold/health");
  if (!read.ok) return read;
  const { as_of: asOf, audit } = read.data;
  const byPath = Object.fromEntries(audit.devices.map((state) => [state.path, state]));
  return { ok: true, data: { asOf, byPath, folders: audit.file_folders } };
}

const Name = z
  .string()
  .trim()
  .max(200)
  .transform((path) => path.replace(/^\/+|\/+$/g, ""))
  .pipe(z.string().min(1, "A name is needed."));

/** What is typed to enable a device. */
export const DeviceForm = z
  .object({
    path: Name,
    type: z.enum(["file", "socket", "syslog"]),
    description: z.string().max(1000),
    filePath: z.string().trim().max(1000),
    mode: z
      .string()
      .trim()
      .regex(/^(?:[0-7]{1,4})?$/, "Octal digits, as of chmod: 0600, 0640."),
    address: z.string().trim().max(300),
    socketType: z.enum(["tcp", "udp", "unix"]),
    facility: z.string().trim().max(20),
    tag: z.string().trim().max(50),
    logRaw: z.boolean(),
    hmacAccessor: z.boolean(),
    elideLists: z.boolean(),
  })
  .superRefine(({ type, filePath, address }, context) => {
    if (type === "file" && !/^(?:\/.+|stdout|discard)$/.test(filePath)) {
      context.addIssue({
        code: "custom",
        path: ["filePath"],
        message: "An absolute path, or stdout.",
      });
    }
    if (type === "socket" && address === "") {
      context.addIssue({ code: "custom", path: ["address"], message: "An address is needed." });
    }
  });
export type DeviceForm = z.infer<typeof DeviceForm>;

/** The body of `sys/audit/<name>` for a form. */
export function deviceBody(form: DeviceForm): Record<string, unknown> {
  const own = {
    file: { file_path: form.filePath, mode: form.mode },
    socket: { address: form.address, socket_type: form.socketType },
    syslog: { facility: form.facility, tag: form.tag },
  }[form.type];
  const options = {
    ...own,
    ...(form.logRaw && { log_raw: "true" }),
    ...(!form.hmacAccessor && { hmac_accessor: "false" }),
    ...(form.elideLists && { elide_list_responses: "true" }),
  };
  return {
    type: form.type,
    description: form.description,
    options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== "")),
  };
}
