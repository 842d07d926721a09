import type { IncomingMessage, ServerResponse } from 'node:http'
import { OpenAPIGenerator } from '@orpc/openapi'
import { OpenAPIHandler } from '@orpc/openapi/node'
import { SmartCoercionPlugin } from '@orpc/json-schema'
import type { AnyRouter } from '@orpc/server'
import { BodyLimitPlugin } from '@orpc/server/node'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { contract } from '#shared/contract/index.ts'
import type { Log } from '../platform/log/log.ts'
import { sendJson } from './send-json.ts'
import { trace } from './trace.ts'

export const restPrefix = '/api/v1'
const largestBodyBytes = 128 * 1024 * 1024

export interface Rest {
  /** Answers a request below `/api/v1` whose sender has been checked. */
  answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void>
}

/** The same procedures as plain HTTP: `GET /api/v1/files/list?…`, `POST /api/v1/chat/ask`; streams as server-sent events. */
export function createRest(router: AnyRouter, log: Log, version: string): Rest {
  const converter = new ZodToJsonSchemaConverter()
  const handler = new OpenAPIHandler(router, {
    // Query parameters are text; the schema says which are numbers.
    plugins: [new SmartCoercionPlugin({ schemaConverters: [converter] }), new BodyLimitPlugin({ maxBodySize: largestBodyBytes })],
    clientInterceptors: [trace(log, 'rest')],
  })
  let document: Promise<unknown> | null = null
  const describe = async (): Promise<unknown> =>
    await new OpenAPIGenerator({ schemaConverters: [converter] }).generate(contract, {
      info: { title: 'Cortex', version, description: 'Everything the window does, for programs on the same machine. Streams are server-sent events.' },
      servers: [{ url: restPrefix }],
      security: [{ bearer: [] }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'The `token` that a start with --json prints.' } } },
    })
  return {
    async answer(path, request, response) {
      if (path === `${restPrefix}/openapi.json`) {
        document ??= describe()
        sendJson(response, 200, await document)
        return
      }
      response.setHeader('cache-control', 'no-store')
      response.setHeader('x-content-type-options', 'nosniff')
      response.setHeader('cross-origin-resource-policy', 'same-origin')
      const { matched } = await handler.handle(request, response, { prefix: restPrefix, context: {} })
      if (!matched) sendJson(response, 404, { reason: 'No procedure has this path and method.' })
    },
  }
}
