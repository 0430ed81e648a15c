import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { openEventStream, type StreamState } from "./event-stream.ts";

/** Stands in for the browser's: what the server would do is done to it by hand. */
class FakeEventSource extends EventTarget {
  static opened: FakeEventSource[] = [];
  readonly url: string;
  isClosed = false;

  constructor(url: string) {
    super();
    this.url = url;
    FakeEventSource.opened.push(this);
  }

  close(): void {
    this.isClosed = true;
  }

  send(type: string, data: string, lastEventId: string): void {
    this.dispatchEvent(new MessageEvent(type, { data, lastEventId }));
  }
}

class FakeDocument extends EventTarget {
  visibilityState: "visible" | "hidden" = "visible";

  turn(state: "visible" | "hidden"): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

let page: FakeDocument;

beforeEach(() => {
  page = new FakeDocument();
  FakeEventSource.opened = [];
  Object.assign(globalThis, { EventSource: FakeEventSource, document: page, window: new EventTarget() });
  mock.timers.enable({ apis: ["setTimeout"] });
});

afterEach(() => {
  mock.timers.reset();
});

interface Opened {
  readonly events: readonly string[];
  readonly states: readonly StreamState[];
  readonly close: () => void;
}

function open(): Opened {
  const events: string[] = [];
  const states: StreamState[] = [];
  const { close } = openEventStream({
    address: "/api/updates",
    events: ["update"],
    onEvent: (event, data, id) => events.push(`${event} ${data} ${id}`),
    onState: (state) => states.push(state),
  });
  return { events, states, close };
}

function newest(): FakeEventSource {
  const source = FakeEventSource.opened.at(-1);
  assert.ok(source);
  return source;
}

test("after a lost connection it goes on from the last event that came", () => {
  const { events, states, close } = open();
  newest().dispatchEvent(new Event("open"));
  newest().send("update", "a", "7");
  newest().dispatchEvent(new Event("error"));
  assert.equal(newest().isClosed, true);
  mock.timers.tick(1_000);
  assert.equal(newest().url, "/api/updates?lastEventId=7");
  newest().dispatchEvent(new Event("open"));
  newest().send("update", "b", "8");
  close();
  assert.deepEqual(events, ["update a 7", "update b 8"]);
  assert.deepEqual(states, ["connecting", "live", "reconnecting", "reconnecting", "live", "closed"]);
});

test("a server that stays away is asked ever more rarely, and never given up", () => {
  const { states, close } = open();
  for (let failure = 0; failure < 50; failure += 1) {
    newest().dispatchEvent(new Event("error"));
    const before = FakeEventSource.opened.length;
    mock.timers.tick(20_000);
    assert.equal(FakeEventSource.opened.length, before + 1);
  }
  assert.ok(states.includes("refused"));
  close();
});

test("a page that nobody looks at lets go of its connection, and takes it up again", () => {
  const { close } = open();
  newest().send("update", "a", "7");
  page.turn("hidden");
  mock.timers.tick(60_000);
  assert.equal(newest().isClosed, true);
  page.turn("visible");
  assert.equal(FakeEventSource.opened.length, 2);
  assert.equal(newest().url, "/api/updates?lastEventId=7");
  close();
});

test("a page that is only passed by keeps it", () => {
  const { close } = open();
  page.turn("hidden");
  mock.timers.tick(1_000);
  page.turn("visible");
  mock.timers.tick(60_000);
  assert.equal(FakeEventSource.opened.length, 1);
  assert.equal(newest().isClosed, false);
  close();
});

test("once closed it stays closed, whatever still comes", () => {
  const { events, states, close } = open();
  const source = newest();
  close();
  close();
  source.send("update", "late", "9");
  source.dispatchEvent(new Event("error"));
  mock.timers.tick(60_000);
  assert.deepEqual(events, []);
  assert.deepEqual(
    states.filter((state) => state === "closed"),
    ["closed"],
  );
  assert.equal(FakeEventSource.opened.length, 1);
});
