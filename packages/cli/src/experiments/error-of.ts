/** An error that came from another thread of this process. */
import { type ErrorRecord, MycroftError } from "@mycroft/errors";

export function errorOf({ code, message, retryable, details }: ErrorRecord): MycroftError {
  return new MycroftError(code, message, { retryable, ...(details === undefined ? {} : { details }) });
}
