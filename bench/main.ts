import { summarize } from './stats.js'
import { type StoryRun, story } from './story.js'
import { bird } from './switches/bird.js'
import { ecmpd } from './switches/ecmpd.js'
import { frr } from './switches/frr.js'

/**
 * `npm run bench [runs]`: the switch's story with ecmpd, FRR and BIRD in the same lab, in turn, so that a
 * machine whose speed drifts treats them alike. Needs root, gobgpd, frr, bird2 and tcpdump.
 */
const runs = Number(process.argv[2] ?? 5)
const daemons = [ecmpd, frr, bird]
const results = new Map<string, StoryRun[]>(daemons.map((daemon) => [daemon.name, []]))

for (let run = 1; run <= runs; run++) {
  for (const daemon of daemons) {
    const result = await story(daemon)
    results.get(daemon.name)!.push(result)
    const { start, withdraw, announce, memory } = result
    console.error(
      `run ${run} ${daemon.name}: start ${start.toFixed(1)} ms, withdraw ${withdraw.toFixed(2)} ms, ` +
        `announce ${announce.toFixed(2)} ms, memory ${memory.pss.toFixed(1)} MiB (PSS)`,
    )
  }
}

const cell = (values: number[], digits: number) => {
  const { min, median, max } = summarize(values)
  return `${median.toFixed(digits)} (${min.toFixed(digits)} – ${max.toFixed(digits)})`
}
console.log(`Medians of ${runs} runs (least – most), run in turn:\n`)
console.log(
  '| | start to three next hops, ms | withdrawal to two, ms | announcement to three, ms | PSS, MiB | RSS, MiB |',
)
console.log('|---|---|---|---|---|---|')
for (const [name, rows] of results) {
  const columns = [
    cell(
      rows.map((row) => row.start),
      0,
    ),
    cell(
      rows.map((row) => row.withdraw),
      2,
    ),
    cell(
      rows.map((row) => row.announce),
      2,
    ),
    cell(
      rows.map((row) => row.memory.pss),
      1,
    ),
    cell(
      rows.map((row) => row.memory.rss),
      1,
    ),
  ]
  console.log(`| ${name} | ${columns.join(' | ')} |`)
}
