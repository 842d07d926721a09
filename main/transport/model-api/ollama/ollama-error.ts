import { faultStatuses } from '../api-error.ts'
import type { Provider } from '../exchange.ts'

export const ollama: Provider = {
  status: ({ kind }) => faultStatuses[kind],
  body: ({ message }) => ({ error: message }),
  piece: ({ message }) => ({ kind: 'lines', text: `${JSON.stringify({ error: message })}\n` }),
}
