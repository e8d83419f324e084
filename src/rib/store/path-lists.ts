/** The two doubly linked lists that a path is in: that of its prefix and that of its source. */
import type { PathStore } from './paths.js'
import type { PrefixRows } from './prefix-rows.js'
import type { SourceRow } from './sources.js'

/** Puts a path at the front of its prefix's list. */
export function pushOfPrefix(paths: PathStore, rows: PrefixRows, path: number): void {
  const prefix = paths.prefix[path]
  const head = rows.head[prefix]
  paths.nextOfPrefix[path] = head
  paths.previousOfPrefix[path] = 0
  if (head !== 0) paths.previousOfPrefix[head] = path
  rows.head[prefix] = path
}

/** Puts a path behind another of the same prefix. */
export function insertOfPrefix(paths: PathStore, path: number, behind: number): void {
  const next = paths.nextOfPrefix[behind]
  paths.nextOfPrefix[path] = next
  paths.previousOfPrefix[path] = behind
  paths.nextOfPrefix[behind] = path
  if (next !== 0) paths.previousOfPrefix[next] = path
}

/** Takes a path out of its prefix's list. */
export function unlinkOfPrefix(paths: PathStore, rows: PrefixRows, path: number): void {
  const next = paths.nextOfPrefix[path]
  const previous = paths.previousOfPrefix[path]
  if (previous !== 0) paths.nextOfPrefix[previous] = next
  else rows.head[paths.prefix[path]] = next
  if (next !== 0) paths.previousOfPrefix[next] = previous
}

/** Puts a path at the end of its source's list: the place of fresh ones. */
export function appendOfSource(paths: PathStore, row: SourceRow, path: number): void {
  const tail = row.tail
  paths.previousOfSource[path] = tail
  paths.nextOfSource[path] = 0
  if (tail !== 0) paths.nextOfSource[tail] = path
  else row.head = path
  row.tail = path
}

/** Takes a path out of its source's list. */
export function unlinkOfSource(paths: PathStore, row: SourceRow, path: number): void {
  const next = paths.nextOfSource[path]
  const previous = paths.previousOfSource[path]
  if (previous !== 0) paths.nextOfSource[previous] = next
  else row.head = next
  if (next !== 0) paths.previousOfSource[next] = previous
  else row.tail = previous
}
