/** How one kind of server is found, and started in a folder of its own. */
export interface ServerRecipe {
  /** The names of the ports that it listens on. */
  readonly ports: readonly string[];
  /** How to get it, for those who lack it. */
  readonly install: string;
  /** The file to run; null when it is not on this machine. */
  find(): string | null;
  version(file: string): string;
  /** What has to be done in the folder first. */
  prepare?(file: string, folder: string): void;
  command(file: string, folder: string, ports: Ports): ServerCommand;
}

export type Ports = Readonly<Record<string, number>>;

export interface ServerCommand {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
  /** What it prints, or the address that answers, when it is ready. */
  readonly ready: RegExp | string;
  readonly stopSignal: "SIGTERM" | "SIGINT";
}
