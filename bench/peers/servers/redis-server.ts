/** Redis that has every command on disk before it answers. */
import { execFileSync } from "node:child_process";
import { findServer, installCommands } from "@mycroft/distributed/testing";
import type { ServerRecipe } from "./server-recipe.ts";

export const redisServer: ServerRecipe = {
  ports: ["redis"],
  install: installCommands("redis"),
  find: () => findServer("redis"),
  version(file) {
    const said = execFileSync(file, ["--version"], { encoding: "utf8" });
    return `Redis ${/v=([\d.]+)/.exec(said)?.[1] ?? "?"}`;
  },
  command(_, folder, { redis }) {
    const settings = {
      bind: "127.0.0.1",
      port: `${redis}`,
      dir: folder,
      appendonly: "yes",
      appendfsync: "always",
      save: "",
      // BullMQ asks for it: Redis must not forget jobs to save memory.
      "maxmemory-policy": "noeviction",
    };
    return {
      args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      ready: /Ready to accept connections/,
      stopSignal: "SIGTERM",
    };
  },
};
