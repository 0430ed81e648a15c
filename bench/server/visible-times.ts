/** How long after its commit an event is at a client that watches its run. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Row } from "../report.ts";
import { distribution } from "./distribution.ts";
import type { SeenFrame } from "./read-stream.ts";
import type { Served } from "./served.ts";
import type { WatchNews, WatchOrder } from "./watch-runs.ts";

export interface Watching {
  readonly what: string;
  /** Runs that are started, one after another, this far apart. */
  readonly runs: number;
  readonly everyMs: number;
  readonly items: number;
  /** Clients that watch each run. */
  readonly watchers: number;
  /** Whether they take it gzipped, as browsers do. */
  readonly isGzipped: boolean;
}

interface Watched {
  readonly begun: Promise<void>;
  readonly seen: Promise<readonly (readonly SeenFrame[])[]>;
}

/** The process of the clients. */
export class Watchers {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, "watch-runs.ts"), {
    serialization: "advanced",
  });
  readonly #runs = new Map<string, (news: WatchNews) => void>();

  constructor() {
    this.#child.on("message", (news: WatchNews) => this.#runs.get(news.runId)?.(news));
  }

  watch(order: WatchOrder): Watched {
    const begun = Promise.withResolvers<void>();
    const seen = Promise.withResolvers<readonly (readonly SeenFrame[])[]>();
    this.#runs.set(order.runId, (news) => {
      if (news.type === "begun") begun.resolve();
      else if (news.type === "seen") seen.resolve(news.seen);
      else for (const { reject } of [begun, seen]) reject(new Error(news.why));
    });
    seen.promise.catch(() => {});
    this.#child.send(order);
    return { begun: begun.promise, seen: seen.promise };
  }

  close(): void {
    this.#child.disconnect();
  }
}

/** The start of the run, and the signal that it waits for. */
const ownEvents = 2;

export async function visibleTimes(
  served: Served,
  watchers: Watchers,
  { what, runs, everyMs, items, watchers: each, isGzipped }: Watching,
): Promise<Row> {
  const durable = new Map<string, number[]>();
  served.onDurable = ({ runId, events, at }) => {
    const times = durable.get(runId) ?? [];
    durable.set(runId, times);
    while (times.length < events) times.push(at);
  };
  const began = performance.now();
  const watched: Promise<WatchedRun>[] = [];
  for (let run = 0; run < runs; run += 1) {
    const wait = began + run * everyMs - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    watched.push(watchRun(served, watchers, items, { watchers: each, isGzipped }));
  }
  const delays: number[] = [];
  for (const { runId, seen } of await Promise.all(watched)) {
    const times = durable.get(runId) ?? [];
    for (const frames of seen) delays.push(...delaysOf(frames, times, items + ownEvents, what));
  }
  if (delays.length !== runs * each * (items + 1))
    throw new Error(`${what}: ${delays.length} were measured.`);
  return { "events seen": what, ...distribution(delays) };
}

function delaysOf(frames: readonly SeenFrame[], times: readonly number[], events: number, what: string) {
  const delays: number[] = [];
  let told = 0;
  for (const [index, { at, from, until }] of frames.entries()) {
    if (from !== told) throw new Error(`${what}: event ${from} was told after ${told}.`);
    told = until;
    // The first frame has what was there before anybody watched.
    for (let seq = from; index > 0 && seq < until; seq += 1) delays.push(at - (times[seq] ?? Number.NaN));
  }
  if (told !== events) throw new Error(`${what}: ${told} of ${events} events were told.`);
  return delays;
}

interface WatchedRun {
  readonly runId: string;
  readonly seen: readonly (readonly SeenFrame[])[];
}

/** The run goes on once all watch it. */
async function watchRun(
  { address, keys }: Served,
  clients: Watchers,
  items: number,
  kind: Pick<WatchOrder, "watchers" | "isGzipped">,
): Promise<WatchedRun> {
  const [key = ""] = keys;
  const input = { items: Array.from({ length: items }, (_, index) => index) };
  const { runId = "" } = await post(`${address}/api/runs`, key, { workflow: "watched", input });
  const { begun, seen } = clients.watch({ port: Number(new URL(address).port), key, runId, ...kind });
  await begun;
  await post(`${address}/api/runs/${runId}/signal`, key, { signal: "go" });
  return { runId, seen: await seen };
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
