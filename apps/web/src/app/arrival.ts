/** Where a person has come to by a link, so that the focus moves to the new page's heading, and only then. */

let shownPathname: string | null = null;
let cameByLink = false;

/**
 * Says that a page is shown at `pathname`. Whether its heading is to have the focus: not on the first page of a visit, which
 * leaves it to the browser; and again when the heading that had it was replaced, as when a page's data comes.
 */
export function arriveAt(pathname: string, isFocusLost: boolean): boolean {
  const isChange = shownPathname !== pathname;
  if (isChange) cameByLink = shownPathname !== null;
  shownPathname = pathname;
  return cameByLink && (isChange || isFocusLost);
}
