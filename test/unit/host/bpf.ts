/** Runs a classic BPF program as the kernel does (Documentation/networking/filter.rst), for the instructions in use. */

/**
 * @param program struct sock_filter, one after the other, as this machine orders octets
 * @returns octets to take; 0: the packet is dropped
 */
export function runFilter(program: Uint8Array, packet: Uint8Array): number {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
  const little = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
  const code = new DataView(program.buffer)
  let a = 0
  let x = 0
  for (let at = 0; at < program.length; at += 8) {
    const [operation, yes, no, k] = [
      code.getUint16(at, little),
      code.getUint8(at + 2),
      code.getUint8(at + 3),
      code.getUint32(at + 4, little),
    ]
    const jump = (holds: boolean) => {
      at += (holds ? yes : no) * 8
    }
    try {
      if (operation === 0x30) a = view.getUint8(k)
      else if (operation === 0x28) a = view.getUint16(k)
      else if (operation === 0x50) a = view.getUint8(x + k)
      else if (operation === 0x48) a = view.getUint16(x + k)
      else if (operation === 0xb1) x = (view.getUint8(k) & 15) * 4
      else if (operation === 0x54) a &= k
      else if (operation === 0x15) jump(a === k)
      else if (operation === 0x45) jump((a & k) !== 0)
      else if (operation === 0x06) return k
      else throw new Error(`no such instruction: ${operation}`)
    } catch (error) {
      // A load behind the packet's end drops it.
      if (error instanceof RangeError) return 0
      throw error
    }
  }
  throw new Error('the program has no end')
}
