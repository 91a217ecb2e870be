/** The last few of what comes again and again: a few numbers for each, flat, oldest first. */
export interface Ring {
  readonly rev: number;
  readonly beats: readonly number[];
}

/** What a push has written over, so that the newest one can be taken back exactly. */
export interface Pushed {
  /** The ring's revision before it; 0 if there was none. */
  readonly rev: number;
  readonly values: readonly number[];
}

/** Pages are large, so that the system takes and gives them by themselves: what is never written takes no memory. */
const PAGE_BITS = 12;
const RINGS_A_PAGE = 1 << PAGE_BITS;
/** Before a ring's values: its revision, and how many were ever pushed. */
const [REV, COUNT, HEAD] = [0, 1, 2];

/**
 * Rings of the same size under their keys. They lie in pages of numbers and are written in place: a hundred thousand of
 * them cost the collector nothing, and a push leaves no garbage but what it wrote over.
 */
export class Rings {
  readonly #most: number;
  readonly #width: number;
  readonly #size: number;
  readonly #pages: Float64Array[] = [];
  readonly #places = new Map<string, number>();
  readonly #free: number[] = [];

  /** The first of the `width` numbers tells one from the next: an instant. */
  constructor(most: number, width: number) {
    this.#most = most;
    this.#width = width;
    this.#size = HEAD + most * width;
  }

  /** Undefined if it is there already: of a revision no newer, or with the same first number as the last. */
  push(key: string, rev: number, values: readonly number[]): Pushed | undefined {
    const place = this.#places.get(key) ?? this.#take(key);
    const [page, base] = [this.#pageOf(place), this.#baseOf(place)];
    const [before, count] = [page[base + REV] as number, page[base + COUNT] as number];
    if (rev <= before || (count > 0 && page[base + this.#at(count - 1)] === values[0])) return undefined;
    const pushed = { rev: before, values: this.#swap(page, base + this.#at(count), values) };
    page[base + REV] = rev;
    page[base + COUNT] = count + 1;
    return pushed;
  }

  /** Takes back the newest push of this key. */
  takeBack(key: string, { rev, values }: Pushed): void {
    if (rev === 0) return this.delete(key);
    const place = this.#places.get(key) as number;
    const [page, base] = [this.#pageOf(place), this.#baseOf(place)];
    const count = (page[base + COUNT] as number) - 1;
    this.#swap(page, base + this.#at(count), values);
    page[base + REV] = rev;
    page[base + COUNT] = count;
  }

  get(key: string): Ring | undefined {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    const [page, base] = [this.#pageOf(place), this.#baseOf(place)];
    const count = page[base + COUNT] as number;
    const beats: number[] = [];
    for (let nth = Math.max(0, count - this.#most); nth < count; nth++)
      beats.push(...page.subarray(base + this.#at(nth), base + this.#at(nth) + this.#width));
    return { rev: page[base + REV] as number, beats };
  }

  set(key: string, { rev, beats }: Ring): void {
    const place = this.#places.get(key) ?? this.#take(key);
    const [page, base] = [this.#pageOf(place), this.#baseOf(place)];
    page[base + REV] = rev;
    page[base + COUNT] = beats.length / this.#width;
    page.set(beats, base + HEAD);
  }

  delete(key: string): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    this.#free.push(place);
  }

  /** All of it as it lies here, for `putBack`: pushes before can be taken back after that too. */
  copy(key: string): Float64Array | undefined {
    const place = this.#places.get(key);
    return place === undefined
      ? undefined
      : this.#pageOf(place).slice(this.#baseOf(place), this.#baseOf(place) + this.#size);
  }

  putBack(key: string, copy: Float64Array): void {
    const place = this.#places.get(key) ?? this.#take(key);
    this.#pageOf(place).set(copy, this.#baseOf(place));
  }

  /** May be read while they change: then each is as it was when its turn came. */
  *entries(): Generator<[string, Ring]> {
    for (const key of this.#places.keys()) yield [key, this.get(key) as Ring];
  }

  #at(nth: number): number {
    return HEAD + (nth % this.#most) * this.#width;
  }

  #pageOf(place: number): Float64Array {
    return this.#pages[place >> PAGE_BITS] as Float64Array;
  }

  #baseOf(place: number): number {
    return (place % RINGS_A_PAGE) * this.#size;
  }

  /** What was there before. */
  #swap(page: Float64Array, at: number, values: readonly number[]): number[] {
    const before: number[] = [];
    for (let i = 0; i < this.#width; i++) {
      before.push(page[at + i] as number);
      page[at + i] = values[i] as number;
    }
    return before;
  }

  #take(key: string): number {
    if (this.#free.length === 0) this.#addPage();
    const place = this.#free.pop() as number;
    this.#places.set(key, place);
    this.#pageOf(place).fill(0, this.#baseOf(place), this.#baseOf(place) + this.#size);
    return place;
  }

  #addPage(): void {
    const first = this.#pages.length << PAGE_BITS;
    this.#pages.push(new Float64Array(RINGS_A_PAGE * this.#size));
    for (let place = first + RINGS_A_PAGE - 1; place >= first; place--) this.#free.push(place);
  }
}
