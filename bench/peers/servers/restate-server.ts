/**
 * The Restate server of the npm package: one node with its log, worker and ingress. It comes with 24 partitions, each of
 * which writes by itself; one is several times as fast on one node (https://github.com/restatedev/restate/issues/5305,
 * and measured here), so that is what it gets.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ServerRecipe } from "./server-recipe.ts";

export const restateServer: ServerRecipe = {
  ports: ["ingress", "admin", "node"],
  install: "npm has no build of @restatedev/restate-server for this platform",
  find() {
    const build = `restate-server-${process.platform}-${process.arch}`;
    const file = join(import.meta.dirname, "../node_modules/@restatedev", build, "bin/restate-server");
    return existsSync(file) ? file : null;
  },
  version: (file) =>
    `Restate server ${execFileSync(file, ["--version"], { encoding: "utf8" }).split(" ").at(-1)?.trim()}`,
  command(_, folder, { ingress, admin, node }) {
    return {
      args: ["--base-dir", folder, "--node-name", "bench", "--listen-mode", "tcp", "--bind-ip", "127.0.0.1"],
      env: {
        RESTATE_BIND_PORT: `${node}`,
        RESTATE_INGRESS__BIND_PORT: `${ingress}`,
        RESTATE_ADMIN__BIND_PORT: `${admin}`,
        RESTATE_DEFAULT_NUM_PARTITIONS: "1",
        RESTATE_DISABLE_TELEMETRY: "true",
        RESTATE_LOG_FILTER: "warn",
      },
      ready: `http://127.0.0.1:${admin}/health`,
      stopSignal: "SIGTERM",
    };
  },
};
