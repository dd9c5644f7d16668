import { constants } from "node:fs";
import { lstat, mkdir, open, type FileHandle } from "node:fs/promises";
import { dirname, normalize, sep } from "node:path";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Sink } from "@/lib/audit-devices/sink";

const DEFAULT_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * A file to which lines are appended, below the folders that the installation allows.
 *
 * @throws EngineError `invalid_request` with Vault's text when it cannot be written.
 */
export async function openFileSink(
  path: string,
  mode: string | undefined,
  folders: readonly string[],
): Promise<Sink> {
  if (path === "discard") return { write: () => Promise.resolve(), close: () => Promise.resolve() };
  if (path === "stdout") return stdoutSink();
  const file = normalize(path);
  if (!folders.some((folder) => file.startsWith(folder.endsWith(sep) ? folder : folder + sep))) {
    throw failed(file, `it is outside the folders allowed for audit files (${folders.join(", ")})`);
  }
  const handle = await openFile(file, modeOf(mode));
  return fileSink(file, handle, modeOf(mode));
}

function modeOf(mode: string | undefined): number | null {
  if (mode === undefined || mode === "") return DEFAULT_MODE;
  const bits = Number.parseInt(mode, 8);
  // "0000" leaves the file's mode as it is.
  return bits === 0 ? null : bits;
}

async function openFile(file: string, mode: number | null): Promise<FileHandle> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: FOLDER_MODE });
    // A link could lead out of the allowed folders, or to a device.
    const flags =
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
    const handle = await open(file, flags, mode ?? DEFAULT_MODE);
    if (mode !== null) await handle.chmod(mode);
    return handle;
  } catch (error) {
    throw failed(file, error instanceof Error ? error.message : String(error), error);
  }
}

function failed(file: string, reason: string, cause?: unknown): EngineError {
  return new EngineError(
    "invalid_request",
    `unable to create new audit backend: file sink creation failed for path "${file}": sanity check failed; unable to open "${file}" for writing: ${reason}`,
    { cause },
  );
}

/** A file that was moved away (log rotation) is made anew with the next line. */
function fileSink(file: string, first: FileHandle, mode: number | null): Sink {
  let handle = first;
  return {
    write: async (text) => {
      const [there, ours] = await Promise.all([lstat(file).catch(() => null), handle.stat()]);
      if (there?.ino !== ours.ino) {
        await handle.close();
        handle = await openFile(file, mode);
      }
      await handle.appendFile(text);
    },
    close: () => handle.close(),
  };
}

function stdoutSink(): Sink {
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => Promise.resolve(),
  };
}

/** @throws EngineError `invalid_request`: the device did not take its probe. */
export function probeFailed(cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return invalidRequest(`audit backend failed test message: ${reason}`);
}
