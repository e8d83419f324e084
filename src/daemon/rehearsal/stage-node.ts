import { MessageType } from '../../wire/codes.js'
import { KEEPALIVE } from '../../wire/message.js'
import { encodeNotification } from '../../wire/notification.js'
import { encodeOpen } from '../../wire/open.js'
import { AS_SEQUENCE } from '../../wire/types.js'
import { writeAttributes } from '../../wire/write-attributes.js'
import { StagePeer } from './stage-peer.js'

const HEADER = 19
const NOTHING = new Uint8Array(0)

/** A node in a rehearsal, with routes of its own. */
export class StageNode extends StagePeer {
  readonly #attributes: Uint8Array
  readonly #open: Uint8Array

  /**
   * @param address its own (IPv4), which is its next hop, too
   * @param local the speaker's
   */
  constructor(address: string, local: string, as: number) {
    super(address, local)
    this.#open = encodeOpen({
      type: 'open',
      version: 4,
      myAs: as,
      holdTime: 90,
      routerId: this.routerId,
      capabilities: [
        { code: 1, name: 'multiprotocol', afi: 1, safi: 1 },
        { code: 65, name: 'four-octet-as', as },
      ],
    })
    const asPath = [{ type: AS_SEQUENCE, asns: [as] }]
    this.#attributes = writeAttributes({ origin: 0, asPath, nextHop: address })
  }

  /** OPEN, KEEPALIVE and `routes`, each in a segment of its own. */
  establish(routes: Uint8Array): void {
    this.say(this.#open)
    this.say(KEEPALIVE)
    this.announce(routes)
  }

  /** @param routes NLRI octets (RFC 4271 §4.3), well below a full message */
  announce(routes: Uint8Array): void {
    this.say(update(NOTHING, this.#attributes, routes))
  }

  /** @param routes as above */
  withdraw(routes: Uint8Array): void {
    this.say(update(routes, NOTHING, NOTHING))
  }

  /** The connection ends, as it does with the node's process; `last`: with a Cease. */
  vanish(last: boolean): void {
    if (last) this.say(encodeNotification({ type: 'notification', code: 6, subcode: 2, data: NOTHING }, 4096))
    this.hangUp()
  }
}

function update(withdrawn: Uint8Array, attributes: Uint8Array, nlri: Uint8Array): Uint8Array {
  const length = HEADER + 4 + withdrawn.length + attributes.length + nlri.length
  const bytes = new Uint8Array(length).fill(0xff, 0, 16)
  const view = new DataView(bytes.buffer)
  view.setUint16(16, length)
  bytes[18] = MessageType.Update
  view.setUint16(HEADER, withdrawn.length)
  bytes.set(withdrawn, HEADER + 2)
  view.setUint16(HEADER + 2 + withdrawn.length, attributes.length)
  bytes.set(attributes, HEADER + 4 + withdrawn.length)
  bytes.set(nlri, length - nlri.length)
  return bytes
}
