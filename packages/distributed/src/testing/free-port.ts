/** Ports of 127.0.0.1 that nobody listens on. */
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below those that systems give to whoever asks for any: a server that is started anew gets its port again, which no connection
 * of somebody else has taken meanwhile, nor a client's own that tried to reach the server.
 */
const firstPort = 20_000;
const portCount = 12_000;

export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * portCount);
    if (await isFreePort(port)) return port;
  }
}

/** Starts a server on a free port, or on another one when somebody else has taken that before the server could. */
export async function startOnFreePort<Server>(
  start: (port: number) => Promise<Server>,
): Promise<{ readonly port: number; readonly server: Server }> {
  for (;;) {
    const port = await freePort();
    try {
      return { port, server: await start(port) };
    } catch (thrown) {
      if (!/address already in use/iu.test(String(thrown))) throw thrown;
    }
  }
}

export async function isFreePort(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
