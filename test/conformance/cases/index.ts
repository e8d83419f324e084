import type { Case } from '../case.js'
import { corpusCases } from '../corpus.js'

export const CASES: readonly Case[] = [...corpusCases]

/** Cases of a setup, in their order. */
export const casesOf = (setup: string): Case[] => CASES.filter((one) => (one.setup ?? 'main') === setup)
