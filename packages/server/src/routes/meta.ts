/** Routes about the server itself. */
import { asMycroftError } from "@mycroft/errors";
import type { Backend } from "../backend.ts";
import type { Handlers } from "./handlers.ts";

export function metaHandlers(
  { controls, version, place, project }: Backend,
  startedAt: number,
  isClosing: () => boolean,
): Handlers<"meta"> {
  return {
    livez: async () => ({ status: "ok" }),
    readyz: async ({ reply }) => {
      const checks = [
        { name: "server", ok: !isClosing(), detail: isClosing() ? "it is ending" : "it takes requests" },
        await storeCheck(controls.store),
      ];
      const isReady = checks.every(({ ok }) => ok);
      if (!isReady) void reply.status(503);
      return { status: isReady ? "ready" : "notReady", checks };
    },
    getVersion: async () => ({
      ...{ version, node: process.versions.node, place: place.text, kind: place.kind },
      startedAt: new Date(startedAt).toISOString(),
      project: project.workflows.map(({ name }) => name).join(", ") || null,
    }),
  };
}

async function storeCheck(store: Backend["controls"]["store"]) {
  try {
    await store.listRuns({ limit: 1 });
    return { name: "store", ok: true, detail: "it answers" };
  } catch (thrown) {
    return { name: "store", ok: false, detail: asMycroftError(thrown).code };
  }
}
