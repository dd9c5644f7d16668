import { createSocket } from "node:dgram";
import { connect, type Socket } from "node:net";
import { parseDuration } from "@/lib/engine/duration";
import type { Sink } from "@/lib/audit-devices/sink";

const WRITE_TIMEOUT_SECONDS = 2;
const SYSLOG_PORT_PATH = "/dev/log";
const FACILITIES: Readonly<Record<string, number>> = {
  KERN: 0,
  USER: 1,
  MAIL: 2,
  DAEMON: 3,
  AUTH: 4,
  SYSLOG: 5,
  LPR: 6,
  NEWS: 7,
  UUCP: 8,
  CRON: 9,
  AUTHPRIV: 10,
  FTP: 11,
  LOCAL0: 16,
  LOCAL1: 17,
  LOCAL2: 18,
  LOCAL3: 19,
  LOCAL4: 20,
  LOCAL5: 21,
  LOCAL6: 22,
  LOCAL7: 23,
};
const SEVERITY_INFO = 6;

/**
 * Lines over TCP, UDP or a Unix socket; a broken connection is made again once for a line.
 *
 * @see https://developer.hashicorp.com/vault/docs/audit/socket
 */
export function openSocketSink(options: Readonly<Record<string, string>>): Sink {
  const address = options["address"] ?? "";
  const kind = options["socket_type"] ?? "tcp";
  const timeoutMs =
    1000 *
    (options["write_timeout"] ? parseDuration(options["write_timeout"]) : WRITE_TIMEOUT_SECONDS);
  if (kind === "udp") return udpSink(address);
  return streamSink(() => connectTo(kind, address, timeoutMs));
}

/** The machine's own syslog. @see https://developer.hashicorp.com/vault/docs/audit/syslog */
export function openSyslogSink(options: Readonly<Record<string, string>>): Sink {
  const facility = FACILITIES[(options["facility"] ?? "AUTH").toUpperCase()] ?? 4;
  const tag = options["tag"] ?? "vault";
  const sink = streamSink(() => connectTo("unix", SYSLOG_PORT_PATH, WRITE_TIMEOUT_SECONDS * 1000));
  return {
    write: (text) => sink.write(`<${facility * 8 + SEVERITY_INFO}>${tag}: ${text}`),
    close: () => sink.close(),
  };
}

function connectTo(kind: string, address: string, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const colon = address.lastIndexOf(":");
    const socket =
      kind === "unix"
        ? connect({ path: address })
        : connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) });
    socket.setTimeout(timeoutMs, () =>
      socket.destroy(new Error(`no answer within ${timeoutMs} ms`)),
    );
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}

function streamSink(open: () => Promise<Socket>): Sink {
  let socket: Socket | null = null;
  const opened = async (): Promise<Socket> => {
    const fresh = await open();
    // Without a listener, a connection lost between two lines would end the process.
    fresh.on("error", () => undefined);
    return fresh;
  };
  const writeOnce = async (text: string): Promise<void> => {
    socket ??= await opened();
    const current = socket;
    await new Promise<void>((resolve, reject) => {
      current.write(text, (error) => (error ? reject(error) : resolve()));
    });
  };
  return {
    write: async (text) => {
      try {
        await writeOnce(text);
      } catch {
        socket?.destroy();
        socket = null;
        await writeOnce(text);
      }
    },
    close: () => {
      socket?.destroy();
      return Promise.resolve();
    },
  };
}

function udpSink(address: string): Sink {
  const colon = address.lastIndexOf(":");
  const socket = createSocket("udp4");
  socket.unref();
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        socket.send(text, Number(address.slice(colon + 1)), address.slice(0, colon), (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    close: () => Promise.resolve(void socket.close()),
  };
}
