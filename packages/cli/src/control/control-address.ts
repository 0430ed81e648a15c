/**
 * Where the process that holds a store listens, and where others look for it: a socket in the record folder, or, where
 * that path is longer than a socket's may be, in a folder of the user's own among the temporary files. Nobody but the
 * user who runs the process can reach either.
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A socket's path has at most 104 bytes on some systems, its end included. */
const longestPath = 100;
const socketName = "control.sock";
const hashDigits = 16;

export interface ControlAddress {
  readonly path: string;
  /** Whether there is a file at `path`, which a process that was killed leaves behind. */
  readonly isFile: boolean;
  /** Whether its folder is one that others can write to, unless it is made with care. */
  readonly isShared: boolean;
}

export interface AddressOptions {
  /** Both come from the machine unless given. */
  readonly platform?: NodeJS.Platform;
  readonly temporaryFolder?: string;
}

/** The places in the order in which they are tried, by the server and by its clients alike. */
export function controlAddresses(
  recordFolder: string,
  { platform = process.platform, temporaryFolder = tmpdir() }: AddressOptions = {},
): readonly ControlAddress[] {
  const folder = realFolder(recordFolder);
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, hashDigits);
  if (platform === "win32") {
    return [{ path: `\\\\.\\pipe\\mycroft-${userName()}-${hash}`, isFile: false, isShared: false }];
  }
  const beside = { path: join(folder, socketName), isFile: true, isShared: false };
  const apart = {
    path: join(temporaryFolder, `mycroft-${userName()}`, `${hash}.sock`),
    isFile: true,
    isShared: true,
  };
  return [beside, apart].filter(({ path }) => Buffer.byteLength(path) <= longestPath);
}

/** Makes the folder of a shared address. False when it cannot be made, or belongs to somebody else. */
export function preparePlace({ path, isShared }: ControlAddress): boolean {
  if (!isShared) return true;
  try {
    mkdirSync(dirname(path), { mode: 0o700 });
  } catch (thrown) {
    if (Reflect.get(Object(thrown), "code") !== "EEXIST") return false;
  }
  return isTrusted({ path, isShared });
}

/** Whether what listens there can only be a process of this user: anybody may put something among the temporary files. */
export function isTrusted({ path, isShared }: Pick<ControlAddress, "path" | "isShared">): boolean {
  if (!isShared) return true;
  const folder = lstatSync(dirname(path), { throwIfNoEntry: false });
  return folder?.isDirectory() === true && folder.uid === process.getuid?.() && (folder.mode & 0o077) === 0;
}

/** The same folder has one hash, by whatever link one comes to it. */
function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function userName(): string {
  return String(process.getuid?.() ?? process.env["USERNAME"] ?? "user");
}
