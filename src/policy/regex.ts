/**
 * Regular expressions of switches (AS path and expanded community lists): `. * + ? ^ $ [ ] ( ) |`, a backslash
 * before a character that is meant itself, and `_`, which stands for the beginning, the end, a blank, a comma,
 * a brace or a parenthesis. An expression is found anywhere in the text.
 *
 * It is run as a set of states that moves along the text (Thompson 1968), so that the time is at most the
 * product of both lengths: no expression and no text can make it backtrack.
 */

/** Longest expression, in characters. */
const REGEX_LONGEST = 512

type Node =
  | { readonly kind: 'set'; readonly set: Uint8Array }
  | { readonly kind: 'begin' | 'end' | 'border' | 'empty' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly least: 0 | 1; readonly many: boolean }

/** Characters that `_` stands for. */
const BORDER = ' ,{}()[]'

const SET = 0
const SPLIT = 1
const JUMP = 2
const BEGIN = 3
const END = 4
const MATCH = 5

/** A compiled expression. */
export class Regex {
  readonly #op: number[] = []
  /** First and second successor of a split, target of a jump. */
  readonly #to: number[] = []
  readonly #other: number[] = []
  readonly #set: (Uint8Array | undefined)[] = []
  /** States of the present and of the next character, and in which round each was added. */
  #now: Int32Array
  #next: Int32Array
  readonly #seen: Int32Array
  #round = 0

  /** @throws SyntaxError that says what is wrong, for an expression that is none */
  constructor(source: string) {
    this.#emit(new Parser(source).parse())
    this.#add(MATCH)
    this.#now = new Int32Array(this.#op.length)
    this.#next = new Int32Array(this.#op.length)
    this.#seen = new Int32Array(this.#op.length)
  }

  /** True when the expression is found somewhere in the text. */
  test(text: string): boolean {
    let count = 0
    for (let at = 0; at <= text.length; at++) {
      this.#round++
      // States that came over the last character, and a new beginning at each place.
      let states = 0
      const order = this.#next
      const close = (state: number): boolean => {
        const stack = [state]
        while (stack.length > 0) {
          const one = stack.pop()!
          if (this.#seen[one] === this.#round) continue
          this.#seen[one] = this.#round
          switch (this.#op[one]) {
            case SPLIT:
              stack.push(this.#other[one], this.#to[one])
              break
            case JUMP:
              stack.push(this.#to[one])
              break
            case BEGIN:
              if (at === 0) stack.push(one + 1)
              break
            case END:
              if (at === text.length) stack.push(one + 1)
              break
            case MATCH:
              return true
            default:
              order[states++] = one
          }
        }
        return false
      }
      for (let i = 0; i < count; i++) if (close(this.#now[i])) return true
      if (close(0)) return true
      if (at === text.length) return false
      const code = text.charCodeAt(at)
      count = 0
      for (let i = 0; i < states; i++) {
        if (code < 256 && this.#set[order[i]]?.[code] === 1) this.#now[count++] = order[i] + 1
      }
    }
    return false
  }

  #add(op: number, to = 0, other = 0, set?: Uint8Array): number {
    this.#op.push(op)
    this.#to.push(to)
    this.#other.push(other)
    this.#set.push(set)
    return this.#op.length - 1
  }

  #emit(node: Node): void {
    switch (node.kind) {
      case 'empty':
        return
      case 'set':
        this.#add(SET, 0, 0, node.set)
        return
      case 'begin':
        this.#add(BEGIN)
        return
      case 'end':
        this.#add(END)
        return
      case 'border':
        this.#emit({
          kind: 'choice',
          parts: [{ kind: 'set', set: setOf(BORDER) }, { kind: 'begin' }, { kind: 'end' }],
        })
        return
      case 'sequence':
        for (const part of node.parts) this.#emit(part)
        return
      case 'choice': {
        const ends: number[] = []
        for (const [i, part] of node.parts.entries()) {
          if (i === node.parts.length - 1) {
            this.#emit(part)
            break
          }
          const split = this.#add(SPLIT)
          this.#to[split] = this.#op.length
          this.#emit(part)
          ends.push(this.#add(JUMP))
          this.#other[split] = this.#op.length
        }
        for (const end of ends) this.#to[end] = this.#op.length
        return
      }
      case 'repeat':
        this.#repeat(node.part, node.least, node.many)
    }
  }

  #repeat(part: Node, least: 0 | 1, many: boolean): void {
    if (least === 1) {
      const start = this.#op.length
      this.#emit(part)
      const split = this.#add(SPLIT, start)
      this.#other[split] = this.#op.length
      return
    }
    const split = this.#add(SPLIT)
    this.#to[split] = this.#op.length
    this.#emit(part)
    if (many) this.#add(JUMP, split)
    this.#other[split] = this.#op.length
  }
}

/** What is wrong with an expression; undefined when nothing is. */
export function regexProblem(source: string): string | undefined {
  try {
    new Regex(source)
    return undefined
  } catch (error) {
    if (error instanceof SyntaxError) return error.message
    throw error
  }
}

function setOf(characters: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const character of characters) set[character.charCodeAt(0)] = 1
  return set
}

class Parser {
  readonly #source: string
  #at = 0
  #depth = 0

