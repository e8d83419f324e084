import { AFI_IPV4, AFI_IPV6, SAFI_UNICAST } from '../../ip/family.js'
import { KEEPALIVE } from '../../wire/message.js'
import { encodeOpen } from '../../wire/open.js'
import type { Capability } from '../../wire/types.js'
import { StagePeer } from './stage-peer.js'

/** A neighbor in a rehearsal that has whole tables to announce, in both families, and does not listen. */
export class StageFeeder extends StagePeer {
  readonly as: number
  readonly addPath: boolean

  /**
   * @param address its own (IPv4)
   * @param local the speaker's
   * @param addPath whether it sends path identifiers (RFC 7911)
   */
  constructor(address: string, local: string, as: number, addPath: boolean) {
    super(address, local)
    this.as = as
    this.addPath = addPath
  }

  /** OPEN and KEEPALIVE. */
  establish(): void {
    const families = [AFI_IPV4, AFI_IPV6].map((afi) => ({ afi, safi: SAFI_UNICAST }))
    const capabilities: Capability[] = [{ code: 65, name: 'four-octet-as', as: this.as }]
    for (const family of families) capabilities.push({ code: 1, name: 'multiprotocol', ...family })
    const sent = families.map((family) => ({ ...family, mode: 2 }))
    if (this.addPath) capabilities.push({ code: 69, name: 'add-path', families: sent })
    const { as, routerId } = this
    const open = encodeOpen({ type: 'open', version: 4, myAs: as, holdTime: 90, routerId, capabilities })
    this.say(open)
    this.say(KEEPALIVE)
  }
}
