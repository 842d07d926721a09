import type { ContextGate, GateRequest, Judgement } from './context-gate.ts'

/** A gate that refuses the paths a test names, unless they are overridden. */
export class FakeContextGate implements ContextGate {
  readonly secret = new Set<string>()
  readonly asked: GateRequest<{ path: string; text: string }>[] = []

  async judge<T extends { path: string; text: string }>(request: GateRequest<T>): Promise<(T & Judgement)[]> {
    this.asked.push(request)
    return request.items.map(item => {
      if (!this.secret.has(item.path)) return { ...item, label: 'internal', rule: 'default', decision: 'sent' }
      return { ...item, label: 'secret', rule: 'a test', decision: request.overrides.includes(item.path) ? 'overridden' : 'refused' }
    })
  }
}
