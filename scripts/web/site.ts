/** A real `mycroft start` with its record in a folder of its own, for a browser to visit: started, killed, started again, ended. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@mycroft/distributed/testing";
import { root } from "../find-tests.ts";
import { goFile, type MoreOfProject, writeSiteProject } from "./site-project.ts";

const program = join(root, "packages/cli/bin/mycroft.js");
const addressForm = /(http:\/\/[\w.:[\]]+)\/\?token=[\w-]+/u;

export class Site {
  readonly folder: string;
  #child: ChildProcess | null = null;
  #origin = "";
  #signInUrl = "";

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(more: MoreOfProject = {}): Promise<Site> {
    const site = new Site(realpathSync(mkdtempSync(join(tmpdir(), "mycroft-site-"))));
    try {
      writeSiteProject(site.folder, more);
      await site.start();
      return site;
    } catch (thrown) {
      await site.close();
      throw thrown;
    }
  }

  /** Where it is; the same after it was killed and started again. */
  get origin(): string {
    return this.#origin;
  }

  /** The address that is printed; a new one each time that it is started. */
  get signInUrl(): string {
    return this.#signInUrl;
  }

  /** Resolves when it has printed its address: the committee has decided by then. */
  async start(): Promise<void> {
    const port = this.#origin === "" ? await freePort() : Number(new URL(this.#origin).port);
    const words = ["start", "--no-open", "--port", String(port), "--grace", "1"];
    const child = spawn(process.execPath, [program, ...words], { cwd: this.folder, env: environment() });
    this.#child = child;
    const [url = "", origin = ""] = await printed(child, addressForm);
    this.#signInUrl = url;
    this.#origin = origin;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Another command on the same record; gives what it printed. */
  run(...words: readonly string[]): string {
    return execFileSync(process.execPath, [program, ...words], {
      cwd: this.folder,
      env: environment(),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  }

  /** Lets a step of `paced` go on. */
  letGo(...steps: readonly number[]): void {
    for (const step of steps) writeFileSync(join(this.folder, goFile(step)), "");
  }

  async close(): Promise<void> {
    await this.#end("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
}

/** Resolves with the first match in what it prints; rejects when it ends before. */
function printed(child: ChildProcess, form: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let out = "";
    let all = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      all += text;
      const found = form.exec(out);
      if (found !== null) resolve(found);
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      all += text;
    });
    child.once("exit", () => reject(new Error(`mycroft start has ended, and said: ${all}`)));
  });
}

/** Without what a test runner, npm or this machine's own cluster would add. */
function environment(): NodeJS.ProcessEnv {
  const left = /^(?:npm_|NODE_TEST|MYCROFT_(?:STORE|QUEUE|BUS|CLUSTER)$|NODE_OPTIONS$|FORCE_COLOR$)/u;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !left.test(name)));
}
