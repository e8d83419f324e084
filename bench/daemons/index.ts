import { bird } from './bird.js'
import type { Daemon } from './daemon.js'
import { ecmpd } from './ecmpd.js'
import { frr } from './frr.js'
import { gobgp } from './gobgp.js'
import { openbgpd } from './openbgpd.js'

/** Every daemon that is measured, in the order of the tables. */
export const DAEMONS: readonly Daemon[] = [ecmpd, frr, bird, gobgp, openbgpd]
