/** Numbers lines in written order, and tells who waits for all before a moment when they are done. */
export class Progress {
  #written = 0
  #done = 0
  #waiting: { readonly seq: number; readonly resolve: (seq: number) => void }[] = []

  /** The number of the next line. */
  next(): number {
    return ++this.#written
  }

  /** The number of the last line. */
  get written(): number {
    return this.#written
  }

  /** Lines are done in written order. */
  done(seq: number): void {
    this.#done = seq
  }

  /** Resolves with the present number when all lines up to it are done. @param idle nothing is in flight */
  linesDone(idle: boolean): Promise<number> {
    const seq = this.#written
    if (idle) return Promise.resolve(seq)
    return new Promise((resolve) => this.#waiting.push({ seq, resolve }))
  }

  /** Resolves what is due. @param idle nothing is in flight: what was waited for is done, or lost with its child */
  check(idle: boolean): void {
    if (this.#waiting.length === 0) return
    const due = this.#waiting.filter(({ seq }) => idle || seq <= this.#done)
    this.#waiting = this.#waiting.filter((waiter) => !due.includes(waiter))
    for (const { seq, resolve } of due) resolve(seq)
  }
}
