import { constants } from "node:fs";
import { lstat, mkdir, open, realpath, type FileHandle } from "node:fs/promises";
import { basename, dirname, join, normalize, sep } from "node:path";
import { EngineError, invalidRequest, isEngineError } from "@/lib/engine/errors";
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
  if (!isBelow(file, folders)) throw outside(file, folders);
  const place = { file, mode: modeOf(mode), folders };
  return fileSink(place, await openFile(place));
}

type Place = { file: string; mode: number | null; folders: readonly string[] };

function isBelow(file: string, folders: readonly string[]): boolean {
  return folders.some((folder) => file.startsWith(folder.endsWith(sep) ? folder : folder + sep));
}

function outside(file: string, folders: readonly string[]): EngineError {
  return failed(file, `it is outside the folders allowed for audit files (${folders.join(", ")})`);
}

/**
 * Folders may be links: what counts is where a file really lies.
 *
 * @throws EngineError `invalid_request` when that is outside.
 */
async function confineReally({ file, folders }: Place): Promise<void> {
  const real = await Promise.all(
    folders.map((folder) => realpath(folder).catch(() => normalize(folder))),
  );
  if (!isBelow(`${await realFolder(dirname(file))}${sep}x`, real)) throw outside(file, folders);
}

/** Where a folder lies, or would lie once it is made. */
async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isMissing || (await lstat(folder).catch(() => null)) !== null) throw error;
    return join(await realFolder(dirname(folder)), basename(folder));
  }
}

function modeOf(mode: string | undefined): number | null {
  if (mode === undefined || mode === "") return DEFAULT_MODE;
  const bits = Number.parseInt(mode, 8);
  // "0000" leaves the file's mode as it is.
  return bits === 0 ? null : bits;
}

async function openFile(place: Place): Promise<FileHandle> {
  const { file, mode } = place;
  try {
    await confineReally(place);
    await mkdir(dirname(file), { recursive: true, mode: FOLDER_MODE });
    // A link could lead out of the allowed folders; a pipe without a reader would not open at all.
    const flags =
      constants.O_WRONLY |
      constants.O_APPEND |
      constants.O_CREAT |
      constants.O_NOFOLLOW |
      constants.O_NONBLOCK;
    const handle = await readied(await open(file, flags, mode ?? DEFAULT_MODE), mode);
    // What a full disk cut short must not swallow the line that comes next.
    if (await endsTorn(file)) await handle.appendFile("\n");
    return handle;
  } catch (error) {
    if (isEngineError(error)) throw error;
    throw failed(file, error instanceof Error ? error.message : String(error), error);
  }
}

async function readied(handle: FileHandle, mode: number | null): Promise<FileHandle> {
  try {
    if (!(await handle.stat()).isFile()) throw new Error("it is no regular file");
    if (mode !== null) await handle.chmod(mode);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function endsTorn(file: string): Promise<boolean> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch(() => null);
  if (handle === null) return false;
  try {
    const { size } = await handle.stat();
    if (size === 0) return false;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer.toString() !== "\n";
  } finally {
    await handle.close();
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
function fileSink(place: Place, first: FileHandle): Sink {
  let handle = first;
  return {
    write: async (text) => {
      const [there, ours] = await Promise.all([lstat(place.file).catch(() => null), handle.stat()]);
      if (there?.ino !== ours.ino || there.dev !== ours.dev) {
        const next = await openFile(place);
        await handle.close();
        handle = next;
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
