/** What is asked of a data file before a byte of it is read (P7, P8). */
import { stat } from "node:fs/promises";
import { asMycroftError, MycroftError } from "@mycroft/errors";

/**
 * @param limit what the limit on its bytes is called, for the error.
 * @throws {MycroftError} DATA_FILE_UNREADABLE unless it is a regular file; DATA_EMPTY; LIMIT_EXCEEDED.
 */
export async function checkFile(path: string, maxBytes: number, limit = "maxFileBytes"): Promise<void> {
  const status = await stat(path).catch((error: unknown) => {
    throw unreadableFile(path, whyNot(error), error);
  });
  // Opening a pipe or a device may block or never end.
  if (!status.isFile()) throw unreadableFile(path, "it is not a regular file");
  if (status.size === 0) {
    throw new MycroftError("DATA_EMPTY", `${path} is empty.`, { details: { file: path } });
  }
  if (status.size <= maxBytes) return;
  throw new MycroftError(
    "LIMIT_EXCEEDED",
    `${path} has ${status.size} bytes; the limit ${limit} is ${maxBytes}.`,
    { details: { file: path, limit, value: status.size, max: maxBytes } },
  );
}

/** Why a file cannot be opened, as the end of a sentence. */
export function whyNot(error: unknown): string {
  switch (error instanceof Error ? Reflect.get(error, "code") : undefined) {
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such file";
    case "EACCES":
    case "EPERM":
      return "this user may not read it";
    case "ENAMETOOLONG":
      return "its name is too long";
    default:
      return asMycroftError(error).message;
  }
}

/** DATA_FILE_UNREADABLE. @param why such as `it is not JSON`, without a full stop. */
export function unreadableFile(path: string, why: string, cause?: unknown): MycroftError {
  return new MycroftError("DATA_FILE_UNREADABLE", `${path} cannot be read: ${why}.`, {
    details: { file: path },
    cause,
  });
}
