/** Which test files need a program: those that ask whether it is there. */
import { readFileSync } from "node:fs";
import { type TestProgram, testPrograms } from "./test-programs.ts";

/** @param files test files, as paths. */
export function filesThatNeed(kind: TestProgram, files: readonly string[]): readonly string[] {
  const question = new RegExp(`\\bwhyNo(?:${testPrograms[kind].name}\\(|Server\\("${kind}"\\))`);
  return files.filter((file) => question.test(readFileSync(file, "utf8")));
}
