/** Kinds of what is recorded; the first word is the area. */
export type AuditKind =
  | 'host.start' | 'host.stop'
  | 'model.load' | 'model.unload' | 'model.delete' | 'model.pack' | 'model.unpack'
  | 'download.start' | 'download.finish' | 'download.fail'
  | 'prompt.chat' | 'prompt.ask' | 'prompt.completion' | 'prompt.server'
  | 'file.read' | 'file.write'
  | 'context.refuse' | 'context.override'
  | 'egress.mode' | 'egress.grant' | 'egress.revoke' | 'egress.connect' | 'egress.refuse'
  | 'secret.add' | 'secret.rotate' | 'secret.use' | 'secret.expire' | 'secret.delete'
  | 'setting.change'
  | 'server.on' | 'server.off' | 'server.call' | 'server.refuse' | 'server.client-add' | 'server.client-revoke'
  | 'trust.grant' | 'trust.revoke'
  | 'vault.unlock' | 'vault.lock' | 'vault.refuse' | 'vault.slot-add' | 'vault.slot-remove' | 'vault.rekey' | 'vault.export' | 'vault.import' | 'vault.restore'
  | 'redaction.mask' | 'redaction.false-alarm'
  | 'audit.export' | 'audit.rotate' | 'audit.gap'
  | 'clock.jump'
  | 'self-test.run'
  | 'retention.apply'

export interface AuditEvent {
  kind: AuditKind
  /** Who caused it: `person`, or the feature that acted (`chat`, `completion`, `models`). */
  actor: string
  outcome: 'done' | 'allowed' | 'refused' | 'failed'
  /** What it was about: a path within its folder, a setting's key, a secret's name, a host. Never content. */
  subject?: string
  /** Counts, hashes, rules. Never content of prompts, files, terminals or secrets. */
  details?: Readonly<Record<string, string | number | boolean | null>>
}

/** The append-only record of what happened. */
export interface Audit {
  /**
   * Chains an entry. It is durable within 100 ms, or when `flush` returns. Throws STORAGE_LOCKED, STORAGE_FULL or STORAGE_DAMAGED where it is known that it
   * cannot be kept. What the vault itself refuses while it is locked waits for it to open.
   */
  record(event: AuditEvent): void
  /**
   * For what must not happen unrecorded: durable on return. Throws as `record`, and then the entry is taken back, since what it tells of does not happen.
   * Never call it within a transaction of the storage.
   */
  recordFirst(event: AuditEvent): void
  /** Durable on return; throws as `record`. Never call it within a transaction of the storage. */
  flush(): void
  /** HMAC-SHA-256 of a text under a key of the vault, as hex: the same text is known again, and a short one cannot be guessed. Null while the vault is locked. */
  digest(text: string): string | null
}
