/** Postgres as it comes (fsync and synchronous_commit on). It refuses to run as root, so root runs it as somebody else. */
import { execFileSync } from "node:child_process";
import { chownSync, globSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { findOnPath } from "./find-on-path.ts";
import type { ServerRecipe } from "./server-recipe.ts";

export const postgresServer: ServerRecipe = {
  ports: ["postgres"],
  install: "apt-get install postgresql",
  find() {
    const initdb = findOnPath("initdb", debianFolders());
    return initdb === null ? null : join(dirname(realpathSync(initdb)), "postgres");
  },
  version(file) {
    const said = execFileSync(file, ["--version"], { encoding: "utf8" });
    return `Postgres ${/[\d.]+/.exec(said)?.[0] ?? "?"}`;
  },
  prepare(file, folder) {
    const user = userOf();
    const data = dataFolder(folder);
    mkdirSync(data, { mode: 0o700 });
    if (user !== null) for (const path of [folder, data]) chownSync(path, user.uid, user.gid);
    // Not waiting for the disk here changes nothing of the server's own settings.
    const args = [
      "--no-sync",
      "--pgdata",
      data,
      "--username=postgres",
      "--auth=trust",
      "--encoding=UTF8",
      "--locale=C",
    ];
    execFileSync(join(dirname(file), "initdb"), args, {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
      ...user,
    });
  },
  command(_, folder, { postgres }) {
    const settings = { port: postgres, listen_addresses: "127.0.0.1", unix_socket_directories: folder };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    return {
      args: ["-D", dataFolder(folder), ...options],
      ...userOf(),
      ready: /database system is ready to accept connections/,
      // Ends sessions at once, in good order.
      stopSignal: "SIGINT",
    };
  },
};

function dataFolder(folder: string): string {
  return join(folder, "data");
}

/** Debian keeps the server's programs off the path. The newest version comes first. */
function debianFolders(): readonly string[] {
  const found = globSync("/usr/lib/postgresql/*/bin/postgres").map((file) => dirname(file));
  return found.toSorted((left, right) => versionIn(right) - versionIn(left));
}

function versionIn(folder: string): number {
  return Number(/\d+/.exec(folder)?.[0] ?? 0);
}

/** Whom root runs it as: `postgres` where there is such a user, else `nobody`. Null for everybody but root. */
function userOf(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) =>
        Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: "pipe" }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {}
  }
  throw new Error("Postgres does not run as root, and there is neither a user postgres nor nobody.");
}
