import t from 'tap'
import { column } from './column.js'

t.setTimeout(600_000)

await column(t, 'GoBGP')
