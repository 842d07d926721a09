import type { Audit, AuditEvent } from './audit.ts'

/** An audit log in memory. */
export class FakeAudit implements Audit {
  readonly events: AuditEvent[] = []
  /** Thrown by the next `record`, as a disk that is full would. */
  fault: Error | null = null

  record(event: AuditEvent): void {
    if (this.fault) throw this.fault
    this.events.push(event)
  }

  flush(): void {}

  digest(text: string): string | null {
    return `digest of ${text.length} characters`
  }

  kinds(): string[] {
    return this.events.map(event => event.kind)
  }
}
