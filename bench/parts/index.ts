import { churn } from './churn.js'
import { failover } from './failover.js'
import { fullTable } from './full-table.js'
import { kernel } from './kernel.js'
import { manyNodes } from './many-nodes.js'
import type { Part } from './part.js'
import { reflector } from './reflector.js'
import { size } from './size.js'
import { start } from './start.js'

/** Every part of the suite, in the order of the page. */
export const PARTS: readonly Part[] = [fullTable, manyNodes, kernel, failover, reflector, churn, start, size]