  constructor(source: string) {
    this.#source = source
  }

  parse(): Node {
    if (this.#source.length > REGEX_LONGEST) {
      throw new SyntaxError(`it has ${this.#source.length} characters; ${REGEX_LONGEST} are the most`)
    }
    const node = this.#choice()
    if (this.#at < this.#source.length) throw new SyntaxError('a `)` closes nothing')
    return node
  }

  #choice(): Node {
    const parts = [this.#sequence()]
    while (this.#source[this.#at] === '|') {
      this.#at++
      parts.push(this.#sequence())
    }
    return parts.length === 1 ? parts[0] : { kind: 'choice', parts }
  }

  #sequence(): Node {
    const parts: Node[] = []
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]))
      parts.push(this.#repeated())
    return parts.length === 0 ? { kind: 'empty' } : { kind: 'sequence', parts }
  }

  #repeated(): Node {
    let part = this.#atom()
    for (;;) {
      const sign = this.#source[this.#at]
      if (sign === '*') part = { kind: 'repeat', part, least: 0, many: true }
      else if (sign === '+') part = { kind: 'repeat', part, least: 1, many: true }
      else if (sign === '?') part = { kind: 'repeat', part, least: 0, many: false }
      else return part
      this.#at++
    }
  }

  #atom(): Node {
    const character = this.#source[this.#at++]
    switch (character) {
      case '^':
        return { kind: 'begin' }
      case '$':
        return { kind: 'end' }
      case '_':
        return { kind: 'border' }
      case '.':
        return { kind: 'set', set: new Uint8Array(256).fill(1) }
      case '[':
        return { kind: 'set', set: this.#brackets() }
      case '(': {
        if (++this.#depth > 64) throw new SyntaxError('it has more than 64 parentheses in each other')
        const inside = this.#choice()
        if (this.#source[this.#at++] !== ')') throw new SyntaxError('a `(` is not closed')
        this.#depth--
        return inside
      }
      case '*':
      case '+':
      case '?':
        throw new SyntaxError(`\`${character}\` has nothing before it to repeat`)
      default:
        return { kind: 'set', set: setOf(this.#literal(character)) }
    }
  }

  /** The character meant, a backslash taken away. */
  #literal(character: string): string {
    let meant = character
    if (character === '\\') {
      if (this.#at === this.#source.length) throw new SyntaxError('it ends with a backslash')
      meant = this.#source[this.#at++]
      if (/[0-9A-Za-z]/.test(meant)) throw new SyntaxError(`\`\\${meant}\` is not supported`)
    }
    if (meant.charCodeAt(0) > 126) throw new SyntaxError(`\`${meant}\` never occurs in a path`)
    return meant
  }

  #brackets(): Uint8Array {
    const set = new Uint8Array(256)
    const negated = this.#source[this.#at] === '^'
    if (negated) this.#at++
    for (let first = true; ; first = false) {
      if (this.#at >= this.#source.length) throw new SyntaxError('a `[` is not closed')
      const character = this.#source[this.#at++]
      if (character === ']' && !first) break
      const from = this.#literal(character).charCodeAt(0)
      let to = from
      if (this.#source[this.#at] === '-' && (this.#source[this.#at + 1] ?? ']') !== ']') {
        this.#at++
        to = this.#literal(this.#source[this.#at++]).charCodeAt(0)
        if (to < from) throw new SyntaxError('a range in brackets runs backwards')
      }
      for (let code = from; code <= to; code++) set[code] = 1
    }
    return negated ? set.map((bit) => 1 - bit) : set
  }
}
