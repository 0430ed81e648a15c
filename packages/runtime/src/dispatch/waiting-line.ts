/**
 * A line whose first member is the one of least order: a binary heap whose members know their place, so that any of them
 * leaves it in O(log n), and what has left takes no room (P8).
 */
export interface Waiting {
  /** Least is first. */
  readonly order: number;
  /** Of equal order, the lower number is first. */
  readonly number: number;
  /** Where it stands in its line; -1 while it is in none. Only the line writes it. */
  place: number;
}

export class WaitingLine<Member extends Waiting> {
  readonly #heap: Member[] = [];

  get length(): number {
    return this.#heap.length;
  }

  get first(): Member | undefined {
    return this.#heap[0];
  }

  push(member: Member): void {
    this.#rise(member, this.#heap.length);
  }

  shift(): Member | undefined {
    const [first] = this.#heap;
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** The member must be in this line. */
  remove(member: Member): void {
    const { place } = member;
    const last = this.#heap.pop();
    member.place = -1;
    if (last === undefined || last === member) return;
    // The last one fills the gap, and goes from there to where it belongs.
    const parent = this.#heap[(place - 1) >> 1];
    if (place > 0 && parent !== undefined && isBefore(last, parent)) this.#rise(last, place);
    else this.#sink(last, place);
  }

  #rise(member: Member, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || !isBefore(member, parent)) break;
      this.#put(parent, place);
      place = above;
    }
    this.#put(member, place);
  }

  #sink(member: Member, from: number): void {
    let place = from;
    for (;;) {
      let below = 2 * place + 1;
      let child = this.#heap[below];
      if (child === undefined) break;
      const sibling = this.#heap[below + 1];
      if (sibling !== undefined && isBefore(sibling, child)) {
        below += 1;
        child = sibling;
      }
      if (!isBefore(child, member)) break;
      this.#put(child, place);
      place = below;
    }
    this.#put(member, place);
  }

  #put(member: Member, place: number): void {
    this.#heap[place] = member;
    member.place = place;
  }
}

export function isBefore(left: Waiting, right: Waiting): boolean {
  return left.order < right.order || (left.order === right.order && left.number < right.number);
}
