import { readFileSync } from 'node:fs'
import { type Profiler, Session } from 'node:inspector'
import { fileURLToPath } from 'node:url'

/** Lines of a room that were reached. */
export interface RoomCoverage {
  readonly room: string
  readonly covered: number
  readonly lines: number
}

/**
 * What the inputs reach, as V8 counts it (precise coverage by block). Only files of src/ count. Begin before the
 * modules under test are loaded, or their first lines are missing.
 */
export class Coverage {
  readonly #session = new Session()
  readonly #root: string
  /** Blocks that were reached, as 'file start end'. */
  readonly #seen = new Set<string>()
  /** Characters that were reached, by file. */
  readonly #reached = new Map<string, Uint8Array>()

  /** @param root URL of the folder that holds the compiled src/ */
  constructor(root: string) {
    this.#root = root
  }

  /** Blocks reached so far. */
  get size(): number {
    return this.#seen.size
  }

  begin(): void {
    this.#session.connect()
    this.#post('Profiler.enable')
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  end(): void {
    this.#post('Profiler.stopPreciseCoverage')
    this.#session.disconnect()
  }

  /**
   * Looks at what was reached since the last look.
   * @param keep whether it counts as seen from now on
   * @returns how many blocks were reached for the first time
   */
  take(keep = true): number {
    const { result } = this.#post('Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType
    let fresh = 0
    for (const script of result) {
      if (!script.url.startsWith(this.#root)) continue
      const file = script.url.slice(this.#root.length)
      let news = 0
      for (const { ranges } of script.functions) {
        for (const { count, startOffset, endOffset } of ranges) {
          if (count === 0) continue
          const key = `${file} ${startOffset} ${endOffset}`
          if (this.#seen.has(key)) continue
          news++
          if (keep) this.#seen.add(key)
        }
      }
      fresh += news
      if (keep && news > 0) this.#paint(script.url, file, script.functions)
    }
    return fresh
  }

  /** Coverage by room, in the order of their names. */
  rooms(): RoomCoverage[] {
    const rooms = new Map<string, { covered: number; lines: number }>()
    for (const [file, reached] of this.#reached) {
      const source = readFileSync(fileURLToPath(this.#root + file), 'utf8')
      const room = file.split('/')[0]
      const sum = rooms.get(room) ?? { covered: 0, lines: 0 }
      rooms.set(room, sum)
      let at = 0
      for (const line of source.split('\n')) {
        const first = line.search(/\S/)
        if (first >= 0 && !/^\s*(\/\/|\/?\*|[)\]}]+[,;]?$)/.test(line)) {
          sum.lines++
          if (reached[at + first] === 1) sum.covered++
        }
        at += line.length + 1
      }
    }
    return [...rooms].map(([room, sum]) => ({ room, ...sum })).sort((a, b) => (a.room < b.room ? -1 : 1))
  }

  #paint(url: string, file: string, functions: Profiler.FunctionCoverage[]): void {
    let reached = this.#reached.get(file)
    if (reached === undefined) {
      reached = new Uint8Array(readFileSync(fileURLToPath(url), 'utf8').length)
      this.#reached.set(file, reached)
    }
    const now = new Uint8Array(reached.length)
    // Inner ranges come behind the outer ones and overrule them.
    for (const { ranges } of functions) {
      for (const { count, startOffset, endOffset } of ranges)
        now.fill(count > 0 ? 1 : 0, startOffset, endOffset)
    }
    for (let i = 0; i < now.length; i++) reached[i] |= now[i]
  }

  #post(method: string, parameters: object = {}): unknown {
    let answer: unknown
    // In the same thread the answer comes before post() returns.
    this.#session.post(method, parameters, (error, result) => {
      if (error !== null) throw error
      answer = result
    })
    return answer
  }
}
