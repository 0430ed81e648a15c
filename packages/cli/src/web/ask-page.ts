/** Where the web page of the process is that holds a store: asked over its socket, which only its own user can reach. */
import { parseWith } from "@mycroft/protocol";
import { z } from "zod";
import { askHolder } from "../control/control-client.ts";
import type { HolderMark } from "../control/control-protocol.ts";

/** Beside the operations on the store, of which it is none. */
export const pageQuestion = "page";

export interface HolderPage {
  readonly holder: HolderMark;
  /** With what signs in there; null when it has none. */
  readonly url: string | null;
}

const answerShape = z.object({ page: z.string().max(2_000).nullable() });

/** Null when no process holds the store, or none that listens. */
export async function askPage(recordFolder: string): Promise<HolderPage | null> {
  const answer = await askHolder(recordFolder, { operation: pageQuestion, input: {} });
  if (answer === null) return null;
  const { holder } = answer;
  // One of an earlier version knows no such question.
  if ("error" in answer) return { holder, url: null };
  const { page } = parseWith(answerShape, answer.value, "The answer", "CONTROL_INVALID");
  return { holder, url: page !== null && isWebAddress(page) ? page : null };
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}
