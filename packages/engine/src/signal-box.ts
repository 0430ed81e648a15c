/**
 * The signals that a run has been sent and the tasks that wait for some (E9). Both wait for each other in lines, one
 * for each name and key: the signal that came first goes to the task that waited first. Joining a line, being served and
 * leaving it cost the same however long it is (E13).
 */
import { planLimits } from "./plan.ts";
import type { JsonValue } from "./workflow-definition.ts";

export interface SignalAddress {
  readonly signal: string;
  readonly key: string | null;
}

interface Signal {
  readonly payload: JsonValue;
}

/** In the order of arrival: what a line holds can leave it from anywhere. */
type Lines<T> = Map<string, Set<T>>;

export class SignalBox<Task> {
  // Not #private: what a run's state costs to read is counted through a proxy.
  /** Of a name and key, either signals wait or tasks do. */
  private readonly signals: Lines<Signal> = new Map();
  private readonly tasks: Lines<Task> = new Map();
  private readonly ids = new Set<string>();
  private received = 0;

  /** Whether one more may come: there is room, and this id is new. */
  admits(id: string | undefined): boolean {
    return this.received < planLimits.signals && !(id !== undefined && this.ids.has(id));
  }

  /** Takes a signal in; the task that it wakes, or null when it waits for one. */
  receive(address: SignalAddress, payload: JsonValue, id: string | undefined): Task | null {
    this.received += 1;
    if (id !== undefined) this.ids.add(id);
    const task = takeFirst(this.tasks, lineOf(address));
    if (task === undefined) joinLine(this.signals, lineOf(address), { payload });
    return task ?? null;
  }

  /** The oldest signal that nobody has taken; without one, the task waits. */
  takeOrWait(address: SignalAddress, task: Task): Signal | null {
    const signal = takeFirst(this.signals, lineOf(address));
    if (signal === undefined) joinLine(this.tasks, lineOf(address), task);
    return signal ?? null;
  }

  /** The task waits no longer. */
  leave(address: SignalAddress, task: Task): void {
    leaveLine(this.tasks, lineOf(address), task);
  }
}

/** No name and key make the same text as others do. */
function lineOf({ signal, key }: SignalAddress): string {
  return JSON.stringify([signal, key]);
}

function joinLine<T>(lines: Lines<T>, name: string, member: T): void {
  const line = lines.get(name);
  if (line === undefined) lines.set(name, new Set([member]));
  else line.add(member);
}

function takeFirst<T>(lines: Lines<T>, name: string): T | undefined {
  const [first] = lines.get(name) ?? [];
  if (first !== undefined) leaveLine(lines, name, first);
  return first;
}

function leaveLine<T>(lines: Lines<T>, name: string, member: T): void {
  const line = lines.get(name);
  line?.delete(member);
  if (line?.size === 0) lines.delete(name);
}
