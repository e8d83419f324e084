import { Bird } from './bird.js'
import type { DaemonClass } from './daemon.js'
import { Exabgp } from './exabgp.js'
import { Frr } from './frr.js'
import { Gobgp } from './gobgp.js'
import { Openbgpd } from './openbgpd.js'

/** Columns of the table, with the programs that have to be installed. */
export const DAEMONS: Readonly<Record<string, { kind: DaemonClass; programs: readonly string[] }>> = {
  GoBGP: { kind: Gobgp, programs: ['gobgpd', 'gobgp'] },
  FRR: { kind: Frr, programs: ['vtysh', 'zebra'] },
  BIRD: { kind: Bird, programs: ['bird', 'birdc'] },
  OpenBGPD: { kind: Openbgpd, programs: ['bgpctl'] },
  ExaBGP: { kind: Exabgp, programs: ['exabgp'] },
}
