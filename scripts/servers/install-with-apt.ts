/**
 * Installs Debian packages for their programs alone: no service is started, now or when the machine starts,
 * and Postgres makes no cluster. What has to be set for that is set back afterwards.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Machine {
  /** The root of the file system. */
  readonly systemFolder: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Wanted {
  readonly packages: readonly string[];
  /** Those of them that bring a service of their name. */
  readonly services: readonly string[];
}

const timeoutMs = 10 * 60_000;
const keptLines = 5;

export function hasApt({ env }: Machine): boolean {
  return spawnSync("apt-get", ["--version"], { env, stdio: "ignore" }).status === 0;
}

/** Null when all are installed, else the last of what apt-get said. */
export function installWithApt({ packages, services }: Wanted, machine: Machine): string | null {
  const install = ["install", "--yes", "--no-install-recommends", ...packages];
  return withServicesKeptQuiet(machine, () => {
    // The lists may be absent, as in a fresh image, or so old that what they name has gone.
    const failure =
      runApt(install, machine) === null ? null : (runApt(["update"], machine) ?? runApt(install, machine));
    if (failure !== null) return failure;
    for (const name of services) keepFromBoot(name, machine);
    return null;
  });
}

function runApt(words: readonly string[], { env }: Machine): string | null {
  const options = ["-q", "-o", "Acquire::http::Timeout=20", "-o", "DPkg::Lock::Timeout=60"];
  const { status, stdout, stderr, error } = spawnSync("apt-get", [...options, ...words], {
    env: { ...env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    timeout: timeoutMs,
  });
  if (status === 0) return null;
  const said = (stderr || stdout || String(error ?? "it was ended")).trim().split("\n");
  return said.slice(-keptLines).join("\n");
}

/** The service is named as its package. A machine without an init system has nothing to disable, and says so. */
function keepFromBoot(service: string, { env }: Machine): void {
  spawnSync("update-rc.d", [service, "disable"], { env, stdio: "ignore" });
}

/** A Ctrl-C ends apt-get, and then waits until everything is set back. */
function withServicesKeptQuiet<T>({ systemFolder }: Machine, act: () => T): T {
  const wait = (): void => {};
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, wait);
  const undo = [forbidStarting(systemFolder), forbidClusters(systemFolder)];
  try {
    return act();
  } finally {
    for (const each of undo) each();
    for (const signal of signals) process.off(signal, wait);
  }
}

type Undo = () => void;

/** Debian's packages ask this file whether they may start a service (invoke-rc.d(8)); an administrator's stays. */
function forbidStarting(systemFolder: string): Undo {
  const path = join(systemFolder, "usr/sbin/policy-rc.d");
  if (readText(path) !== null) return () => {};
  write(path, "#!/bin/sh\nexit 101\n");
  chmodSync(path, 0o755);
  return () => rmSync(path);
}

/** The package postgresql-common reads this when a server's package makes its first cluster. */
function forbidClusters(systemFolder: string): Undo {
  const path = join(systemFolder, "etc/postgresql-common/createcluster.conf");
  const original = readText(path);
  write(path, `${original ?? ""}\ncreate_main_cluster = false\n`);
  return () => {
    // The package leaves a file that it finds as it is; its own is what would be there.
    const rightful =
      original ?? readText(join(systemFolder, "usr/share/postgresql-common/createcluster.conf"));
    if (rightful === null) rmSync(path);
    else writeFileSync(path, rightful);
  };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
