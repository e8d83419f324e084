import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Lab } from './lab.js'
import { insideUserNamespace, tryNamespaces } from './namespaces.js'
import { type DemoNode, GobgpNode, type NodeTimes, OwnNode, TIMES } from './nodes.js'
import { loopbackStage, namespaceStage, type Stage } from './stage.js'
import { Story, StoryError } from './story.js'

/** How the demo is played. */
export interface DemoOptions {
  /** Ends by itself after the story. */
  readonly once: boolean
  /** 'auto': namespaces where they can be made, else loopback addresses. */
  readonly stage: 'auto' | 'namespaces' | 'loopback'
  /** 'auto': gobgpd where it is installed, else ecmpd's own speaker. */
  readonly nodes: 'auto' | 'gobgpd' | 'own'
  /** Times that the nodes ask for; TIMES by default. */
  readonly times?: NodeTimes
  /** Gets each line; standard output by default. */
  readonly say?: (line: string) => void
}

/** Set in the copy of this process that runs inside a user namespace of its own. */
const INSIDE = 'ECMPD_DEMO_INSIDE'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * What a signal means now: during the story it ends the demo early, while everything stays up it is the wish to
 * end in order.
 */
class Interrupt {
  /** Rejects when the demo ends early. */
  readonly early: Promise<never>
  over = false
  #reject: (error: Error) => void = () => {}
  #wish: (() => void) | undefined

  constructor() {
    this.early = new Promise((_resolve, reject) => {
      this.#reject = reject
    })
    this.early.catch(() => undefined)
  }

  readonly signal = () => this.#end(130)

  /** Nobody reads on, or the disk is full: what was made has to go all the same. */
  readonly outputLost = () => this.#end(1)

  #end(code: number): void {
    const wish = this.#wish
    this.#wish = undefined
    if (wish !== undefined) {
      wish()
      return
    }
    this.over = true
    this.#reject(new Interrupted(code))
  }

  /** Resolves at the next signal, which then does not end the demo early. */
  wish(): Promise<void> {
    return new Promise((resolve) => {
      this.#wish = resolve
    })
  }
}

class Interrupted extends Error {
  readonly code: number

  constructor(code: number) {
    super('ended early')
    this.code = code
  }
}

const print = (line: string) => void process.stdout.write(`${line}\n`)

/**
 * Plays the switch's story on this machine and prints each step. Leaves nothing behind, however it ends.
 * @returns the exit code: 0 when every step came as it should, 1 when one did not or its output was lost, 130 after
 * Ctrl-C within the story
 */
export async function playDemo(options: DemoOptions): Promise<number> {
  const { say = print } = options
  const access = options.stage === 'loopback' ? undefined : await tryNamespaces()
  if (access?.mode === 'none' && options.stage === 'namespaces') {
    say(`ecmpd demo: no network namespace could be made: ${access.reason}`)
    return 1
  }
  if (access?.mode === 'user' && !process.env[INSIDE]) return inside()

  const lab = new Lab()
  const interrupt = new Interrupt()
  for (const signal of SIGNALS) process.on(signal, interrupt.signal)
  process.stdout.on('error', interrupt.outputLost)
  const orphaned = watchParent(interrupt.signal)
  try {
    const stage =
      access && access.mode !== 'none'
        ? namespaceStage(lab, process.env[INSIDE] ? enterCommand() : '')
        : await loopbackStage(lab, access?.mode === 'none' ? access.reason : 'as asked')
    return await Promise.race([play(stage, options, interrupt), interrupt.early])
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    say('\nended early')
    return error.code
  } finally {
    clearInterval(orphaned)
    await lab.destroy()
    for (const signal of SIGNALS) process.off(signal, interrupt.signal)
    process.stdout.off('error', interrupt.outputLost)
  }
}

