/** A server for tests, on a free port of the loopback, over real runs; with an API key of each role, and a way to ask it. */
import { createKey, type KeyRole } from "../access/api-keys.ts";
import { openServer, type RunningServer, type ServerOptions } from "../open-server.ts";
import { openTestBackend, type TestBackend, type TestBackendOptions } from "./open-test-backend.ts";

export interface TestServerOptions
  extends TestBackendOptions,
    Partial<Pick<ServerOptions, "listen" | "publicHosts" | "webFolder" | "limits" | "now">> {}

export interface Asking {
  readonly method?: string;
  /** Whose key goes along; an admin's unless given. */
  readonly as?: KeyRole | "nobody";
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface TestServer extends TestBackend {
  readonly server: RunningServer;
  readonly keys: Readonly<Record<KeyRole, string>>;
  /** Redirects are not followed. */
  ask(path: string, asking?: Asking): Promise<Response>;
}

export async function openTestServer(options: TestServerOptions): Promise<TestServer> {
  const { listen = { port: 0 }, publicHosts = [], webFolder = null, limits = {}, now = Date.now } = options;
  const held = await openTestBackend(options);
  try {
    const { store } = held.host;
    const keyOf = async (role: KeyRole) => (await createKey(store, { name: `a ${role}`, role }, now())).key;
    const keys = {
      viewer: await keyOf("viewer"),
      operator: await keyOf("operator"),
      admin: await keyOf("admin"),
    };
    const server = await openServer({ backend: held.backend, listen, publicHosts, webFolder, limits, now });
    return {
      ...{ ...held, server, keys },
      ask: (path, { method = "GET", as = "admin", body, headers = {}, signal } = {}) =>
        fetch(`${server.address}${path}`, {
          method,
          redirect: "manual",
          headers: {
            ...(as === "nobody" ? {} : { authorization: `Bearer ${keys[as]}` }),
            ...(body === undefined ? {} : { "content-type": "application/json" }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          ...(signal === undefined ? {} : { signal }),
        }),
      close: async () => {
        await server.close(0);
        await held.close();
      },
    };
  } catch (thrown) {
    await held.close();
    throw thrown;
  }
}
