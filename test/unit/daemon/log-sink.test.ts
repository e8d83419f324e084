import t from 'tap'
import { LogSink } from '../../../src/daemon/log-sink.js'

type Done = (error: NodeJS.ErrnoException | null, written: number) => void

/** A reader that a test plays. */
class Reader {
  text = ''
  #waiting: { bytes: Uint8Array; done: Done } | undefined

  readonly write = (_fd: number, bytes: Uint8Array, done: Done) => {
    this.#waiting = { bytes, done }
  }

  get busy(): boolean {
    return this.#waiting !== undefined
  }

  /** Takes `count` octets of what is offered, or all. */
  take(count = Number.POSITIVE_INFINITY): void {
    const { bytes, done } = this.#waiting!
    this.#waiting = undefined
    const taken = bytes.subarray(0, count)
    this.text += Buffer.from(taken).toString()
    done(null, taken.length)
  }

  fail(code: string): void {
    const { done } = this.#waiting!
    this.#waiting = undefined
    done(Object.assign(new Error(code), { code }), 0)
  }
}

t.test('lines come whole and in order, also when taken in pieces', async (t) => {
  const reader = new Reader()
  const sink = new LogSink(1, reader.write)
  sink.write('one\n')
  sink.write('two\n')
  sink.write('three\n')
  reader.take(2)
  reader.take()
  reader.take()
  t.equal(reader.text, 'one\ntwo\nthree\n')
  t.notOk(reader.busy)
  await sink.flush(1000)
})

t.test('flush waits for the last line', async (t) => {
  const reader = new Reader()
  const sink = new LogSink(1, reader.write)
  sink.write('one\n')
  sink.write('two\n')
  const flushed = sink.flush(60_000)
  reader.take()
  reader.take()
  await flushed
  t.equal(reader.text, 'one\ntwo\n')
})

t.test('a reader that takes nothing costs no more than a limit, and what was dropped is said', async (t) => {
  const reader = new Reader()
  const sink = new LogSink(1, reader.write)
  const line = `${'x'.repeat(1023)}\n`
  for (let n = 0; n < 10_000; n++) sink.write(line)
  while (reader.busy) reader.take()
  t.ok(reader.text.length < 5 << 20)
  t.match(reader.text, /"\d+ log lines were dropped: the reader is too slow"\}\n$/)
})

t.test('a reader that went away ends nothing, and flush does not wait for it', async (t) => {
  const reader = new Reader()
  const sink = new LogSink(1, reader.write)
  sink.write('one\n')
  sink.write('two\n')
  const flushed = sink.flush(60_000)
  reader.fail('EPIPE')
  await flushed
  sink.write('three\n')
  t.notOk(reader.busy)
})

t.test('a full pipe is tried again', async (t) => {
  const reader = new Reader()
  const sink = new LogSink(1, reader.write)
  sink.write('one\n')
  reader.fail('EAGAIN')
  while (!reader.busy) await new Promise((resolve) => setTimeout(resolve, 5))
  reader.take()
  t.equal(reader.text, 'one\n')
})
