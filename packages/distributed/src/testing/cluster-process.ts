/** Starts a process of a test's cluster, hears what it says, and ends it in every way. It does not outlive this process. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync } from "node:fs";
import { join } from "node:path";
import type { Announcement, ClusterProcessSettings, Execution } from "./cluster-messages.ts";

/** Where processes find what others have compiled, as those of all tests do: it halves the time that they take to load. */
const compileCache = join(import.meta.dirname, "../../../../node_modules/.cache/node");
/** Has the kernel end a process with the one that started it, even one that is stopped. */
const setpriv = "/usr/bin/setpriv";

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Watcher {
  readonly isMet: (announcement: Announcement) => boolean;
  readonly resolve: (announcement: Announcement | null) => void;
}

export class ClusterProcess {
  readonly settings: ClusterProcessSettings;
  readonly #child: ChildProcess;
  readonly #announcements: Announcement[] = [];
  readonly #watchers = new Set<Watcher>();
  #unread = "";
  #complaint = "";
  readonly ended: Promise<Ending>;

  constructor(settings: ClusterProcessSettings) {
    this.settings = settings;
    const program = [join(import.meta.dirname, "run-cluster-process.ts"), JSON.stringify(settings)];
    const [file = "", ...args] = [...dyingWithUs(), process.execPath, ...program];
    const env = { NODE_COMPILE_CACHE: compileCache, ...process.env };
    const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"], env });
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        resolve({ code, signal });
        for (const { resolve: tell } of this.#watchers) tell(null);
        this.#watchers.clear();
      });
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint += text;
    });
    child.stdin.on("error", () => {});
  }

  get name(): string {
    return this.settings.name;
  }

  get announcements(): readonly Announcement[] {
    return this.#announcements;
  }

  get executions(): readonly Execution[] {
    return this.#announcements.filter((announcement) => announcement.type === "execution");
  }

  /** The codes of what failed that nobody waits for. */
  get failures(): readonly string[] {
    return this.#announcements.flatMap((said) => (said.type === "failure" ? [said.code] : []));
  }

  /** What it has written to its standard error. */
  get complaint(): string {
    return this.#complaint;
  }

  /** Resolves with the first announcement that fits, be it in the past; null when it ends before. */
  async until(isMet: (announcement: Announcement) => boolean): Promise<Announcement | null> {
    return this.#announcements.find(isMet) ?? this.untilNext(isMet);
  }

  /** As `until`, of what it says from now on. */
  untilNext(isMet: (announcement: Announcement) => boolean): Promise<Announcement | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#watchers.add({ isMet, resolve });
    });
  }

  async untilReady(): Promise<void> {
    const ready = await this.until(({ type }) => type === "ready");
    const said = JSON.stringify(this.#announcements.slice(-3));
    assert.ok(ready !== null, `${this.name} ended before it was ready: ${said} ${this.#complaint}`);
  }

  signal(signal: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(signal);
  }

  #read(text: string): void {
    const lines = (this.#unread + text).split("\n");
    this.#unread = lines.pop() ?? "";
    for (const line of lines) {
      const announcement = JSON.parse(line) as Announcement;
      this.#announcements.push(announcement);
      for (const watcher of this.#watchers) {
        if (!watcher.isMet(announcement)) continue;
        this.#watchers.delete(watcher);
        watcher.resolve(announcement);
      }
    }
  }
}

function dyingWithUs(): readonly string[] {
  try {
    accessSync(setpriv);
    return [setpriv, "--pdeathsig", "KILL"];
  } catch {
    return [];
  }
}
