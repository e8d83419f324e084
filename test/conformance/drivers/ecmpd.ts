import { writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { resolve } from 'node:path'
import { stringify } from 'yaml'
import { getJson } from '../../../src/demo/socket.js'
import {
  type Capability,
  DUT_AS,
  DUT_HOST_NAME,
  DUT_ID,
  type NeighborModel,
  type NeighborOptions,
} from '../model.js'
import { Driver } from './driver.js'

type Limit = NonNullable<NeighborOptions['maximumPrefix']>

/** A limit as the YAML file has it. */
function limitOf({ limit, warning, restart, warningOnly }: Limit) {
  return {
    limit,
    ...(warning === undefined ? {} : { threshold: warning }),
    ...(restart === undefined ? {} : { restart }),
    ...(warningOnly ? { warningOnly } : {}),
  }
}

/** ADD-PATH as the YAML file has it. */
function addPathOf(mode: NonNullable<NeighborOptions['addPath']>) {
  return { receive: mode !== 'send', ...(mode === 'receive' ? {} : { send: 'all' }) }
}

function getText(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path, timeout: 5000 }, async (response) => {
      let text = ''
      for await (const piece of response) text += piece
      resolve(text)
    }).on('error', reject)
  })
}

const MAIN = resolve('dist/cli/main.js')

/**
 * ecmpd as a user runs it: the built program, with a file in either dialect. What ecmpd learns to do is put
 * into `can` and into the configuration below (or leaves `coming`), and the cases that need it are played.
 */
export class EcmpdDriver extends Driver {
  readonly name = 'ecmpd'
  readonly programs = []
  override readonly strict = true
  readonly can: ReadonlySet<Capability> = new Set<Capability>([
    ...(['openHold', 'sendHold', 'connectRetry', 'nextHopSelf', 'password', 'ttlSecurity'] as const),
    ...(['extendedMessages', 'extendedNextHop', 'role', 'roleStrict', 'maximumPrefix'] as const),
    ...(['maximumPrefix.warning', 'maximumPrefix.restart', 'maximumPrefix.warningOnly'] as const),
    ...(['as', 'deterministicMed', 'notificationRestart', 'maximumPaths', 'kernel', 'dialect'] as const),
    ...(['longLived', 'restarter', 'originate'] as const),
    ...(['shutdown', 'enable', 'remove', 'changeHold', 'changeFamilies'] as const),
    ...(['hostName', 'events', 'metrics', 'neighbor', 'route', 'log', 'check'] as const),
    ...(['reset', 'softIn', 'softOut', 'restart', 'ip', 'explains', 'maintenance'] as const),
    ...(['reflectorClient', 'clusterId', 'clientToClient', 'addPath'] as const),
    ...(['strictCapabilities', 'ebgpRequiresPolicy', 'noPolicy', 'acceptAsSets'] as const),
  ])
  /** Shut down, by address, with the message. */
  readonly #down = new Map<string, string>()

