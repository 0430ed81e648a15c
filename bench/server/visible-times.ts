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
  const began = performance.now();
  const watched: Promise<readonly WatchedRun[]>[] = [];
  for (let run = 0; run < runs; run += 1) {
    const wait = began + run * everyMs - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    watched.push(watchRun(served, items, watchers));
  }
  const delays: number[] = [];
  for (const { runId, seen } of (await Promise.all(watched)).flat()) {
    const times = durable.get(runId) ?? [];
    // The first frame has what was there before anybody watched.
    for (const { at, seqs } of seen.slice(1)) {
      for (const seq of seqs) delays.push(at - (times[seq] ?? Number.NaN));
    }
    const told = seen.flatMap(({ seqs }) => seqs);
    if (told.length !== items + ownEvents || told.some((seq, index) => seq !== index)) {
      throw new Error(`${what}: ${told.length} events were told, or not in order.`);
    }
  }
  if (delays.length !== runs * watchers * (items + 1))
    throw new Error(`${what}: ${delays.length} were measured.`);
  return { "events seen": what, ...distribution(delays) };
}

/** The start of the run, and the signal that it waits for. */
const ownEvents = 2;

interface WatchedRun {
  readonly runId: string;
  readonly seen: readonly Seen[];
}

/** The run goes on once all watch it. */
async function watchRun(
  { address, keys }: Served,
  items: number,
  watchers: number,
): Promise<readonly WatchedRun[]> {
  const [key = ""] = keys;
  const input = { items: Array.from({ length: items }, (_, index) => index) };
  const { runId = "" } = await post(`${address}/api/runs`, key, { workflow: "watched", input });
  const watching = Array.from({ length: watchers }, () => watch(address, key, runId));
  await Promise.all(watching.map(({ begun }) => begun));
  await post(`${address}/api/runs/${runId}/signal`, key, { signal: "go" });
  return Promise.all(watching.map(async ({ ended }) => ({ runId, seen: await ended })));
}

async function post(url: string, key: string, body: unknown): Promise<{ readonly runId?: string }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as { readonly runId?: string };
}

/** `begun`: the first frame has come. */
function watch(address: string, key: string, runId: string) {
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<readonly Seen[]>();
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
        begun.resolve();
        if (isSettled) ended.resolve(seen);
      }
    });
    response.on("end", () => ended.reject(new Error("A stream ended before its run.")));
  }).on("error", ended.reject);
  return { begun: begun.promise, ended: ended.promise };
}
