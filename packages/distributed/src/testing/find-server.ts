/**
 * Which database servers are on this machine. The one answer to that question: by it tests are skipped, `npm test`
 * installs what is missing, `npm run postgres` and `npm run redis` start what is there, and benchmarks find their peers.
 */
import { accessSync, constants, globSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

export type ServerKind = "postgres" | "redis";

interface ServerFacts {
  /** For people. */
  readonly name: string;
  readonly program: string;
  /** Where installers put it that leave the path alone. Of several, the highest version is taken. */
  readonly folders: readonly string[];
  readonly debianPackage: string;
  readonly brewFormula: string;
}

export const servers: Readonly<Record<ServerKind, ServerFacts>> = {
  postgres: {
    name: "Postgres",
    program: "postgres",
    // Debian, the Postgres project's own RPMs, Homebrew on ARM and on Intel.
    folders: [
      "/usr/lib/postgresql/*/bin",
      "/usr/pgsql-*/bin",
      "/opt/homebrew/opt/postgresql@*/bin",
      "/usr/local/opt/postgresql@*/bin",
    ],
    debianPackage: "postgresql",
    brewFormula: "postgresql@17",
  },
  redis: {
    name: "Redis",
    program: "redis-server",
    folders: [],
    debianPackage: "redis-server",
    brewFormula: "redis",
  },
};

export const serverKinds: readonly ServerKind[] = ["postgres", "redis"];

/**
 * The server's program: the one on the path, or else the newest where installers put it; null where there is none.
 * Never on Windows: what is built on this watches over its servers with a Unix shell.
 */
export function findServer(kind: ServerKind, env: NodeJS.ProcessEnv = process.env): string | null {
  if (process.platform === "win32") return null;
  const onPath = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const installed = globSync([...servers[kind].folders]);
  const folders = [...onPath, ...installed.toSorted((left, right) => versionIn(right) - versionIn(left))];
  return folders.map((folder) => programIn(folder, kind)).find((program) => program !== null) ?? null;
}

function programIn(folder: string, kind: ServerKind): string | null {
  const { program } = servers[kind];
  if (kind !== "postgres") return ifExecutable(join(folder, program));
  // All of Postgres's programs are needed. The path may hold links to some, which lead to the others.
  const initdb = ifExecutable(join(folder, "initdb"));
  return initdb === null ? null : ifExecutable(join(dirname(realpathSync(initdb)), program));
}

/** How people get the server. */
export function installCommands(...kinds: readonly ServerKind[]): string {
  if (process.platform === "win32") return "use the Windows Subsystem for Linux";
  const packages = kinds.map((kind) => servers[kind].debianPackage).join(" ");
  const formulas = kinds.map((kind) => servers[kind].brewFormula).join(" ");
  return `apt-get install ${packages} (Debian, Ubuntu) or brew install ${formulas} (macOS)`;
}

/** As `skip` of a test or suite that needs the server. On CI (`CI=true`) a missing server is an error instead. */
export function whyNoServer(kind: ServerKind): string | false {
  if (findServer(kind) !== null) return false;
  const reason = missingServer(kind);
  if (process.env["CI"] === "true") throw new Error(`${reason} With CI=true that is a failure.`);
  return reason;
}

/** What tests say that are skipped for want of this server. */
export function missingServer(kind: ServerKind): string {
  return `There is no ${servers[kind].name} on this machine; to have it: ${installCommands(kind)}.`;
}

function versionIn(folder: string): number {
  return Number(/\d+/.exec(folder)?.[0] ?? 0);
}

function ifExecutable(file: string): string | null {
  try {
    accessSync(file, constants.X_OK);
    return file;
  } catch {
    return null;
  }
}