  get #file(): string {
    return this.lab.path('ecmpd.conf')
  }
  get #socket(): string {
    return this.lab.path('ecmpd.sock')
  }

  async version() {
    return (await this.lab.must(undefined, [process.execPath, MAIN, '--version'])).trim()
  }

  #neighbor({ address, as, passive, families, hold, options }: NeighborModel) {
    const { openHold, sendHold, connectRetry } = options
    const shutdown = this.#down.get(address)
    return {
      address,
      remoteAs: as,
      ...(passive ? { passive } : {}),
      ...(shutdown === undefined ? {} : { shutdown: shutdown || true }),
      timers: {
        hold,
        ...(openHold === undefined ? {} : { openHold }),
        ...(sendHold === undefined ? {} : { sendHold }),
        ...(connectRetry === undefined ? {} : { connectRetry }),
      },
      families: families.map((family) => `${family}-unicast`),
      ...(this.model.dialect === 'yaml' ? {} : this.#policies(options)),
      ...(options.nextHopSelf ? { nextHopSelf: true } : {}),
      ...(options.reflectorClient ? { routeReflectorClient: true } : {}),
      ...(options.addPath ? { addPath: addPathOf(options.addPath) } : {}),
      ...(options.password ? { password: options.password } : {}),
      ...(options.ttlSecurity ? { ttlSecurity: options.ttlSecurity } : {}),
      ...(options.role ? { role: options.role === 'rs-server' ? 'rs' : options.role } : {}),
      ...(options.roleStrict ? { roleStrict: true } : {}),
      ...(options.maximumPrefix ? { maximumPrefix: limitOf(options.maximumPrefix) } : {}),
      ...(options.strictCapabilities ? { strictCapabilities: true } : {}),
    }
  }

  /** Where policies are required, letting everything pass has to be said of both directions. */
  #policies({ noPolicy }: NeighborModel['options']) {
    if (!this.model.ebgpRequiresPolicy) return { export: 'all' }
    const directions = ['import', 'export'].filter((direction) => direction !== noPolicy)
    return Object.fromEntries(directions.map((direction) => [direction, 'all']))
  }

  #yaml(): string {
    const { as = DUT_AS, deterministicMed, notificationRestart, maximumPaths, neighbors } = this.model
    const { clientToClient, clusterId, longLived, originate, restarter } = this.model
    return stringify({
      as,
      routerId: DUT_ID,
      hostName: this.model.hostName ?? DUT_HOST_NAME,
      ...(this.model.acceptAsSets ? { rejectAsSets: false } : {}),
      ...(deterministicMed ? { bestPath: { deterministicMed } } : {}),
      ...(notificationRestart ? { gracefulRestart: { notification: true } } : {}),
      ...(restarter ? { gracefulRestart: { restarter }, fib: { keepOnStop: true } } : {}),
      ...(longLived ? { longLivedGracefulRestart: { staleTime: longLived } } : {}),
      ...(maximumPaths ? { maximumPaths, multipathRelax: true } : {}),
      ...(clusterId === undefined ? {} : { clusterId }),
      ...(clientToClient === undefined ? {} : { clientToClientReflection: clientToClient }),
      ...(this.model.ebgpRequiresPolicy ? { ebgpRequiresPolicy: true } : {}),
      ...(originate ? { announce: originate } : {}),
      neighbors: neighbors.map((one) => this.#neighbor(one)),
    })
  }

  #ios(): string {
    const { as = DUT_AS, neighbors } = this.model
    const lines = neighbors.flatMap(({ address, as: remoteAs, passive }) => [
      ` neighbor ${address} remote-as ${remoteAs}`,
      ...(passive ? [` neighbor ${address} transport connection-mode passive`] : []),
    ])
    return `router bgp ${as}\n bgp router-id ${DUT_ID}\n${lines.join('\n')}\n`
  }

  protected write() {
    writeFileSync(this.#file, this.model.dialect === 'ios' ? this.#ios() : this.#yaml())
  }

  protected argv() {
    return [
      ...[process.execPath, MAIN, 'run', '-c', this.#file, '--socket', this.#socket, '--api', 'off'],
      ...['--log-format', 'json'],
      ...(this.model.kernel ? ['--fib'] : []),
    ]
  }

  protected ready() {
    return getJson(this.#socket, '/api/v1/neighbors')
  }

  protected apply() {
    return this.run(process.execPath, MAIN, 'reload', '--socket', this.#socket)
  }

  async shutdown(address: string, message = '') {
    this.#down.set(address, message)
    this.write()
    await this.apply()
  }

  async enable(address: string) {
    this.#down.delete(address)
    this.write()
    await this.apply()
  }

  #operate(...words: string[]) {
    return this.run(process.execPath, MAIN, 'neighbor', ...words, '--socket', this.#socket)
  }

  async reset(address: string) {
    await this.#operate(address, 'reset')
  }

  override async softIn(address: string) {
    await this.#operate(address, 'refresh', 'in')
  }

  async softOut(address: string) {
    await this.#operate(address, 'refresh', 'out')
  }

  override async maintenance(on: boolean) {
    await this.run(process.execPath, MAIN, 'maintenance', on ? 'on' : 'off', '--socket', this.#socket)
  }

  async neighbor(address: string) {
    const text = await this.run(
      ...[process.execPath, MAIN, 'show', 'ip', 'bgp', 'neighbors', address, '--socket', this.#socket],
    )
    const { neighbors } = await getJson<{ neighbors: { address: string }[] }>(
      this.#socket,
      '/api/v1/neighbors',
    )
    return `${text}\n${JSON.stringify(neighbors.find((one) => one.address === address))}`
  }

  async route(prefix: string) {
    const family = prefix.includes(':') ? 'ipv6-unicast' : 'ipv4-unicast'
    const query = `family=${family}&prefix=${encodeURIComponent(prefix)}`
    return JSON.stringify(await getJson(this.#socket, `/api/v1/routes?${query}`))
  }

  override async events() {
    return JSON.stringify(await getJson(this.#socket, '/api/v1/events?format=json'))
  }

  override metrics() {
    return getText(this.#socket, '/metrics')
  }

  override async check(neighbor: NeighborModel) {
    const file = this.lab.path('checked.conf')
    const { as = DUT_AS } = this.model
    writeFileSync(file, stringify({ as, routerId: DUT_ID, neighbors: [this.#neighbor(neighbor)] }))
    const result = await this.lab.run(undefined, [process.execPath, MAIN, 'config', 'check', file])
    return result.code === 0 ? '' : result.stdout + result.stderr
  }
}
