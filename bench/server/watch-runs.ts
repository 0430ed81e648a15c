/**
 * Clients that watch runs, in a process of their own: raw sockets that keep what came and when, and nothing more, so that what
 * is measured is the server. What it says is read when the run is over.
 */
import { connect } from "node:net";
import { readStream, type SeenFrame, type TakenBytes } from "./read-stream.ts";

export interface WatchOrder {
  readonly port: number;
  readonly key: string;
  readonly runId: string;
  readonly watchers: number;
  /** Whether they take it gzipped, as browsers do. */
  readonly isGzipped: boolean;
}

export type WatchNews =
  | { readonly type: "begun"; readonly runId: string }
  /** By client. */
  | { readonly type: "seen"; readonly runId: string; readonly seen: readonly (readonly SeenFrame[])[] }
  | { readonly type: "failed"; readonly runId: string; readonly why: string };

process.on("message", (order: WatchOrder) => {
  watchRun(order).catch((thrown: unknown) =>
    tell({ type: "failed", runId: order.runId, why: String(thrown) }),
  );
});
process.on("disconnect", () => process.exit());

async function watchRun(order: WatchOrder): Promise<void> {
  const { runId, watchers } = order;
  const clients = Array.from({ length: watchers }, () => watch(order));
  await Promise.all(clients.map(({ begun }) => begun));
  tell({ type: "begun", runId });
  const taken = await Promise.all(clients.map(({ ended }) => ended));
  const seen: (readonly SeenFrame[])[] = [];
  for (const parts of taken) seen.push(await readStream(parts));
  tell({ type: "seen", runId, seen });
}

/** `begun`: the answer's head has come, and by then the server has told the first frame. `ended`: it has closed. */
function watch({ port, key, runId, isGzipped }: WatchOrder) {
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<readonly TakenBytes[]>();
  const taken: TakenBytes[] = [];
  const socket = connect({ port, host: "127.0.0.1" });
  const head = [
    `GET /api/runs/${runId}/events/stream HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${key}`,
    ...(isGzipped ? ["accept-encoding: gzip"] : []),
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  socket.on("data", (bytes: Buffer) => {
    taken.push({ at: performance.timeOrigin + performance.now(), bytes });
    begun.resolve();
  });
  socket.on("error", (error) => {
    begun.reject(error);
    ended.reject(error);
  });
  socket.on("close", () => {
    begun.reject(new Error(Buffer.concat(taken.map(({ bytes }) => bytes)).toString()));
    ended.resolve(taken);
  });
  return { begun: begun.promise, ended: ended.promise };
}

function tell(news: WatchNews): void {
  process.send?.(news);
}
