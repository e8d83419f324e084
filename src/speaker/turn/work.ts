/** How much a turn of the event loop may do, and what goes on in slices after it. */

import type { Clock } from '../../ports/clock.js'

/**
 * A piece of long work. `step` does a small part (well below a millisecond) and says whether all is done.
 * What throws is dropped and reported.
 */
export interface Task {
  /** @returns true when nothing is left to do */
  step(): boolean
  /** Called once after the last step, not after cancel(). */
  done?(): void
}

/**
 * Slices long work, so that timers and sockets get their turn: tasks run round robin for a few milliseconds,
 * then the event loop goes on. The same budget tells the drivers of connections when a turn has done enough
 * (`exhausted`), however many sockets had something to read in it.
 */
export class Work {
  readonly #clock: Clock
  readonly #budget: number
  readonly #failed: (error: unknown) => void
  /** Called after each slice and each direct piece of work. */
  readonly #sliceEnd: () => void
  #tasks: Task[] = []
  #scheduled = false
  #turnStart: number | undefined

  /**
   * @param options.budget milliseconds that one turn of the event loop may take
   * @param options.failed receives what a task threw
   * @param options.sliceEnd runs at the end of each slice
   */
  constructor(
    clock: Clock,
    options: { budget?: number; failed: (error: unknown) => void; sliceEnd?: () => void },
  ) {
    this.#clock = clock
    this.#budget = options.budget ?? 5
    this.#failed = options.failed
    this.#sliceEnd = options.sliceEnd ?? (() => {})
  }

  /** Tasks that are not done. */
  get size(): number {
    return this.#tasks.length
  }

  /** Adds a task; its first step comes on a later turn. @returns the task, for cancel() */
  add(task: Task): Task {
    this.#tasks.push(task)
    this.#schedule()
    return task
  }

  cancel(task: Task): void {
    const index = this.#tasks.indexOf(task)
    if (index >= 0) this.#tasks.splice(index, 1)
  }

  /**
   * True when this turn of the event loop has used its budget: work that came in should wait for a slice.
   * The first call of a turn starts the measure.
   */
  exhausted(): boolean {
    const now = this.#clock.now()
    if (this.#turnStart === undefined) {
      this.#turnStart = now
      this.#clock.soon(() => {
        this.#turnStart = undefined
      })
      return false
    }
    return now - this.#turnStart >= this.#budget
  }

  #schedule(): void {
    if (this.#scheduled || this.#tasks.length === 0) return
    this.#scheduled = true
    this.#clock.soon(() => {
      this.#scheduled = false
      this.#slice()
      this.#schedule()
    })
  }

  #slice(): void {
    const end = this.#clock.now() + this.#budget
    let index = 0
    while (this.#tasks.length > 0) {
      if (index >= this.#tasks.length) index = 0
      const task = this.#tasks[index]
      let finished = true
      try {
        finished = task.step()
      } catch (error) {
        this.#failed(error)
      }
      if (finished) {
        this.cancel(task)
        try {
          task.done?.()
        } catch (error) {
          this.#failed(error)
        }
      } else index++
      if (this.#clock.now() >= end) break
    }
    // The task that would come next starts the next slice.
    if (index > 0 && index < this.#tasks.length)
      this.#tasks = [...this.#tasks.slice(index), ...this.#tasks.slice(0, index)]
    this.#sliceEnd()
  }
}
