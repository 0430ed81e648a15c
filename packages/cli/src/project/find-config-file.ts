/** Where a project's configuration lies. It is not loaded here, since that runs the user's code. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { MycroftError } from "@mycroft/errors";

const usualName = "mycroft.config.ts";

/**
 * The configuration that holds in `directory`: the one that is named, or `mycroft.config.ts` if it is there.
 * @throws {MycroftError} CONFIG_NOT_FOUND when the one that is named is not there.
 */
export function findConfigFile(directory: string, named: string | undefined): string | null {
  const file = resolve(directory, named ?? usualName);
  if (existsSync(file) && statSync(file).isFile()) return file;
  if (named === undefined) return null;
  throw new MycroftError("CONFIG_NOT_FOUND", `There is no configuration file ${file}.`, {
    details: { file },
  });
}
