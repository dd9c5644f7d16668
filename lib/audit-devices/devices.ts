import { hashing, inClear } from "@/lib/engine/audit/exposure";
import { confine, type DeviceConfines, filePathOf } from "@/lib/engine/audit/devices";
import type { AuditDevice, ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { ActiveDevice, AuditDevices, DeviceState } from "@/lib/engine/ports";
import { DeviceQueue } from "@/lib/audit-devices/device-queue";
import { openFileSink, probeFailed } from "@/lib/audit-devices/file-device";
import type { Sink } from "@/lib/audit-devices/sink";
import { openSocketSink, openSyslogSink } from "@/lib/audit-devices/socket-device";

type Options = {
  confines: DeviceConfines;
  report(message: string, cause: unknown): void;
};

type Open = { key: string; queue: DeviceQueue };

/**
 * The devices beside the built-in log, opened as the configuration names them. A device that fails
 * is counted and reported; the request goes on, since the built-in log has its entry.
 */
export class Devices implements AuditDevices {
  readonly #options: Options;
  readonly #open = new Map<string, Open>();

  constructor(options: Options) {
    this.#options = options;
  }

  async active(config: ConfigSnapshot): Promise<readonly ActiveDevice[]> {
    const known = config.memo.get(ACTIVE);
    // Set below only.
    if (known !== undefined) return known as readonly ActiveDevice[];
    const devices = await config.auditDevices();
    this.#closeOthers(devices);
    const active = devices.map((device) => this.#activate(device));
    config.memo.set(ACTIVE, active);
    return active;
  }

  async probe(type: string, options: Record<string, string>, line: string): Promise<void> {
    const sink = await this.#sink(type, options);
    try {
      await sink.write(line);
    } catch (error) {
      throw probeFailed(error);
    } finally {
      await sink.close();
    }
  }

  states(): ReadonlyMap<string, DeviceState> {
    return new Map([...this.#open].map(([path, { queue }]) => [path, queue.state]));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ queue }) => queue.close()));
    this.#open.clear();
  }

  #closeOthers(devices: readonly AuditDevice[]): void {
    const wanted = new Set(devices.map(keyOf));
    for (const [path, { key, queue }] of this.#open) {
      if (wanted.has(key)) continue;
      this.#open.delete(path);
      void queue.close();
    }
  }

  #activate(device: AuditDevice): ActiveDevice {
    const { options } = device;
    const raw = isTrue(options["log_raw"]) && this.#options.confines.auditRaw;
    const elideLists = isTrue(options["elide_list_responses"]);
    const hmacAccessor = options["hmac_accessor"] === undefined || isTrue(options["hmac_accessor"]);
    const salt = device.salt.reveal();
    return {
      path: device.path,
      exposure: () => (raw ? inClear(elideLists) : hashing(salt, { hmacAccessor, elideLists })),
      write: (line) => this.#opened(device).queue.write(line),
    };
  }

  #opened(device: AuditDevice): Open {
    const known = this.#open.get(device.path);
    if (known?.key === keyOf(device)) return known;
    const queue = new DeviceQueue({
      open: () => this.#sink(device.type, device.options),
      failed: (error) => this.#options.report(`the audit device ${device.path} failed`, error),
    });
    const open = { key: keyOf(device), queue };
    this.#open.set(device.path, open);
    return open;
  }

  async #sink(type: string, options: Readonly<Record<string, string>>): Promise<Sink> {
    // What was allowed when the device was enabled may not be any more.
    confine({ type, options }, this.#options.confines);
    if (type === "socket") return openSocketSink(options);
    if (type === "syslog") return openSyslogSink(options);
    return openFileSink(filePathOf(options), options["mode"], this.#options.confines.auditDirs);
  }
}

const ACTIVE = "active audit devices";

function keyOf(device: AuditDevice): string {
  return JSON.stringify([device.path, device.type, device.options]);
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && /^(?:1|t|true)$/i.test(text);
}
