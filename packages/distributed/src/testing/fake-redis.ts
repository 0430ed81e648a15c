/** A server that speaks as little Redis as a test needs: one that is too old, or one that never answers. */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";

export interface FakeRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param answer what it says to a command, by its first word in small letters; null: nothing, ever. */
export async function startFakeRedis(answer: (command: string) => string | null): Promise<FakeRedis> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      // Each command is an array: "*N", and then its words, each after its length.
      for (const [, command = ""] of String(chunk).matchAll(/\*[0-9]+\r\n\$[0-9]+\r\n(\w+)\r\n/g)) {
        const said = answer(command.toLowerCase());
        if (said !== null) socket.write(said);
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A Redis of this version. */
export function oldRedis(version: string): (command: string) => string {
  const info = `redis_version:${version}\r\nmaxmemory_policy:noeviction\r\nloading:0\r\n`;
  return (command) => {
    if (command === "info") return `$${info.length}\r\n${info}\r\n`;
    if (command === "select") return "+OK\r\n";
    return `-ERR unknown command '${command}'\r\n`;
  };
}
