/**
 * A queue that keeps the tasks of some runs, and of their child runs, from being published. A queue may lose messages (P4),
 * so those runs stay as they are in the store until a host that may work on them recovers them.
 */
import type { TaskQueue } from "@mycroft/runtime";

export function withholdRuns(queue: TaskQueue, isWithheld: (runId: string) => boolean): TaskQueue {
  return {
    publish: (messages) => queue.publish(messages.filter((message) => !isWithheld(message.runId))),
    consume: (options, handle) => queue.consume(options, handle),
    depth: (pool) => queue.depth(pool),
    close: () => queue.close(),
  };
}
