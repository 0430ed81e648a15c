/** Thrown when a signal ended a command's work early, after what was done had been written down. */
import { MycroftError } from "@mycroft/errors";

export class Interrupted extends Error {
  override readonly name = "Interrupted";
  /** 128 and the signal's number, as shells count. */
  readonly exitCode: number;

  constructor(exitCode: number) {
    super("The command was interrupted.");
    this.exitCode = exitCode;
  }

  /** For programs, which did not see the notes that a person has seen. */
  toError(): MycroftError {
    return new MycroftError(
      "RUN_NOT_SETTLED",
      "The command was interrupted before its run had settled; the next command that runs something resumes it.",
      { details: { exitCode: this.exitCode } },
    );
  }
}
