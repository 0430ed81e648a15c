/** Which page was come to last, so that the focus moves when the page changes and not when it is drawn again. */

let lastPathname: string | null = null;

/** Whether coming to `pathname` is a change of page; not for the first page of a visit. */
export function arriveAt(pathname: string): boolean {
  const isChange = lastPathname !== null && lastPathname !== pathname;
  lastPathname = pathname;
  return isChange;
}
