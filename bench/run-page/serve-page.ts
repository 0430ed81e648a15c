/** Serves the built web application and, for its API, one played run: nothing between the page and its frames. */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { PlayedRun, type Shape } from "./played-run.ts";

export interface ServedPage {
  readonly address: string;
  readonly close: () => Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

export async function servePage(folder: string, shape: Shape, everyMs: number): Promise<ServedPage> {
  const run = new PlayedRun(shape);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname.endsWith("/events/stream")) playFrames(response, run, everyMs);
    else if (pathname === "/api/updates") openStream(response);
    else if (pathname.startsWith("/api/")) answer(response, run, pathname);
    else sendFile(response, folder, pathname);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/runs/${run.summary().runId}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, run: PlayedRun, pathname: string): void {
  const answers: Readonly<Record<string, () => unknown>> = {
    "/api/session": () => ({ role: "viewer", name: "bench", by: "session", expiresAt: null }),
    [`/api/runs/${run.summary().runId}`]: () => run.detail(),
    [`/api/plans/${run.plan.hash}`]: () => run.plan,
  };
  const found = answers[pathname];
  response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(found?.() ?? { code: "NOT_FOUND", detail: pathname, retryable: false }));
}

function openStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write("event: hello\ndata: {}\n\n");
}

function playFrames(response: ServerResponse, run: PlayedRun, everyMs: number): void {
  openStream(response);
  const send = (frame: unknown): void => {
    response.write(`event: frame\ndata: ${JSON.stringify(frame)}\n\n`);
  };
  send(run.whole());
  const timer = setInterval(() => {
    send(run.step());
    if (!run.isSettled) return;
    clearInterval(timer);
    response.end();
  }, everyMs);
  response.on("close", () => clearInterval(timer));
}

function sendFile(response: ServerResponse, folder: string, pathname: string): void {
  const wanted = join(folder, pathname);
  const file = extname(pathname) !== "" && existsSync(wanted) ? wanted : join(folder, "index.html");
  response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
  response.end(readFileSync(file));
}
