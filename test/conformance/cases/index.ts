import type { Case } from '../case.js'
import { corpusCases } from '../corpus.js'
import { addPathCases } from './add-path.js'
import { as4Cases } from './as4.js'
import { decisionCases } from './decision.js'
import { extensionCases } from './extensions.js'
import { fsmCases } from './fsm.js'
import { headerCases } from './header.js'
import { openCases } from './open.js'
import { propagationCases } from './propagation.js'
import { reflectionCases } from './reflection.js'
import { refreshCases } from './refresh.js'
import { restartCases } from './restart.js'
import { roleCases } from './roles.js'
import { transportCases } from './transport.js'
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
  ...refreshCases,
  ...reflectionCases,
  ...restartCases,
  ...addPathCases,
  ...extensionCases,
  ...roleCases,
  ...transportCases,
  ...corpusCases,
]

/** Cases of a setup, in their order. */
export const casesOf = (setup: string): Case[] => CASES.filter((one) => (one.setup ?? 'main') === setup)
