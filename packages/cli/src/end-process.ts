/** The one way in which the process is ended on purpose; any other end before a command is done is a failure. */
let isMeant = false;

export function endProcess(exitCode: number): never {
  isMeant = true;
  process.exit(exitCode);
}

/** Calls `tell` when the process ends by another way. What it returns becomes the exit code. */
export function watchForUnmeantEnd(tell: () => number): void {
  process.on("exit", () => {
    if (!isMeant) process.exitCode = tell();
  });
}
