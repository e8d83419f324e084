/**
 * ecmpd rehearses. After a quiet start the first withdrawal, and the first loss of a node, would be the first
 * run of much of the code on their way: V8 compiles it then, while traffic goes to a dead node. So, once the
 * daemon is up, a speaker that is joined to nothing but a kernel on paper lives through a few of each, and then
 * through some thousand routes that come and go. What it leaves behind is compiled code.
 */
import { setFlagsFromString } from 'node:v8'
import { silent } from '../../ports/log.js'
import type { SpeakerOptions } from '../../speaker/model/options.js'
import { Speaker } from '../../speaker/speaker.js'
import { otherAs, StageTransport, stageNeighbor } from './stage.js'
import { StageClock } from './stage-clock.js'
import { StageKernel } from './stage-kernel.js'
import { StageNode } from './stage-node.js'

/** The speaker's address and those of three neighbors (documentation, RFC 5737). */
const LOCAL = '192.0.2.1'
const NODES = ['192.0.2.11', '192.0.2.12', '192.0.2.13']
/** 198.51.100.0/32 to 198.51.100.3/32. */
const ROUTES = Uint8Array.from([0, 1, 2, 3].flatMap((host) => [32, 198, 51, 100, host]))
const FIRST = ROUTES.subarray(0, 5)
/** How often the first route is withdrawn, and how often a node is lost. */
const WITHDRAWALS = 200
const LOSSES = 40
/** UPDATEs of a table that comes and goes, routes in each, and how often: a turn is to take a few milliseconds. */
const BULK = 16
const BULK_ROUTES = 250
const BULKS = 2
/** Longer than a gateway that was lost is not believed, milliseconds. */
const RECOVERY = 3000

export interface RehearsalOptions {
  /** What the daemon's speaker is: the rehearsing one decides alike. */
  readonly speaker: SpeakerOptions
  /** Whether the kernel has next-hop objects. */
  readonly objects: boolean
  /** Calls `fn` when the daemon has had its turn: between any two acts. */
  readonly soon: (fn: () => void) => void
  /** Asked before each act with a table: false ends them. */
  readonly wanted: () => boolean
}

/** Rehearses to the end. Resolves with the number of routes that were written on paper. */
export async function rehearse(options: RehearsalOptions): Promise<number> {
  const { localAs, neighbors, listenRanges } = options.speaker
  const template = neighbors[0] ?? listenRanges[0]?.template
  if (template === undefined) return 0
  const [family] = template.families
  // Else V8 throws away again what has not run for some collections of garbage.
  setFlagsFromString('--no-flush-bytecode')
  const clock = new StageClock()
  const kernel = new StageKernel(clock, options.objects)
  const as = otherAs(localAs)
  const transport = new StageTransport()
  const speaker = new Speaker({
    clock,
    transport,
    log: silent,
    random: () => 0.5,
    fib: kernel.fib,
    options: {
      ...options.speaker,
      listen: [{ address: LOCAL, port: 179 }],
      listenRanges: [],
      neighbors: NODES.map((address) =>
        stageNeighbor(template, {
          ...{ address, remoteAs: as, localAs },
          families: [{ ...family, family: 'ipv4-unicast', import: 'all', export: 'none', maximumPrefix: 0 }],
        }),
      ),
    },
  })
  await speaker.start()
  const act = (what: () => void) =>
    new Promise<void>((resolve) =>
      options.soon(() => {
        what()
        clock.pass(10)
        kernel.answer()
        resolve()
      }),
    )
  const nodes = NODES.map((address) => new StageNode(address, LOCAL, as))
  const join = (node: StageNode) => {
    transport.arrive(node.connect())
    node.establish(ROUTES)
  }
  for (const node of nodes) await act(() => join(node))
  // Losses first: traffic of every prefix waits for them, and the rest takes three times as long.
  for (let i = 0; i < LOSSES; i++) {
    const node = nodes[i % nodes.length]
    await act(() => node.vanish(i % 2 === 1))
    await act(() => clock.pass(RECOVERY))
    await act(() => join(node))
  }
  for (let i = 0; i < WITHDRAWALS; i++) {
    const node = nodes[i % nodes.length]
    await act(() => node.withdraw(FIRST))
    await act(() => node.announce(FIRST))
  }
  // A table comes from all of them and goes: what is written in bulk has its own way, too.
  for (let i = 0; i < BULKS; i++) {
    for (const say of ['announce', 'withdraw'] as const) {
      for (const node of nodes) {
        for (let part = 0; part < BULK && options.wanted(); part++) await act(() => node[say](bulk(part)))
      }
    }
  }
  const { add, replace } = kernel.fib.status().operations
  for (const node of nodes) node.vanish(false)
  await speaker.stop('the rehearsal is over')
  return add + replace
}

/** Host routes of 198.18.0.0/15, which is for benchmarks (RFC 2544). */
function bulk(part: number): Uint8Array {
  const octets = new Uint8Array(BULK_ROUTES * 5)
  for (let i = 0; i < BULK_ROUTES; i++) octets.set([32, 198, 18, part, i], i * 5)
  return octets
}
