/**
 * The store's connections: set up before their first use, given back only when they are known to be sound, and never
 * given back in the middle of a transaction. A piece of work whose connection was lost may or may not have been done;
 * that is said by an error of its own, which does not leave this folder.
 */
import type { Client, PoolClient } from "pg";
import pg from "pg";
import type { SessionRules } from "./session-settings.ts";
import { setUpSession } from "./session-settings.ts";

/** The connection was lost with work on the way: nobody knows whether it was done. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";

  constructor(cause: unknown) {
    super("The connection was lost.", { cause });
  }
}

export interface ConnectionsOptions {
  readonly url: string;
  readonly rules: SessionRules;
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
}

type Work<Result> = (client: PoolClient) => Promise<Result>;

/** Beyond the server's own patience, so that it is the server that gives up as long as it can be heard. */
const extraPatienceMs = 5_000;

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #pool: pg.Pool;
  #ended: Promise<void> | null = null;

  constructor(options: ConnectionsOptions) {
    const { rules, maxConnections } = options;
    this.#options = options;
    this.#pool = new pg.Pool({
      ...clientConfig(options),
      max: maxConnections,
      pipeline: true,
      query_timeout: rules.patienceMs + extraPatienceMs,
      onConnect: (client) => setUpSession(client, rules),
    });
    // One that breaks while nobody uses it is replaced when the next one is asked for.
    this.#pool.on("error", () => {});
    this.#pool.on("connect", (client) => client.on("error", () => {}));
  }

  /** Work that may be done twice: tried once more, on another connection, when its connection was lost. */
  async repeatable<Result>(work: Work<Result>): Promise<Result> {
    try {
      return await this.once(work);
    } catch (thrown) {
      if (!(thrown instanceof ConnectionLost)) throw thrown;
      return await this.once(work);
    }
  }

  /**
   * Work that must not be done twice. When it rejects with anything but `ConnectionLost`, a transaction that was open
   * has been rolled back.
   */
  async once<Result>(work: Work<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (thrown) {
      const isSound = await client.query("ROLLBACK").then(
        () => true,
        () => false,
      );
      client.release(!isSound);
      throw isSound ? thrown : new ConnectionLost(thrown);
    }
  }

  /** A connection of its own, for work that takes its time: without the limits of the others. */
  async apart<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    const client = new pg.Client(clientConfig(this.#options));
    client.on("error", () => {});
    await client.connect();
    try {
      await setUpSession(client, { ...this.#options.rules, patienceMs: 0 });
      return await work(client);
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Resolves when all connections are closed. */
  end(): Promise<void> {
    this.#ended ??= this.#pool.end();
    return this.#ended;
  }
}

function clientConfig({ url, connectTimeoutMs }: ConnectionsOptions): pg.ClientConfig {
  return {
    connectionString: withPassword(url),
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: "mycroft",
  };
}

/** A server that asks for a password where none is given is to refuse it, which the client alone would not tell apart. */
function withPassword(url: string): string {
  const parsed = new URL(url);
  const { PGPASSWORD } = process.env;
  if (parsed.password !== "" || parsed.username === "" || (PGPASSWORD ?? "") !== "") return url;
  parsed.password = "none";
  return parsed.href;
}
