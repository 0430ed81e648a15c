/**
 * The web application as the server sends it: built from the checkout's sources when there is no build of just these. A
 * build lies in a folder that is named by the content it was made from and that appears whole or not at all, so that
 * processes may build at once, and a server goes on with the one that it began with.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { compressAssets } from "./compress-assets.ts";
import { findWebApp, hashWebSources, type WebApp } from "./web-sources.ts";

export type WebBuild =
  /** `folder` holds `index.html`; `wasBuilt` says whether it had to be made. */
  | { readonly kind: "ready"; readonly folder: string; readonly wasBuilt: boolean }
  /** There are no sources here, or not the tools to build them. */
  | { readonly kind: "absent"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

export interface BuildWebOptions {
  /** The checkout that this file lies in unless given; null when there is no web application in it. */
  readonly app?: WebApp | null;
  /** Told before a build that takes seconds. */
  readonly onBuilding?: () => void;
}

/** Older builds that stay, for servers that still send them. */
const keptBuilds = 3;
const unfinishedPrefix = ".unfinished-";
/** Nobody builds for so long: it was interrupted. */
const abandonedMs = 10 * 60_000;
const keptLines = 20;
/** Sources that change while they are built are built again, this often. */
const mostTries = 3;

export async function buildWeb(options: BuildWebOptions = {}): Promise<WebBuild> {
  const { app = findWebApp(), onBuilding = () => {} } = options;
  if (app === null) return { kind: "absent", reason: "This installation comes without the web application." };
  const builds = join(app.folder, "dist");
  for (let tries = 1; ; tries += 1) {
    const hash = await hashWebSources(app);
    const folder = join(builds, hash);
    if (existsSync(join(folder, "index.html"))) {
      // Its age says which builds are in use.
      await utimes(folder, new Date(), new Date()).catch(() => {});
      return { kind: "ready", folder, wasBuilt: tries > 1 };
    }
    const tool = findTool(app);
    if (tool === null) {
      return {
        kind: "absent",
        reason: "What builds the web application is not installed; `npm run setup` does that.",
      };
    }
    if (tries === 1) onBuilding();
    const unfinished = join(builds, `${unfinishedPrefix}${randomUUID()}`);
    try {
      const failure = await runTool(tool, app, unfinished);
      if (failure !== null) return { kind: "failed", reason: failure };
      await compressAssets(unfinished);
      if (tries < mostTries && (await hashWebSources(app)) !== hash) continue;
      await moveIn(unfinished, folder);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
    await prune(builds, hash);
    return { kind: "ready", folder, wasBuilt: true };
  }
}

/** Vite's own script; null when it is not installed. */
function findTool({ folder }: WebApp): string | null {
  try {
    const manifest = createRequire(join(folder, "package.json")).resolve("vite/package.json");
    return join(dirname(manifest), "bin", "vite.js");
  } catch {
    return null;
  }
}

/** Null, or what it said about it. */
function runTool(tool: string, { folder }: WebApp, outFolder: string): Promise<string | null> {
  const words = [tool, "build", "--outDir", outFolder, "--emptyOutDir", "--logLevel", "error"];
  const child = spawn(process.execPath, words, {
    cwd: folder,
    env: { ...process.env, NODE_ENV: "production", NO_COLOR: "1", FORCE_COLOR: undefined },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve(exitCode === 0 ? null : reasonIn(said)));
  });
}

/** The reason stands first; where the tool was at that moment does not matter. */
function reasonIn(said: string): string {
  const lines = stripVTControlCharacters(said).trim().split("\n");
  return lines
    .filter((line) => !/^\s+at /u.test(line))
    .slice(0, keptLines)
    .join("\n");
}

/** Somebody else may have put the same there meanwhile. */
async function moveIn(unfinished: string, folder: string): Promise<void> {
  try {
    await rename(unfinished, folder);
  } catch (thrown) {
    if (!existsSync(join(folder, "index.html"))) throw thrown;
  }
}

async function prune(builds: string, current: string): Promise<void> {
  const entries = await readdir(builds, { withFileTypes: true });
  const aged = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory() && entry.name !== current)
      .map(async ({ name }) => ({ name, at: await changedAt(join(builds, name)) })),
  );
  const finished = aged.filter(({ name }) => /^[0-9a-f]{16}$/u.test(name)).sort((a, b) => b.at - a.at);
  const abandoned = aged.filter(
    ({ name, at }) => name.startsWith(unfinishedPrefix) && at < Date.now() - abandonedMs,
  );
  for (const { name } of [...finished.slice(keptBuilds), ...abandoned]) {
    await rm(join(builds, name), { recursive: true, force: true });
  }
}

/** Of a folder that another process takes away at this moment: long ago. */
async function changedAt(folder: string): Promise<number> {
  return stat(folder).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
