/** A gateway that knows which version of a target would answer: what was answered by another one is another answer. */
import type { AttemptRequest, Gateway } from "@mycroft/runtime";

export interface VersionedGateway extends Gateway {
  /** Null when there is no such target. */
  versionOf(target: AttemptRequest["target"]): string | null;
}
