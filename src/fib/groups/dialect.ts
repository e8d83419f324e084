/** The lines for `ip -batch`: with next-hop objects here, without them in plain.ts. */

import { PROTOCOL_BGP } from '../kernel/route-line.js'
import type { NextHopGroup, NextHopObject } from './kernel-objects.js'

/** Writes kernel changes as lines of `ip -batch`. */
export interface KernelDialect {
  /** True when objects and groups are kernel objects of their own; false when they exist only in the routes. */
  readonly objects: boolean
  /** A route that must not be there yet. */
  add(prefix: string, group: NextHopGroup): string
  /** A change of an own route in one step. */
  replace(prefix: string, group: NextHopGroup): string
  /** @param group the one that the route is believed to use */
  delete(prefix: string, group: NextHopGroup): string
}

/** Routes by group id. */
export class ObjectDialect implements KernelDialect {
  readonly objects = true
  readonly #tail: string

  /** @param metric of own routes */
  constructor(metric: number) {
    this.#tail = ` proto ${PROTOCOL_BGP} metric ${metric}`
  }

  add(prefix: string, group: NextHopGroup): string {
    return `route add ${prefix} nhid ${group.id}${this.#tail}`
  }

  replace(prefix: string, group: NextHopGroup): string {
    return `route replace ${prefix} nhid ${group.id}${this.#tail}`
  }

  /** Names the group, so that no route but the own one can match. */
  delete(prefix: string, group: NextHopGroup): string {
    return `route del ${prefix} nhid ${group.id}${this.#tail}`
  }
}

/** Line that makes a gateway's object. @param word the interface, as `ip` takes it */
export function addObject(object: NextHopObject, word: string): string {
  return objectLine('add', object, word)
}

/** Line that sends an object elsewhere; groups and routes keep using it. */
export function replaceObject(object: NextHopObject, word: string): string {
  return objectLine('replace', object, word)
}

/** Line that makes a group. */
export function addGroup(group: NextHopGroup): string {
  return groupLine('add', group)
}

/** Line that gives a group its present members, and with it all of its routes, in one step. */
export function replaceGroup(group: NextHopGroup): string {
  return groupLine('replace', group)
}

function objectLine(verb: string, { id, address }: NextHopObject, word: string): string {
  return `nexthop ${verb} id ${id} via ${address} dev ${word} proto ${PROTOCOL_BGP}`
}

function groupLine(verb: string, { id, members }: NextHopGroup): string {
  return `nexthop ${verb} id ${id} group ${members.map((member) => member.id).join('/')} proto ${PROTOCOL_BGP}`
}

/** Line that removes an object from all groups, or a group with its routes. */
export function deleteNextHop(id: number): string {
  return `nexthop del id ${id}`
}
