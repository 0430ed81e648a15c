/** What a Postgres needs before it can run: a user who is not root, and a folder of data that is that user's. */
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";

export interface UnixUser {
  readonly uid: number;
  readonly gid: number;
}

/** Whom root runs Postgres as: `postgres` where there is such a user, else `nobody`. Null for everybody but root. */
export function otherUser(): UnixUser | null {
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

export interface NewCluster {
  /** The program `postgres`; `initdb` stands beside it. */
  readonly program: string;
  /** Does not exist yet; the folder that it is to stand in is `user`'s. */
  readonly data: string;
  readonly user: UnixUser | null;
  /** Whether it waits until everything is on disk. */
  readonly isDurable: boolean;
}

/** Makes a cluster with the superuser `postgres`, in UTF-8; whoever reaches its port may enter. */
export function createCluster({ program, data, user, isDurable }: NewCluster): void {
  const durability = isDurable ? [] : ["--no-sync"];
  const init = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"];
  execFileSync(join(dirname(program), "initdb"), [...durability, ...init, "--pgdata", data], {
    cwd: dirname(data),
    stdio: ["ignore", "ignore", "pipe"],
    ...user,
  });
}
