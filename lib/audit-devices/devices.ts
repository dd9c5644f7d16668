import { hashing, inClear } from "@/lib/engine/audit/exposure";
import { filePathOf } from "@/lib/engine/audit/devices";
import type { AuditDevice, ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { ActiveDevice, AuditDevices, DeviceState } from "@/lib/engine/ports";
import { openFileSink, probeFailed } from "@/lib/audit-devices/file-device";
import type { Sink } from "@/lib/audit-devices/sink";
import { openSocketSink, openSyslogSink } from "@/lib/audit-devices/socket-device";

/** A device that takes longer than this for a line has failed. */
const WRITE_TIMEOUT_MS = 5_000;

type Options = { folders: readonly string[]; report(message: string, cause: unknown): void };

type Open = { key: string; sink: Promise<Sink>; tail: Promise<unknown> };

/**
 * The devices beside the built-in log, opened as the configuration names them. A device that fails
 * is counted and reported; the request goes on, since the built-in log has its entry.
 */
export class Devices implements AuditDevices {
  readonly #options: Options;
  readonly #open = new Map<string, Open>();
  readonly #states = new Map<string, DeviceState>();

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
    return this.#states;
  }

  async close(): Promise<void> {
    for (const { sink, tail } of this.#open.values()) {
      await tail;
      await sink.then((opened) => opened.close()).catch(() => undefined);
    }
    this.#open.clear();
  }

  #closeOthers(devices: readonly AuditDevice[]): void {
    const wanted = new Set(devices.map(keyOf));
    const paths = new Set(devices.map(({ path }) => path));
    for (const path of this.#states.keys()) if (!paths.has(path)) this.#states.delete(path);
    for (const [path, open] of this.#open) {
      if (wanted.has(open.key)) continue;
      this.#open.delete(path);
      void open.tail
        .then(() => open.sink)
        .then((sink) => sink.close())
        .catch(() => undefined);
    }
  }

  #activate(device: AuditDevice): ActiveDevice {
    const { options } = device;
    const raw = isTrue(options["log_raw"]);
    const elideLists = isTrue(options["elide_list_responses"]);
    const hmacAccessor = options["hmac_accessor"] === undefined || isTrue(options["hmac_accessor"]);
    const salt = device.salt.reveal();
    return {
      path: device.path,
      exposure: () => (raw ? inClear(elideLists) : hashing(salt, { hmacAccessor, elideLists })),
      write: (line) => this.#write(device, line),
    };
  }

  /** Lines of one device go out one after the other. */
  #write(device: AuditDevice, line: string): Promise<boolean> {
    const open = this.#opened(device);
    const written = open.tail.then(async () => {
      try {
        await withinTime((await open.sink).write(line));
        this.#took(device.path);
        return true;
      } catch (error) {
        this.#lost(device.path, error);
        this.#options.report(`the audit device ${device.path} failed`, error);
        this.#open.delete(device.path);
        return false;
      }
    });
    open.tail = written;
    return written;
  }

  #took(path: string): void {
    const lost = this.#states.get(path)?.lost ?? 0;
    this.#states.set(path, { lastWrittenAt: new Date(), failingSince: null, lastError: "", lost });
  }

  #lost(path: string, error: unknown): void {
    const known = this.#states.get(path);
    this.#states.set(path, {
      lastWrittenAt: known?.lastWrittenAt ?? null,
      failingSince: known?.failingSince ?? new Date(),
      lastError: error instanceof Error ? error.message : String(error),
      lost: (known?.lost ?? 0) + 1,
    });
  }

  #opened(device: AuditDevice): Open {
    const known = this.#open.get(device.path);
    if (known?.key === keyOf(device)) return known;
    const sink = this.#sink(device.type, device.options);
    sink.catch(() => undefined);
    const open = { key: keyOf(device), sink, tail: Promise.resolve() };
    this.#open.set(device.path, open);
    return open;
  }

  async #sink(type: string, options: Readonly<Record<string, string>>): Promise<Sink> {
    if (type === "socket") return openSocketSink(options);
    if (type === "syslog") return openSyslogSink(options);
    return openFileSink(filePathOf(options), options["mode"], this.#options.folders);
  }
}

const ACTIVE = "active audit devices";

function keyOf(device: AuditDevice): string {
  return JSON.stringify([device.path, device.type, device.options]);
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && /^(?:1|t|true)$/i.test(text);
}

async function withinTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${WRITE_TIMEOUT_MS} ms`)),
      WRITE_TIMEOUT_MS,
    );
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
