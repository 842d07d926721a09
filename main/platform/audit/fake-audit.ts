import type { Audit, AuditEvent } from './audit.ts'

/** An audit log in memory. */
export class FakeAudit implements Audit {
  readonly events: AuditEvent[] = []
  /** How many of them were durable at the last `flush`. */
  flushed = 0
  /** Thrown by the next `record`, as a disk that is full would. */
  fault: Error | null = null

  record(event: AuditEvent): void {
    if (this.fault) throw this.fault
    this.events.push(event)
  }

  recordFirst(event: AuditEvent): void {
    this.record(event)
    this.flush()
  }

  flush(): void {
    if (this.fault) throw this.fault
    this.flushed = this.events.length
  }

  digest(text: string): string | null {
    return `digest of ${text.length} characters`
  }

  kinds(): string[] {
    return this.events.map(event => event.kind)
  }
}
