/** Postgres as it comes (fsync and synchronous_commit on). It refuses to run as root, so root runs it as somebody else. */
import { execFileSync } from "node:child_process";
import { chownSync } from "node:fs";
import { join } from "node:path";
import { createCluster, findServer, installCommands, otherUser } from "@mycroft/distributed/testing";
import type { ServerRecipe } from "./server-recipe.ts";

export const postgresServer: ServerRecipe = {
  ports: ["postgres"],
  install: installCommands("postgres"),
  find: () => findServer("postgres"),
  version(file) {
    const said = execFileSync(file, ["--version"], { encoding: "utf8" });
    return `Postgres ${/[\d.]+/.exec(said)?.[0] ?? "?"}`;
  },
  prepare(program, folder) {
    const user = otherUser();
    if (user !== null) chownSync(folder, user.uid, user.gid);
    // Not waiting for the disk here changes nothing of the server's own settings.
    createCluster({ program, data: dataFolder(folder), user, isDurable: false });
  },
  command(_, folder, { postgres }) {
    const settings = { port: postgres, listen_addresses: "127.0.0.1", unix_socket_directories: folder };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    return {
      args: ["-D", dataFolder(folder), ...options],
      ...otherUser(),
      ready: /database system is ready to accept connections/,
      // Ends sessions at once, in good order.
      stopSignal: "SIGINT",
    };
  },
};

function dataFolder(folder: string): string {
  return join(folder, "data");
}