async function play(stage: Stage, options: DemoOptions, interrupt: Interrupt): Promise<number> {
  // Once everything is being taken down, what fails says nothing.
  const say = (line: string) => interrupt.over || (options.say ?? print)(line)
  const gobgpd = options.nodes === 'own' ? false : await installed('gobgpd', 'gobgp')
  if (options.nodes === 'gobgpd' && !gobgpd) {
    say('ecmpd demo: gobgpd is not installed (Debian: apt-get install gobgpd)')
    return 1
  }
  const Node = gobgpd ? GobgpNode : OwnNode
  const nodes: DemoNode[] = stage.places.map((place) => new Node(stage.lab, place, options.times ?? TIMES))
  say('ecmpd demo: a switch (AS 64513), three Kubernetes nodes (AS 64512) and a client on this machine')
  say(`   where: ${stage.description}`)
  say(
    gobgpd
      ? '   nodes: gobgpd, configured and started as Cilium does with its library'
      : "   nodes: ecmpd's own speaker in Cilium's manner (gobgpd is not installed, or not wanted)",
  )
  const { holdTime, restartTime } = options.times ?? TIMES
  say(
    `   times: hold time ${holdTime} s, restart time ${restartTime} s (Cilium's: 90 and 120), so that you need not wait`,
  )
  await stage.build()
  const story = new Story(stage, nodes, say)
  try {
    await story.play()
    if (!options.once) {
      lookAround(stage, say)
      await interrupt.wish()
    }
    await story.end()
    say('\nThe story is complete; nothing is left behind.')
    return 0
  } catch (error) {
    if (interrupt.over || !(error instanceof Error)) return 1
    const lines = story.switchOutput.trim().split('\n').slice(-15)
    say(`\nFAILED: ${error instanceof StoryError ? error.message : error.stack}`)
    say(`The last that ecmpd said:\n${lines.join('\n')}`)
    return 1
  }
}

function lookAround(stage: Stage, say: (line: string) => void) {
  const own = `${process.argv[0]} ${process.argv[1]}`
  const [{ address }] = stage.places
  const words = ['ip bgp summary', 'ip bgp', 'ip route 192.168.95.123', `ip bgp neighbors ${address}`]
  say('\nThe switch, the nodes and the client stay up. Look around, in another terminal:')
  for (const word of words) say(`   ${own} show ${word} --socket ${stage.socket}`)
  say(`   curl --unix-socket ${stage.socket} http://ecmpd/api/v1/neighbors`)
  for (const line of stage.kernelCommands) say(`   ${line}`)
  say('\nCtrl-C ends it.')
}

async function installed(...programs: string[]): Promise<boolean> {
  const found = programs.map(
    (program) =>
      new Promise<boolean>((resolve) => {
        execFile('sh', ['-c', 'command -v "$1"', 'sh', program], (error) => resolve(!error))
      }),
  )
  return (await Promise.all(found)).every(Boolean)
}

/** Starts this command again inside a user namespace. @returns its exit code */
async function inside(): Promise<number> {
  const [program, ...argv] = insideUserNamespace([
    process.execPath,
    ...process.execArgv,
    ...process.argv.slice(1),
  ])
  // Ctrl-C reaches both; the copy cleans up and decides about the exit code.
  const ignore = () => undefined
  const child = spawn(program, argv, {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: String(process.pid) },
  })
  const pass = (signal: NodeJS.Signals) => child.kill(signal)
  process.on('SIGINT', ignore)
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, pass)
  const [code] = (await once(child, 'exit')) as [number | null]
  process.off('SIGINT', ignore)
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, pass)
  return code ?? 1
}

/** Inside: ends the demo when the process outside is gone. */
function watchParent(gone: () => void): NodeJS.Timeout | undefined {
  const outside = process.env[INSIDE]
  if (!outside) return undefined
  const timer = setInterval(() => {
    if (String(process.ppid) !== outside) gone()
  }, 1000)
  timer.unref()
  return timer
}

/** How another terminal gets into this process's user namespace. */
const enterCommand = () => `nsenter --preserve-credentials --user --mount --net --target ${process.pid} `
