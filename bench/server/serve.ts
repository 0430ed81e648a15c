/**
 * The server in a process of its own, over the store of a folder or a Postgres. It tells whoever started it its address, API keys, and when
 * the events of runs were on disk.
 */
import { InProcessBus, InProcessQueue } from "@mycroft/embedded";
import { policies } from "@mycroft/ensemble";
import { createInProcessGateway } from "@mycroft/gateways";
import {
  type RunAppend,
  type RunUpdate,
  runUpdatesTopic,
  type Store,
  SystemClock,
  startHost,
} from "@mycroft/runtime";
import { type Backend, createKey, openServer } from "@mycroft/server";
import { openStore } from "./open-store.ts";
import { benchProject, watched } from "./sample-project.ts";

export type Told =
  | { readonly type: "ready"; readonly address: string; readonly keys: readonly string[] }
  /** Events up to that one, itself excluded, were on disk then: milliseconds since the epoch, with fractions. */
  | { readonly type: "durable"; readonly runId: string; readonly events: number; readonly at: number };

const [storePlace = "", keyCount = "1", work = "lists"] = process.argv.slice(2);
const clock = new SystemClock();
const store = await openStore(storePlace);
const { orchestrator, listen } = work === "lists" ? readOnly() : await openHost();

const backend: Backend = {
  // All that is asked for here.
  controls: {
    store,
    orchestrator,
    obstacleTo: async () => null,
    startWorkflow: ({ input }: { readonly input: unknown }) =>
      orchestrator?.startRun({
        ...{ plan: watched.plan, asOf: "2026-01-05", provenance: { codeVersion: "bench" } },
        input: watched.parseInput(input),
      }),
  } as unknown as Backend["controls"],
  project: benchProject,
  version: "bench",
  place: { kind: "folder", text: storePlace },
  market: () => null,
  onUpdate: listen,
  replay: () => Promise.reject(new Error("unused")),
  experiments: {
    backtest: () => Promise.reject(new Error("unused")),
    backtestDay: () => Promise.reject(new Error("unused")),
    evaluation: () => Promise.reject(new Error("unused")),
  },
  onError: (error) => console.error(error),
};
const server = await openServer({ backend, listen: { port: 0 }, webFolder: null });
const keys: string[] = [];
for (let index = 0; index < Number(keyCount); index += 1) {
  keys.push((await createKey(store, { name: `bench ${index}`, role: "operator" }, Date.now())).key);
}
tell({ type: "ready", address: server.address, keys });
process.on("disconnect", () => process.exit());

/** The runs under way stay as they are. */
function readOnly() {
  return { orchestrator: null, listen: () => () => {} };
}

async function openHost() {
  const bus = new InProcessBus({ clock });
  const gateway = createInProcessGateway({
    agents: [],
    functions: benchProject.functions,
    policies,
    market: null,
  });
  const host = await startHost({
    store: tellingStore(store),
    queue: new InProcessQueue(),
    bus,
    clock,
    gateway,
  });
  const listeners = new Set<(update: RunUpdate) => void>();
  await bus.subscribe(runUpdatesTopic, { from: "new" }, async ({ body }) => {
    for (const listener of listeners) listener(body as unknown as RunUpdate);
  });
  return {
    orchestrator: host.orchestrator,
    listen: (listener: (update: RunUpdate) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function tellingStore(inner: Store): Store {
  const append = async (batch: readonly RunAppend[]) => {
    const outcomes = await inner.append(batch);
    const at = performance.timeOrigin + performance.now();
    for (const { runId, fromSeq, events } of batch) {
      tell({ type: "durable", runId, events: fromSeq + events.length, at });
    }
    return outcomes;
  };
  return new Proxy(inner, {
    get: (target, name) => {
      if (name === "append") return append;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function tell(told: Told): void {
  process.send?.(told);
}
