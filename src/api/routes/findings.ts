/** `/api/v1/findings` and `/api/v1/explain`: what is not as it should be, and why something is as it is. */

import type { FastifyInstance } from 'fastify'
import { type FindingSeverity, SEVERITIES } from '../../diagnose/model/finding.js'
import type { ApiContext } from '../http/context.js'
import { ApiError } from '../http/errors.js'
import { existingNeighbor } from './neighbors.js'

const FINDINGS_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    severity: {
      type: 'string',
      enum: [...SEVERITIES],
      description: 'Only findings of this severity, and worse ones',
    },
    neighbor: { type: 'string', maxLength: 128, description: 'Only findings about this neighbor' },
    id: { type: 'string', maxLength: 64, description: 'Only findings of this kind' },
  },
} as const

interface FindingsQuery {
  readonly severity?: FindingSeverity
  readonly neighbor?: string
  readonly id?: string
}

const EXPLAIN_QUERY = {
  type: 'object',
  additionalProperties: false,
  required: ['subject'],
  properties: {
    subject: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      description: "A neighbor, a prefix, a next hop, an address that a prefix covers, or 'host'",
    },
  },
} as const

export function findingRoutes(app: FastifyInstance, context: ApiContext): void {
  app.route<{ Querystring: FindingsQuery }>({
    method: 'GET',
    url: '/api/v1/findings',
    schema: { querystring: FINDINGS_QUERY },
    config: {
      document: {
        class: 'read',
        summary: 'What is not as it should be, the worst first',
        description: 'docs/findings.md has all kinds. Routes of large tables are not looked at one by one.',
        answer: { schema: 'Findings' },
        errors: { 404: 'No such neighbor', 409: 'Several neighbors have the address' },
      },
    },
    handler: async ({ query: { severity = 'note', neighbor, id } }) => {
      const key = neighbor && existingNeighbor(context, neighbor).key
      const most = SEVERITIES.indexOf(severity)
      const findings = context
        .findings()
        .filter((finding) => SEVERITIES.indexOf(finding.severity) <= most)
        .filter(({ subject }) => !key || (subject.type === 'neighbor' && subject.key === key))
        .filter((finding) => id === undefined || finding.id === id)
      return { findings }
    },
  })
  app.route<{ Querystring: { readonly subject: string } }>({
    method: 'GET',
    url: '/api/v1/explain',
    schema: { querystring: EXPLAIN_QUERY },
    config: {
      document: {
        class: 'read',
        summary: 'Why a neighbor, a prefix, a next hop or this machine is as it is',
        answer: { schema: 'Explanation' },
        errors: { 404: 'Nothing of that name' },
      },
    },
    handler: async ({ query: { subject } }) => {
      const explanation = context.explain(subject)
      if (explanation !== undefined) return explanation
      const hint = '/api/v1/neighbors lists neighbors, /api/v1/routes prefixes'
      throw new ApiError(404, 'unknown_subject', `Neither neighbor, prefix nor next hop: ${subject}`, hint)
    },
  })
}
