import type { Target } from '../engine/target.js'
import { codec } from './codec.js'
import { features } from './features.js'
import { machines } from './machines.js'
import { mrt } from './mrt.js'
import { speaker } from './speaker.js'

/** Everything that can be fuzzed. */
export const TARGETS: readonly Target[] = [codec, mrt, machines, speaker, features]
