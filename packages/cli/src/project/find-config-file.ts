/** Where a project's configuration lies. It is not loaded here, since that runs the user's code. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { MycroftError } from "@mycroft/errors";

const usualName = "mycroft.config.ts";

/**
 * The configuration that holds in `directory`: the one that is named, or `mycroft.config.ts` if it is there.
 * @throws {MycroftError} CONFIG_NOT_FOUND when the one that is named is not there; CONFIG_INVALID when the one that is
 *   there unnamed is no file, since the built-in project would be taken in its place.
 */
export function findConfigFile(directory: string, named: string | undefined): string | null {
  const file = resolve(directory, named ?? usualName);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile()) return file;
  if (found !== undefined && named === undefined) {
    throw new MycroftError("CONFIG_INVALID", `${file} is there, but it is not a file.`, {
      details: { file },
    });
  }
  if (named === undefined) return null;
  throw new MycroftError("CONFIG_NOT_FOUND", `There is no configuration file ${file}.`, {
    details: { file },
  });
}
