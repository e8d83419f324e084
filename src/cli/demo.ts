import type { CommandModule } from 'yargs'

interface Arguments {
  readonly once: boolean
  readonly stage: 'auto' | 'namespaces' | 'loopback'
  readonly nodes: 'auto' | 'gobgpd' | 'own'
}

export const demoCommand: CommandModule<object, Arguments> = {
  command: 'demo',
  describe: 'the whole story on this machine: a switch, three nodes, a client; no configuration',
  builder: (parser) =>
    parser
      .option('once', {
        type: 'boolean',
        default: false,
        describe: 'end after the story, with exit code 0 or 1, instead of staying up',
      })
      .option('stage', {
        choices: ['auto', 'namespaces', 'loopback'] as const,
        default: 'auto' as const,
        describe:
          "where: network namespaces with the kernel's ECMP, or loopback addresses without; auto tries",
      })
      .option('nodes', {
        choices: ['auto', 'gobgpd', 'own'] as const,
        default: 'auto' as const,
        describe:
          "what speaks BGP on the nodes: gobgpd, or ecmpd's own speaker; auto: gobgpd where installed",
      })
      .usage('$0 demo [--once]\n\nNeeds no privileges; with root or user namespaces the kernel forwards.')
      .example('$0 demo', 'play the story, then stay up for looking around')
      .example('$0 demo --once', 'play it as a check: exit code 0 when every step came as it should'),
  async handler(words) {
    const { playDemo } = await import('../demo/demo.js')
    process.exitCode = await playDemo(words)
  },
}
