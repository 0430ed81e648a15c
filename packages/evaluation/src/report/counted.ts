/** How many there are of something, in words that fit one as well as many. */

/** `1 case`, `1,234 cases`. */
export function counted(count: number, one: string): string {
  return `${count.toLocaleString("en-US")} ${one}${count === 1 ? "" : "s"}`;
}
