/** Opens the server: where it listens, who may come in, and how it ends. */
import { isIP } from "node:net";
import { MycroftError } from "@mycroft/errors";
import { Access } from "./access/access.ts";
import { listKeys } from "./access/api-keys.ts";
import { AuditLog } from "./audit/audit-log.ts";
import type { Backend } from "./backend.ts";
import { createApp, type HttpLimits, httpLimits } from "./http/create-app.ts";
import { createHandlers } from "./routes/create-handlers.ts";

export interface ServerOptions {
  readonly backend: Backend;
  readonly listen: {
    /** An address or a name of this machine; 127.0.0.1 unless given. */
    readonly host?: string | undefined;
    /** Null or absent: 8421, or the next free one after it. 0: any free one. */
    readonly port?: number | null | undefined;
  };
  /** Names besides the loopback's that requests may be addressed to. */
  readonly publicHosts?: readonly string[];
  /** The folder of the built web application; null for the API alone. */
  readonly webFolder: string | null;
  /** For places where the usual ones do not fit. */
  readonly limits?: Partial<HttpLimits>;
  /** Milliseconds since the epoch; this machine's clock unless given. */
  readonly now?: () => number;
}

export interface RunningServer {
  /** Such as `http://127.0.0.1:8421`. */
  readonly address: string;
  /** The address that signs its visitor in; without a token where the server is public, and wants API keys. */
  readonly signInUrl: string;
  /** Ends streams, finishes requests in hand for up to `graceMs`. Closing twice is the same as closing once. */
  close(graceMs?: number): Promise<void>;
}

export const usualPort = 8421;
const portsTried = 20;

/**
 * @throws {MycroftError} PUBLIC_WITHOUT_KEYS for an address that others can reach while there is no API key; ADDRESS_TAKEN;
 *   INPUT_INVALID for one that this machine does not have.
 */
export async function openServer(options: ServerOptions): Promise<RunningServer> {
  const { backend, listen, publicHosts = [], webFolder, now = Date.now } = options;
  const { host = "127.0.0.1" } = listen;
  const { store } = backend.controls;
  const isPublic = !isLoopback(host);
  if (isPublic && !(await hasGoodKey(store, now()))) {
    throw new MycroftError(
      "PUBLIC_WITHOUT_KEYS",
      `${host} can be reached by others, and there is no API key yet. Make one with \`mycroft keys create NAME --role admin\`, or listen on 127.0.0.1.`,
      { details: { host } },
    );
  }
  const token = isPublic ? null : Access.newToken();
  const access = new Access({ store, token, now });
  const audit = new AuditLog(store);
  const startedAt = now();
  let isClosing = false;
  const { handlers, close: closeHandlers } = createHandlers({
    ...{ backend, access, audit, now, startedAt, isClosing: () => isClosing },
  });
  const hosts = new Set([...publicHosts, host, bracketed(host)].map((name) => name.toLowerCase()));
  const { onError, version } = backend;
  const app = await createApp({
    ...{ handlers, access, audit, now, onError, version, webFolder, hosts, isClosing: () => isClosing },
    limits: { ...httpLimits, ...options.limits },
  });
  try {
    await listenOn(app, host, listen.port ?? null);
  } catch (thrown) {
    await closeHandlers();
    await app.close();
    throw thrown;
  }
  const bound = app.server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  const address = `http://${bracketed(isAny(host) ? "127.0.0.1" : host)}:${port}`;
  let closing: Promise<void> | null = null;
  return {
    address,
    signInUrl: token === null ? address : `${address}/?token=${token}`,
    close: (graceMs = 3_000) => {
      isClosing = true;
      closing ??= end(graceMs);
      return closing;
    },
  };

  async function end(graceMs: number): Promise<void> {
    // Nobody new comes in while streams and jobs end.
    const closed = app.close();
    const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
    try {
      await Promise.all([closed, closeHandlers()]);
    } finally {
      clearTimeout(timer);
    }
  }
}

async function hasGoodKey(store: Backend["controls"]["store"], now: number): Promise<boolean> {
  const keys = await listKeys(store);
  return keys.some(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > now);
}

type App = Awaited<ReturnType<typeof createApp>>;

async function listenOn(app: App, host: string, port: number | null): Promise<void> {
  const ports = port === null ? Array.from({ length: portsTried }, (_, index) => usualPort + index) : [port];
  for (const one of ports) {
    try {
      await app.listen({ host, port: one });
      return;
    } catch (thrown) {
      const { code } = Object(thrown) as NodeJS.ErrnoException;
      if (code === "EADDRINUSE" && one !== ports.at(-1)) continue;
      throw unlistenable(thrown, host, ports);
    }
  }
}

function unlistenable(thrown: unknown, host: string, ports: readonly number[]): unknown {
  const { code } = Object(thrown) as NodeJS.ErrnoException;
  const [first = 0] = ports;
  const details = { host, port: first };
  switch (code) {
    case "EADDRINUSE":
      return new MycroftError(
        "ADDRESS_TAKEN",
        ports.length > 1
          ? `The ports ${first} to ${ports.at(-1)} of ${host} are all taken. Choose one with --port.`
          : `Port ${first} of ${host} is taken by another process. Choose another one with --port, or leave it out.`,
        { details, cause: thrown },
      );
    case "EACCES":
      return new MycroftError(
        "ADDRESS_TAKEN",
        `This user may not listen on port ${first}. Choose one above 1023 with --port.`,
        { details, cause: thrown },
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new MycroftError("INPUT_INVALID", `${host} is no address of this machine.`, {
        details,
        cause: thrown,
      });
    default:
      return thrown;
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function isAny(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
