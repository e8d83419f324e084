import type { Case } from '../case.js'
import { corpusCases } from '../corpus.js'
import { as4Cases } from './as4.js'
import { decisionCases } from './decision.js'
import { fsmCases } from './fsm.js'
import { headerCases } from './header.js'
import { openCases } from './open.js'
import { propagationCases } from './propagation.js'
import { updateCases } from './update.js'

/** Every case, in the order of the checklist. */
export const CASES: readonly Case[] = [
  ...headerCases,
  ...openCases,
  ...fsmCases,
  ...updateCases,
  ...as4Cases,
  ...decisionCases,
  ...propagationCases,
  ...corpusCases,
]

/** Cases of a setup, in their order. */
export const casesOf = (setup: string): Case[] => CASES.filter((one) => (one.setup ?? 'main') === setup)
