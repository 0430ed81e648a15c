/**
 * The Lab's state as a piece of text for the end of an address, where it is not sent to any server: JSON, deflated, in the
 * alphabet of addresses. What a stranger's link unpacks to is limited (P8).
 */
import { knownOf } from "./lab-case.ts";
import { type LabState, readLabState } from "./lab-state.ts";

/** Longer addresses are cut or refused by mail programs and chats. */
const maxLength = 8_000;
const maxUnpackedBytes = 1_000_000;
const mark = "case=";

export interface SharedState {
  /** What comes after the `#`. */
  readonly fragment: string;
  /** False: what the policy had learned was too long for a link and is left out. */
  readonly isWhole: boolean;
}

/** Null when even without what was learned it is too long for a link. */
export async function packState(state: LabState): Promise<SharedState | null> {
  const whole = await pack(state);
  if (whole.length <= maxLength) return { fragment: mark + whole, isWhole: true };
  const { agents, context } = knownOf(state.case.request);
  const record = { agents, ...(context !== undefined && { context }) };
  const smaller = await pack({
    ...state,
    case: { ...state.case, request: { ...state.case.request, record } },
  });
  return smaller.length <= maxLength ? { fragment: mark + smaller, isWhole: false } : null;
}

/** Null for a fragment that holds no state, or none that the Lab can show. @param fragment with or without its `#`. */
export async function unpackState(fragment: string): Promise<LabState | null> {
  const packed = fragment.replace(/^#/, "");
  if (!packed.startsWith(mark) || packed.length > 4 * maxLength) return null;
  try {
    const bytes = await inflate(Uint8Array.fromBase64(packed.slice(mark.length), { alphabet: "base64url" }));
    return bytes === null ? null : readLabState(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

async function pack(state: LabState): Promise<string> {
  const stream = new Blob([JSON.stringify(state)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Null when it grows beyond all measure. */
async function inflate(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array | null> {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const pieces: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the stream: nothing more is unpacked.
  for await (const piece of stream) {
    size += piece.byteLength;
    if (size > maxUnpackedBytes) return null;
    pieces.push(piece);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}
