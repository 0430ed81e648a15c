/** Starts processes that work on the mixed runs, watches them, and ends them in every way. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Announcement, WorkCommand, WorkSettings } from "./work-messages.ts";

/** Where processes find what others have compiled, as those of all tests do: it halves the time that they take to load. */
const compileCache = join(import.meta.dirname, "../../../../node_modules/.cache/node");

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it complained of on its way. */
  readonly complaint: string;
}

interface Watcher {
  readonly isMet: (announcement: Announcement) => boolean;
  readonly resolve: (isMet: boolean) => void;
}

/** A process that is loaded, or about to be: it does nothing before `begin`. */
export class WorkingProcess {
  readonly #child: ChildProcess;
  readonly #announcements: Announcement[] = [];
  readonly #watchers = new Set<Watcher>();
  #unread = "";
  #complaint = "";
  readonly ended: Promise<Ending>;

  /** @param isCached whether results are used again; loading that takes a while. */
  constructor({ isCached = false } = {}) {
    const env = { NODE_COMPILE_CACHE: compileCache, ...process.env };
    const program = fileURLToPath(new URL("work-on-runs.ts", import.meta.url));
    const child = spawn(process.execPath, [program, ...(isCached ? ["cached"] : [])], {
      stdio: ["pipe", "pipe", "pipe"],
      env,
    });
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        resolve({ code, signal, complaint: this.#complaint });
      });
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint += text;
    });
    // What is written to one that was killed meanwhile.
    child.stdin.on("error", () => {});
  }

  get pid(): number {
    return this.#child.pid ?? assert.fail("it did not start");
  }

  get announcements(): readonly Announcement[] {
    return this.#announcements;
  }

  /** How many commits the bus has told it of. */
  get updates(): number {
    return this.#announcements.filter(({ type }) => type === "update").length;
  }

  begin(settings: WorkSettings): void {
    this.#child.stdin?.write(`${JSON.stringify(settings)}\n`);
  }

  tell(command: WorkCommand): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  /**
   * Resolves when it announces such a thing, or has: asked once of each announcement, in order. Also when it ends without
   * that: then with false.
   */
  async until(isMet: (announcement: Announcement) => boolean): Promise<boolean> {
    return this.#announcements.some(isMet) || this.untilNext(isMet);
  }

  /** As `until`, of what it announces from now on. */
  untilNext(isMet: (announcement: Announcement) => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      this.#watchers.add({ isMet, resolve });
      void this.ended.then(() => resolve(false));
    });
  }

  /** Resolves when the bus has told it of that many commits in all, or it has ended. */
  async untilUpdates(count: number): Promise<void> {
    let left = count;
    await this.until(({ type }) => {
      if (type === "update") left -= 1;
      return left <= 0;
    });
  }

  kill(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): void {
    this.#child.kill(signal);
  }

  #read(text: string): void {
    const lines = (this.#unread + text).split("\n");
    // What has no end yet; of one that was killed meanwhile it never gets one.
    this.#unread = lines.pop() ?? "";
    for (const line of lines) {
      const announcement = JSON.parse(line) as Announcement;
      this.#announcements.push(announcement);
      for (const watcher of this.#watchers) {
        if (!watcher.isMet(announcement)) continue;
        this.#watchers.delete(watcher);
        watcher.resolve(true);
      }
    }
  }
}
