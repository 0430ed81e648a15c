/** Stands between a store and its server, and cuts their connection at a moment of a test's choice. */
import { once } from "node:events";
import { connect as connectTo, createServer, type Server, type Socket } from "node:net";

/**
 * `request`: what the store sends does not arrive. `answer`: it arrives, and the answer is on its way back when the
 * connection is cut.
 */
export type Cut = "request" | "answer";

export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #next: { readonly cut: Cut; readonly marker: string } | null = null;
  #isClosed = false;
  #cuts = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(serverPort: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on("connection", (client) => proxy.#join(client, serverPort));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === "object" ? address.port : 0;
  }

  /** How many connections have been cut at a moment that was chosen. */
  get cuts(): number {
    return this.#cuts;
  }

  /** Cuts the connection on which the next message with `marker` in it is sent. */
  cutNext(cut: Cut, marker: string): void {
    this.#next = { cut, marker };
  }

  /** Cuts all connections, and takes no more until it is opened again. */
  shut(): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  open(): void {
    this.#isClosed = false;
  }

  async stop(): Promise<void> {
    this.shut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket, serverPort: number): void {
    if (this.#isClosed) {
      client.destroy();
      return;
    }
    const server = connectTo(serverPort, "127.0.0.1");
    let isCutting = false;
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    client.on("data", (chunk) => {
      const next = this.#next;
      if (next === null || !chunk.includes(next.marker)) {
        server.write(chunk);
        return;
      }
      this.#next = null;
      this.#cuts += 1;
      isCutting = true;
      if (next.cut === "request") end();
      else server.write(chunk);
    });
    server.on("data", (chunk) => {
      if (isCutting) end();
      else client.write(chunk);
    });
  }
}
