/** What was skipped for want of a program, to be said once more where it is not overlooked: beside the totals. */
import type { TestEvent } from "node:test/reporters";
import {
  commandsToInstall,
  missingProgram,
  type TestProgram,
  testProgramKinds,
  testPrograms,
} from "./test-programs.ts";

export class SkippedSuites {
  readonly #names = new Map<TestProgram, Set<string>>();

  note(event: TestEvent): void {
    if (event.type !== "test:pass") return;
    const { name, skip } = event.data;
    const kind = testProgramKinds.find((each) => missingProgram(each) === skip);
    if (kind === undefined) return;
    const names = this.#names.get(kind) ?? new Set();
    this.#names.set(kind, names.add(name));
  }

  /** None when nothing was skipped for want of a program. */
  lines(): readonly string[] {
    const missing = testProgramKinds.filter((kind) => this.#names.has(kind));
    if (missing.length === 0) return [];
    return [
      ...missing.map((kind) => {
        const names = [...(this.#names.get(kind) ?? [])];
        return `⚠ NOT TESTED, for there is no ${testPrograms[kind].name}: ${names.join("; ")}`;
      }),
      `⚠ To have it tested: ${commandsToInstall(...missing)}`,
    ];
  }
}
