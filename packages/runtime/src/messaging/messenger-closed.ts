/** The failure of what is under way between agents when a process ends: another one may do it again. */
import { MycroftError } from "@mycroft/errors";

export function messengerClosed(): MycroftError {
  return new MycroftError("WORKER_CLOSED", "The process ended while agents asked each other in it.");
}
