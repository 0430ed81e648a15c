/** How many there are of something, in words that fit one as well as many. */

/** `1 company`, `1,234 companies`. @param many unless it is `one` with an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
