/** Ports of 127.0.0.1 that nobody listens on. */
import { once } from "node:events";
import { createServer } from "node:net";

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address === "object" && address !== null) return address.port;
  throw new Error("No port is free.");
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
