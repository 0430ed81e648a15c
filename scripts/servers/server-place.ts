/**
 * Where a private server keeps its data, and as whom it runs. Postgres refuses to run as root, and whom root runs it as
 * may not be able to reach the folder that was asked for: then its data is in a folder of the system's.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { otherUser, type ServerKind, type UnixUser } from "@mycroft/distributed/testing";
import { ServerProblem } from "./server-problem.ts";

export interface ServerPlace {
  readonly folder: string;
  /** The server's own, below the folder; it is absent before the first start. */
  readonly data: string;
  /** Null: as whoever starts it. */
  readonly user: UnixUser | null;
}

/**
 * The place of this kind of server, made if it is new. Throws `ServerProblem` when its data cannot be reached any more.
 * @param folder absolute; where it was asked for.
 * @param systemFolder where data goes that cannot be there.
 */
export function findPlace(kind: ServerKind, folder: string, systemFolder = "/var/lib/mycroft"): ServerPlace {
  const user = kind === "postgres" ? otherUser() : null;
  if (user === null) return makePlace(folder, null);
  const key = createHash("sha256").update(folder).digest("hex").slice(0, 12);
  const elsewhere = join(systemFolder, key, kind);
  const open = [systemFolder, join(systemFolder, key)];
  // Data that is there is never left behind, wherever it could be today.
  if (existsSync(join(elsewhere, "data"))) return makePlace(elsewhere, user, open);
  const wanted = makePlace(folder, user);
  if (canReach(wanted)) return wanted;
  if (!existsSync(wanted.data)) return makePlace(elsewhere, user, open);
  throw new ServerProblem(
    `The data in ${wanted.data} belongs to user ${wanted.user?.uid}, who cannot reach it any more.\n` +
      "Let that user pass through the folders above it (chmod o+x).",
  );
}

/** @param open folders above that its user has to get through. */
function makePlace(folder: string, user: UnixUser | null, open: readonly string[] = []): ServerPlace {
  const data = join(folder, "data");
  mkdirSync(folder, { recursive: true });
  if (user === null) return { folder, data, user };
  for (const each of open) chmodSync(each, 0o755);
  if (existsSync(data)) {
    // Whoever made it goes on with it.
    const { uid, gid } = statSync(data);
    return { folder, data, user: { uid, gid } };
  }
  chownSync(folder, user.uid, user.gid);
  return { folder, data, user };
}

function canReach({ folder, data, user }: ServerPlace): boolean {
  const question = 'cd "$1" && test -w .';
  const where = existsSync(data) ? data : folder;
  return spawnSync("/bin/sh", ["-c", question, "sh", where], { cwd: "/", ...user }).status === 0;
}
