/** What was skipped for want of a server, to be said once more where it is not overlooked: beside the totals. */
import type { TestEvent } from "node:test/reporters";
import {
  installCommands,
  missingServer,
  type ServerKind,
  serverKinds,
  servers,
} from "@mycroft/distributed/testing";

export class SkippedSuites {
  readonly #names = new Map<ServerKind, Set<string>>();

  note(event: TestEvent): void {
    if (event.type !== "test:pass") return;
    const { name, skip } = event.data;
    const kind = serverKinds.find((each) => missingServer(each) === skip);
    if (kind === undefined) return;
    const names = this.#names.get(kind) ?? new Set();
    this.#names.set(kind, names.add(name));
  }

  /** None when nothing was skipped for want of a server. */
  lines(): readonly string[] {
    const missing = serverKinds.filter((kind) => this.#names.has(kind));
    if (missing.length === 0) return [];
    return [
      ...missing.map((kind) => {
        const names = [...(this.#names.get(kind) ?? [])];
        return `⚠ NOT TESTED, for there is no ${servers[kind].name}: ${names.join("; ")}`;
      }),
      `⚠ To have it tested: ${installCommands(...missing)}`,
    ];
  }
}
