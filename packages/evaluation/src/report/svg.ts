/** The little of SVG and HTML that the report is made of. All text that comes from outside passes through `escapeText`. */

/** Safe as text and as a quoted attribute; controls and direction overrides are shown, not obeyed. */
export function escapeText(text: string): string {
  return text
    .replaceAll(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
      (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    )
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly at: (value: number) => number;
}

/** From values to places; a range of no width, or of one that its numbers can hardly tell, gets some. */
export function scaleOf(low: number, high: number, from: number, to: number): Scale {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const pad = high - low > size * 1e-9 && high - low > 1e-290 ? 0 : size * 0.05 || 1;
  const [least, most] = [low - pad, high + pad];
  return { low: least, high: most, at: (value) => from + ((value - least) / (most - least)) * (to - from) };
}

/** Round numbers within a range, about `count` of them. */
export function ticksOf(low: number, high: number, count: number): readonly number[] {
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  // Of a range too narrow for steps within it, its ends have to do.
  if (!(step > 0 && low + step > low)) return [low, high];
  const first = Math.ceil(low / step) * step;
  const places = Math.min(50, Math.max(0, Math.floor((high - first) / step + 1e-9) + 1));
  return Array.from({ length: places }, (_, index) => first + index * step + 0);
}

/** Two decimals are enough for places on a screen. */
export function place(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export function svg(frame: Frame, title: string, body: string): string {
  return `<svg viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${escapeText(title)}">${body}</svg>`;
}

export function text(
  x: number,
  y: number,
  words: string,
  anchor: "start" | "middle" | "end" = "start",
): string {
  return `<text x="${place(x)}" y="${place(y)}" text-anchor="${anchor}">${escapeText(words)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}" class="${kind}"/>`;
}

/** Names of the axis at the bottom, as many as have room. */
export function bottomNames(frame: Frame, names: readonly string[], at: (index: number) => number): string {
  const room = Math.max(1, Math.floor((frame.width - frame.left - frame.right) / 90));
  const every = Math.max(1, Math.ceil(names.length / room));
  return names
    .map((name, index) => {
      if (index % every !== 0) return "";
      return text(at(index), frame.height - frame.bottom + 16, shortName(name, 12), "middle");
    })
    .join("");
}

export function leftAxis(frame: Frame, scale: Scale, label: (value: number) => string): string {
  return ticksOf(scale.low, scale.high, 5)
    .map((tick) => {
      const y = scale.at(tick);
      return (
        line(frame.left, y, frame.width - frame.right, y, "grid") +
        text(frame.left - 6, y + 4, label(tick), "end")
      );
    })
    .join("");
}

export function shortName(name: string, most: number): string {
  const characters = [...name];
  return characters.length <= most ? name : `${characters.slice(0, most - 1).join("")}…`;
}
