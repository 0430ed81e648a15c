/** Where a test lets processes work on the mixed runs: its folders and processes are gone after it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../sqlite-store/open-sqlite-store.ts";
import { storeFiles } from "../sqlite-store/store-files.ts";
import type { AnnouncedFacts } from "./announced-facts.ts";
import { assertWhole, endStatesOf } from "./end-states.ts";
import { WorkingProcess } from "./working-process.ts";

export interface Undisturbed {
  readonly ends: ReadonlyMap<string, unknown>;
  /** How large the store's file is then. */
  readonly bytes: number;
}

export class Workplace {
  readonly #folders: string[] = [];
  readonly #processes = new Set<WorkingProcess>();
  readonly #undisturbed = new Map<number, Promise<Undisturbed>>();

  newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), "mycroft-work-"));
    this.#folders.push(folder);
    return folder;
  }

  newProcess(isCached = false): WorkingProcess {
    const process = new WorkingProcess({ isCached });
    this.#processes.add(process);
    void process.ended.then(() => this.#processes.delete(process));
    return process;
  }

  /** Lets a process work until all has settled. */
  async finish(folder: string, waves = 1): Promise<WorkingProcess> {
    const process = this.newProcess(true);
    process.begin({ folder, waves });
    await assertFinished(process);
    return process;
  }

  /** Once all has settled: nothing that was announced is missing, and all is as if nothing had happened. */
  async assertSameEnd(folder: string, facts: AnnouncedFacts, waves = 1): Promise<void> {
    await assertWhole(folder);
    const store = await openSqliteStore({ folder, readOnly: true });
    await facts.checkAll(store);
    await store.close();
    assert.deepEqual(await endStatesOf(folder), (await this.undisturbed(waves)).ends);
  }

  async clear(): Promise<void> {
    for (const process of this.#processes) process.kill();
    await Promise.all(Array.from(this.#processes, (process) => process.ended));
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }

  /** What the runs come to when nothing disturbs them. */
  undisturbed(waves = 1): Promise<Undisturbed> {
    const known = this.#undisturbed.get(waves) ?? this.#workUndisturbed(waves);
    this.#undisturbed.set(waves, known);
    return known;
  }

  async #workUndisturbed(waves: number): Promise<Undisturbed> {
    const folder = this.newFolder();
    await this.finish(folder, waves);
    const { size } = statSync(storeFiles(folder).database);
    return { ends: await endStatesOf(folder), bytes: size };
  }
}

/** Resolves when the process has ended by itself, with no slot in use. */
export async function assertFinished(process: WorkingProcess): Promise<void> {
  const { code, complaint } = await process.ended;
  assert.equal(code, 0, complaint);
  const idle = process.announcements.filter(({ type }) => type === "idle");
  assert.deepEqual(idle, [{ type: "idle", inUse: 0, waiting: 0 }], "no slot is in use at the end");
}
