/**
 * The ear of the process that holds a store: takes requests of other commands on a socket that only the user of this
 * process can reach. To be opened by whoever holds the store's lock, and closed before that is given up: then whatever
 * lies at its address was left behind by a process that is gone.
 */
import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { type ControlAddress, controlAddresses, preparePlace } from "./control-address.ts";
import {
  answerLine,
  type ControlAnswer,
  type ControlRequest,
  controlLimits,
  type HolderMark,
  readRequest,
} from "./control-protocol.ts";
import { readLine } from "./read-line.ts";

export interface ControlServerOptions {
  readonly recordFolder: string;
  readonly holder: HolderMark;
  /** Does what is asked; what it throws is told to whoever asked. */
  readonly answer: (request: ControlRequest) => Promise<unknown>;
  /** For a request to arrive: 10 seconds unless given. */
  readonly requestMs?: number;
}

/** How long those who are being answered keep the server from closing. */
const closingMs = 5_000;
/** How long somebody who has been answered may take to hang up. */
const lingerMs = 2_000;

export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #server: Server;
  /** Of those that are being answered, the promise of it. */
  readonly #sockets = new Map<Socket, Promise<void> | null>();
  #isClosed = false;

  private constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#welcome(socket));
    this.#server.maxConnections = controlLimits.connections;
  }

  /** Null when there is no place at which a socket can be, which some file systems do not have. */
  static async open(options: ControlServerOptions): Promise<ControlServer | null> {
    const server = new ControlServer(options);
    for (const address of controlAddresses(options.recordFolder)) {
      if (preparePlace(address) && (await listen(server.#server, address))) return server;
    }
    return null;
  }

  /** Lets nobody in any more, removes the socket, and resolves when those who were let in have their answers. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const [socket, answering] of this.#sockets) if (answering === null) socket.destroySoon();
    const late = setTimeout(() => {
      for (const socket of this.#sockets.keys()) socket.destroy();
    }, closingMs);
    await closed;
    clearTimeout(late);
  }

  #welcome(socket: Socket): void {
    // Whoever breaks off does not get to know what became of it.
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    this.#sockets.set(socket, null);
    void this.#serve(socket).finally(() => this.#hangUp(socket));
  }

  /** What is still on its way is read and dropped: closing before that could cost the other side its answer. */
  #hangUp(socket: Socket): void {
    this.#sockets.set(socket, null);
    if (this.#isClosed) {
      socket.destroySoon();
      return;
    }
    const late = setTimeout(() => socket.destroy(), lingerMs);
    socket.on("close", () => clearTimeout(late)).resume();
    socket.end();
  }

  async #serve(socket: Socket): Promise<void> {
    const { requestMs = controlLimits.requestMs } = this.#options;
    const limits = { maxBytes: controlLimits.requestBytes, withinMs: requestMs, what: "The request" };
    try {
      const line = await readLine(socket, limits);
      if (line === null) return;
      const answering = this.#answer(socket, line);
      this.#sockets.set(socket, answering);
      await answering;
    } catch (thrown) {
      this.#say(socket, { error: asMycroftError(thrown) });
    }
  }

  async #answer(socket: Socket, line: string): Promise<void> {
    this.#say(socket, { value: await this.#options.answer(readRequest(line)) });
  }

  #say(socket: Socket, said: { readonly value: unknown } | { readonly error: MycroftError }): void {
    if (!socket.writable) return;
    const answer: ControlAnswer = { holder: this.#options.holder, ...said };
    const line = answerLine(answer);
    const isTooLong = Buffer.byteLength(line) > controlLimits.answerBytes;
    if (isTooLong) this.#say(socket, { error: tooLong() });
    else socket.write(`${line}\n`);
  }
}

/** Whether it listens there. */
async function listen(server: Server, address: ControlAddress): Promise<boolean> {
  const { path, isFile } = address;
  if (isFile && !removeStale(path)) return false;
  const listening = Promise.withResolvers<boolean>();
  const onError = () => listening.resolve(false);
  server.once("error", onError);
  // The socket is bound within this call: there is no moment at which others could connect.
  const before = isFile ? process.umask(0o177) : null;
  try {
    server.listen({ path }, () => listening.resolve(true));
  } finally {
    if (before !== null) process.umask(before);
  }
  const isListening = await listening.promise;
  server.off("error", onError);
  if (isListening && isFile) chmodSync(path, 0o600);
  return isListening;
}

/** Whether the place is free now. Only a socket is removed: anything else there is somebody's own. */
function removeStale(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return true;
  if (!found.isSocket()) return false;
  unlinkSync(path);
  return true;
}

function tooLong(): MycroftError {
  const { answerBytes } = controlLimits;
  return new MycroftError(
    "LIMIT_EXCEEDED",
    `The answer has more than the ${answerBytes} bytes that it may have.`,
    {
      details: { limit: answerBytes },
    },
  );
}
