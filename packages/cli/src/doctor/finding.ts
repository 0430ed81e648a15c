/** What a look at one thing came to. */
import { MycroftError } from "@mycroft/errors";

export interface Finding {
  readonly topic: string;
  /** `warn`: it works, and somebody should know. `fail`: something will not work. */
  readonly status: "ok" | "warn" | "fail";
  readonly text: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** A look that fails is a finding too: the other looks go on. */
export async function look(
  topic: string,
  work: () => Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    const found = await work();
    return Array.isArray(found) ? found : [found as Finding];
  } catch (thrown) {
    const text =
      thrown instanceof MycroftError
        ? `${thrown.code}: ${thrown.message}`
        : thrown instanceof Error
          ? thrown.message
          : String(thrown);
    return [{ topic, status: "fail", text }];
  }
}
