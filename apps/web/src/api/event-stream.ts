/**
 * A stream of server-sent events that comes back by itself: after a lost connection, a restarted server and a refusal alike,
 * and from where it was (`Last-Event-ID`). A page that nobody looks at holds no connection: browsers allow six to one host.
 */

export type StreamState = "connecting" | "live" | "reconnecting" | "refused" | "closed";

export interface EventStreamOptions {
  readonly address: string;
  /** The names of events to listen to. */
  readonly events: readonly string[];
  /** @param id is that of the event, to resume from; empty where it has none. */
  readonly onEvent: (event: string, data: string, id: string) => void;
  readonly onState: (state: StreamState) => void;
}

export interface EventStream {
  readonly close: () => void;
}

const firstDelayMs = 500;
const longestDelayMs = 5_000;
/** A tab that is only passed by is not worth a reconnection. */
const hiddenForMs = 20_000;

export function openEventStream(options: EventStreamOptions): EventStream {
  const stream = new ResumingStream(options);
  stream.start();
  return { close: () => stream.close() };
}

class ResumingStream {
  readonly #options: EventStreamOptions;
  #source: EventSource | null = null;
  #lastId = "";
  #failures = 0;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #hiddenTimer: ReturnType<typeof setTimeout> | null = null;
  #isClosed = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
  }

  start(): void {
    document.addEventListener("visibilitychange", this.#onVisibility);
    window.addEventListener("online", this.#onOnline);
    this.#connect();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    document.removeEventListener("visibilitychange", this.#onVisibility);
    window.removeEventListener("online", this.#onOnline);
    this.#clearTimers();
    this.#drop();
    this.#options.onState("closed");
  }

  #connect(): void {
    if (this.#isClosed) return;
    this.#drop();
    const { address, events, onEvent, onState } = this.#options;
    onState(this.#failures === 0 ? "connecting" : "reconnecting");
    // A new EventSource sends no Last-Event-ID; the server takes it from the query as well.
    const resumed =
      this.#lastId === ""
        ? address
        : `${address}${address.includes("?") ? "&" : "?"}lastEventId=${encodeURIComponent(this.#lastId)}`;
    const source = new EventSource(resumed);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#failures = 0;
      onState("live");
    });
    source.addEventListener("error", () => this.#onError(source));
    for (const name of events) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        if (this.#source !== source) return;
        this.#lastId = event.lastEventId;
        onEvent(name, event.data, event.lastEventId);
      });
    }
  }

  #onError(source: EventSource): void {
    if (this.#source !== source || this.#isClosed) return;
    this.#failures += 1;
    // The browser gives up for good on any answer that is not a stream, such as that of a proxy while the server restarts;
    // and its own pause is not known. So each trouble is taken in hand here.
    this.#drop();
    this.#options.onState(this.#failures > 4 ? "refused" : "reconnecting");
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (this.#failures - 1));
    this.#retryTimer = setTimeout(() => this.#connect(), delayMs * (0.75 + Math.random() / 2));
  }

  readonly #onOnline = (): void => {
    if (this.#source !== null) return;
    this.#clearTimers();
    this.#connect();
  };

  readonly #onVisibility = (): void => {
    if (document.visibilityState === "hidden") {
      this.#hiddenTimer ??= setTimeout(() => {
        this.#clearTimers();
        this.#drop();
      }, hiddenForMs);
      return;
    }
    if (this.#hiddenTimer !== null) clearTimeout(this.#hiddenTimer);
    this.#hiddenTimer = null;
    this.#onOnline();
  };

  #clearTimers(): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    if (this.#hiddenTimer !== null) clearTimeout(this.#hiddenTimer);
    this.#retryTimer = null;
    this.#hiddenTimer = null;
  }

  #drop(): void {
    this.#source?.close();
    this.#source = null;
  }
}
