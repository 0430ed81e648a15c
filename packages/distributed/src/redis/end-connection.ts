/** Ends a connection for good, also while it waits to connect again. */

/** What is used of a client, whoever made it. */
interface Connection {
  readonly status: string;
  disconnect(): void;
  connect(): Promise<unknown>;
}

/**
 * The client, told to disconnect between two tries to connect, never says that it has ended, and whoever waits for a command
 * waits for ever. One more try makes it notice.
 */
export function endConnection(redis: Connection): void {
  const isBetweenTries = redis.status === "reconnecting";
  redis.disconnect();
  if (!isBetweenTries) return;
  redis.connect().then(
    () => redis.disconnect(),
    () => {},
  );
}
