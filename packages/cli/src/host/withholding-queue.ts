/**
 * A queue that keeps the tasks of some runs from being published. A queue may lose messages (P4), so those runs stay as
 * they are in the store until a host that may work on them recovers them.
 */
import type { TaskQueue } from "@mycroft/runtime";

export function withholdRuns(queue: TaskQueue, withheld: ReadonlySet<string>): TaskQueue {
  if (withheld.size === 0) return queue;
  return {
    publish: (messages) => queue.publish(messages.filter((message) => !withheld.has(message.runId))),
    consume: (options, handle) => queue.consume(options, handle),
    depth: (pool) => queue.depth(pool),
    close: () => queue.close(),
  };
}
