/** Which test files need a server: those that ask whether there is one. */
import { readFileSync } from "node:fs";
import { type ServerKind, servers } from "@mycroft/distributed/testing";

/** @param files test files, as paths. */
export function filesThatNeed(kind: ServerKind, files: readonly string[]): readonly string[] {
  const question = new RegExp(`\\bwhyNo(?:${servers[kind].name}\\(|Server\\("${kind}"\\))`);
  return files.filter((file) => question.test(readFileSync(file, "utf8")));
}
