/** How long after its commit an event is at a client that watches its run. */
import { get } from "node:http";
import type { Row } from "../report.ts";
import { distribution } from "./distribution.ts";
import type { Served } from "./served.ts";

export interface Watching {
  readonly what: string;
  /** Runs that are started, one after another, this far apart. */
  readonly runs: number;
  readonly everyMs: number;
  readonly items: number;
  /** Clients that watch each run. */
  readonly watchers: number;
}

interface Frame {
  readonly run: { readonly runId: string };
  readonly events: readonly { readonly seq: number }[];
  readonly isSettled: boolean;
}

/** When what was seen, on the clock that the server's process has too. */
interface Seen {
  readonly at: number;
  readonly seqs: readonly number[];
}

export async function visibleTimes(served: Served, watching: Watching): Promise<Row> {
  const { what, runs, everyMs, items, watchers } = watching;
  const durable = new Map<string, number[]>();
  served.onDurable = ({ runId, events, at }) => {
    const times = durable.get(runId) ?? [];
    durable.set(runId, times);
    while (times.length < events) times.push(at);
  };
  const [key = ""] = served.keys;
  const watched: Promise<{ readonly runId: string; readonly seen: readonly Seen[] }>[] = [];
  const began = performance.now();
  for (let run = 0; run < runs; run += 1) {
    const wait = began + run * everyMs - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const runId = await start(served.address, key, items);
    for (let watcher = 0; watcher < watchers; watcher += 1) {
      watched.push(watch(served.address, key, runId).then((seen) => ({ runId, seen })));
    }
  }
  const delays: number[] = [];
  for (const { runId, seen } of await Promise.all(watched)) {
    const times = durable.get(runId) ?? [];
    // The first frame has what was there before anybody watched.
    for (const { at, seqs } of seen.slice(1)) {
      for (const seq of seqs) delays.push(at - (times[seq] ?? Number.NaN));
    }
    const told = seen.flatMap(({ seqs }) => seqs);
    if (told.length !== items + 1 || told.some((seq, index) => seq !== index)) {
      throw new Error(`${what}: of ${items + 1} events ${told.length} were told, or not in order.`);
    }
  }
  return { "events seen": what, ...distribution(delays) };
}

async function start(address: string, key: string, items: number): Promise<string> {
  const response = await fetch(`${address}/api/runs`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      workflow: "watched",
      input: { items: Array.from({ length: items }, (_, index) => index) },
    }),
  });
  const { runId } = (await response.json()) as { readonly runId?: string };
  if (runId === undefined) throw new Error(`A run was not started: ${response.status}.`);
  return runId;
}

function watch(address: string, key: string, runId: string): Promise<readonly Seen[]> {
  return new Promise((resolve, reject) => {
    const seen: Seen[] = [];
    const headers = { authorization: `Bearer ${key}` };
    get(`${address}/api/runs/${runId}/events/stream`, { headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
          const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
          text = text.slice(end + 2);
          if (data === undefined) continue;
          const at = performance.timeOrigin + performance.now();
          const { events, isSettled } = JSON.parse(data) as Frame;
          seen.push({ at, seqs: events.map(({ seq }) => seq) });
          if (isSettled) resolve(seen);
        }
      });
      response.on("end", () => reject(new Error("A stream ended before its run.")));
    }).on("error", reject);
  });
}
