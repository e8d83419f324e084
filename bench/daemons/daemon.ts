import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { DemoChild } from '../../src/demo/child.js'
import type { Lab } from '../../src/demo/lab.js'
import type { Family } from '../../src/ip/family.js'

/** A neighbor of the switch. */
export interface Neighbor {
  readonly address: string
  readonly as: number
  /** It gets every route. */
  readonly export: boolean
  /** The switch dials it as well. */
  readonly dial?: boolean
}

/** What a daemon in the place of the switch has to do. */
export interface SwitchSpec {
  /** Short name of its namespace. */
  readonly namespace: string
  readonly as: number
  /** Own IPv4 address: router id. */
  readonly address: string
  readonly neighbors: readonly Neighbor[]
  readonly family: Family
  /** Widest ECMP set. */
  readonly multipath: number
  /** Routes go into the kernel. */
  readonly kernel: boolean
  /** All neighbors are clients of this route reflector. */
  readonly reflector: boolean
  /** Seconds proposed. */
  readonly holdTime: number
  /** The neighbors announce paths with an AS_SET, and they are to be taken. */
  readonly asSets?: boolean
  /** Address behind which next hops are that are on no network of the switch's. */
  readonly gateway?: string
}

/** How far a daemon is. */
export interface Progress {
  /** Paths in the Loc-RIB (or in its Adj-RIBs-In, where it counts no others). */
  readonly paths: number
  /** It says that nothing waits for its decision. */
  readonly settled: boolean
}

/** What a daemon has for a prefix. */
export interface SeenRoute {
  readonly paths: number
  /** Of the best path. */
  readonly asPath: readonly number[]
  readonly nextHop: string
  readonly communities: readonly string[]
}

/** A daemon that runs. */
export interface Running {
  /** Everything that belongs to it. */
  readonly children: readonly DemoChild[]
  /** Asks it; throws while it does not answer. Milliseconds at most, so that it can be asked often. */
  progress(): Promise<Progress>
  /** What it has for a prefix; undefined: nothing. */
  route(prefix: string): Promise<SeenRoute | undefined>
  stop(): Promise<void>
}

/** A BGP daemon that can be measured. */
export interface Daemon {
  readonly name: string
  /** It installs multipath routes into Linux's kernel. */
  readonly kernel: boolean
  /** It takes paths with an AS_SET; else they count as withdrawn (RFC 9774). */
  readonly asSets: boolean
  /** AS 0 in a path makes it withdrawn (RFC 7607), prefixes that are not for routing are ignored. */
  readonly strict: boolean
  /** Debian's package of it; undefined: it is none. */
  readonly package?: string
  /** Whether it is there. */
  installed(): boolean
  /** Name and version as the program tells it. */
  version(lab: Lab): Promise<string>
  /** Writes the configuration. @returns a function that starts it */
  prepare(lab: Lab, spec: SwitchSpec): () => Running
}

/** Whether a program is on the path. */
export function onPath(...programs: readonly string[]): boolean {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return programs.every((program) => directories.some((directory) => existsSync(join(directory, program))))
}

/** Ends processes in the order given. */
export async function stopAll(children: readonly DemoChild[]): Promise<void> {
  for (const child of children) {
    child.signal('SIGKILL')
    await child.exited
  }
}

/** Numbers of an AS path in text; sets and other signs are left out. */
export const pathNumbers = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number)
