import type { CommandModule } from 'yargs'
import { RUN_OPTIONS, type RunArguments } from './run-options.js'

export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run',
  describe: 'be the switch, a monitor or a test peer, as the configuration says',
  builder: (parser) =>
    parser
      .options(RUN_OPTIONS)
      .usage(
        '$0 run -c FILE [--fib]\n\nSIGTERM ends it (its routes leave the kernel), and so does closing the terminal that it runs in; `ecmpd reload`,\nor SIGHUP, applies a changed file.',
      )
      .example('$0 run -c ruijie.conf --fib', 'replace the switch; 179 needs CAP_NET_BIND_SERVICE')
      .example('$0 run -c monitor.yaml', 'watch beside the switch')
      .example('$0 run -c config/test-peer.yaml', 'a test peer on port 1790, without root') as never,
  async handler(words) {
    const { run } = await import('./run-handler.js')
    await run(words)
  },
}
