import { failover } from './failover.js'
import { fullTable } from './full-table.js'
import { kernel } from './kernel.js'
import type { Part } from './part.js'

/** Every part of the suite, in the order of the page. */
export const PARTS: readonly Part[] = [fullTable, kernel, failover]
