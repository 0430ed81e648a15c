/** A run that is played to a page: its plan, its tasks, and frames in which some tasks begin and those before them end. */

/** As much of the API's values as the page reads of them. */
interface PlayedNode {
  readonly name: string;
  readonly kind: string;
  readonly label: string;
  readonly agents: readonly string[];
  readonly needs: readonly string[];
  readonly takes: readonly string[];
  readonly rules: readonly string[];
  readonly nodes: readonly PlayedNode[];
}

interface PlayedTask {
  readonly task: string;
  readonly status: "waiting" | "running" | "succeeded";
  readonly attempts: readonly { readonly queuedAt: number }[];
}

interface PlayedPlan {
  readonly hash: string;
  readonly nodes: readonly PlayedNode[];
}

export interface Shape {
  /** `mapped`: three steps for each item of a map. `flat`: a step of its own for each task. */
  readonly kind: "mapped" | "flat";
  readonly tasks: number;
  /** Tasks that begin in each frame. */
  readonly perFrame: number;
}

const runId = "played";
const hash = "0".repeat(64);
const stepsOfItem = ["ask", "weigh", "resolve"] as const;
const columns = 19;

export class PlayedRun {
  readonly plan: PlayedPlan;
  readonly #tasks: PlayedTask[];
  readonly #perFrame: number;
  readonly #startedAt = Date.now();
  #next = 0;
  #underWay: number[] = [];
  #events = 1;
  #isSettled = false;

  constructor({ kind, tasks, perFrame }: Shape) {
    const nodes = kind === "mapped" ? mappedNodes() : flatNodes(tasks);
    this.plan = Object.assign({ hash, nodes }, { workflow: "played", output: "", definition: { steps: [] } });
    this.#tasks = kind === "mapped" ? mappedTasks(tasks) : nodes.map(({ name }) => waiting(name, name, null));
    this.#perFrame = perFrame;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  summary() {
    return {
      runId,
      workflow: "played",
      status: this.#isSettled ? "succeeded" : "running",
      asOf: "2026-01-02",
      planHash: hash,
      dataHash: null,
      codeVersion: "",
      createdAt: new Date(this.#startedAt).toISOString(),
      settledAt: this.#isSettled ? new Date().toISOString() : null,
      events: this.#events,
      tags: [],
      startKey: null,
      parent: null,
      forkedFrom: null,
    };
  }

  detail() {
    return {
      run: this.summary(),
      input: { bytes: 4, hash: null, value: null },
      inputHash: hash,
      decisionHash: null,
      result: null,
      counts: this.#counts(),
      tasks: this.#tasks.slice(0, 5_000),
      omittedTasks: Math.max(0, this.#tasks.length - 5_000),
      waits: [],
      ignoredEvents: 0,
      decisions: [],
      obstacle: null,
    };
  }

  whole() {
    return this.#frame(this.#tasks.slice(0, 5_000));
  }

  /** Ends what the frame before began, and begins as many again. */
  step() {
    const now = Date.now();
    const changed: PlayedTask[] = [];
    for (const at of this.#underWay) changed.push(this.#change(at, now, "succeeded"));
    this.#underWay = [];
    for (let count = 0; count < this.#perFrame && this.#next < this.#tasks.length; count++, this.#next++) {
      changed.push(this.#change(this.#next, now, "running"));
      this.#underWay.push(this.#next);
    }
    this.#isSettled = changed.length === 0;
    return this.#frame(changed);
  }

  #change(at: number, now: number, status: "running" | "succeeded"): PlayedTask {
    const before = this.#tasks[at];
    if (before === undefined) throw new Error(`There is no task ${at}.`);
    const isEnd = status === "succeeded";
    const queuedAt = before.attempts[0]?.queuedAt ?? now;
    const task = {
      ...before,
      status,
      readyAt: queuedAt,
      settledAt: isEnd ? now : null,
      attempts: [
        {
          attempt: 1,
          queuedAt,
          startedAt: queuedAt,
          endedAt: isEnd ? now : null,
          outcome: isEnd ? "succeeded" : "underWay",
        },
      ],
    };
    this.#tasks[at] = task;
    return task;
  }

  #frame(tasks: readonly PlayedTask[]) {
    const events = tasks.map((task, at) => ({
      seq: this.#events + at,
      at: Date.now(),
      type: task.status === "running" ? "attemptStarted" : "attemptSucceeded",
      task: task.task,
      attempt: 1,
      summary: "",
    }));
    this.#events += events.length;
    return {
      run: this.summary(),
      events,
      tasks: [...tasks],
      counts: this.#counts(),
      isSettled: this.#isSettled,
    };
  }

  #counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status } of this.#tasks) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }
}

function mappedNodes(): readonly PlayedNode[] {
  const body = stepsOfItem.map((name, at) => node(name, at === 0 ? [] : [stepsOfItem[at - 1] ?? ""]));
  return [
    node("list", []),
    { ...node("items", ["list"]), kind: "map", nodes: body },
    node("report", ["items"]),
  ];
}

function flatNodes(count: number): readonly PlayedNode[] {
  return Array.from({ length: count }, (_, at) =>
    node(`step${at}`, at < columns ? [] : [`step${at - columns}`]),
  );
}

function node(name: string, needs: readonly string[]): PlayedNode {
  return { name, kind: "call", label: `does ${name}`, agents: [], needs, takes: [], rules: [], nodes: [] };
}

function mappedTasks(count: number): PlayedTask[] {
  const items = Math.floor((count - 3) / stepsOfItem.length);
  const inner = Array.from({ length: items }, (_, item) =>
    stepsOfItem.map((step) => waiting(`items[${item}]/${step}`, step, `item ${item}`)),
  );
  return [
    waiting("list", "list", null),
    waiting("items", "items", null),
    ...inner.flat(),
    waiting("report", "report", null),
  ];
}

function waiting(task: string, name: string, item: string | null): PlayedTask {
  const whole = {
    task,
    step: name,
    kind: "call",
    node: name,
    target: null,
    status: "waiting" as const,
    readyAt: null,
    settledAt: null,
    dueAt: null,
    attempts: [],
    item,
    error: null,
    skipped: null,
    isTakenOver: false,
    isCached: false,
    childRunId: null,
  };
  return whole;
}
