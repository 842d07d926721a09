import type { Database, Statement } from 'better-sqlite3-multiple-ciphers'
import type { Clock } from '../clock/clock.ts'
import type { EventStore, StoredEvent } from './storage.ts'

interface Row {
  position: number
  kind: string
  data: string
  at: number
}

export class SqliteEvents implements EventStore {
  readonly #clock: Clock
  readonly #guard: <T>(work: () => T) => T
  readonly #append: Statement<[string, string, string, number]>
  readonly #read: Statement<[string, number], Row>
  readonly #streams: Statement<[string], { stream: string }>
  readonly #erase: Statement<[string]>
  readonly #firstBetween: Statement<[number, number], { first: number | null }>

  constructor(database: Database, clock: Clock, guard: <T>(work: () => T) => T) {
    this.#clock = clock
    this.#guard = guard
    this.#append = database.prepare('INSERT INTO events (stream, kind, data, at) VALUES (?, ?, ?, ?)')
    this.#read = database.prepare('SELECT position, kind, data, at FROM events WHERE stream = ? AND position > ? ORDER BY position')
    this.#streams = database.prepare('SELECT DISTINCT stream FROM events WHERE stream >= ? ORDER BY stream')
    this.#firstBetween = database.prepare('SELECT min(position) AS first FROM events WHERE at BETWEEN ? AND ?')
    this.#erase = database.prepare('DELETE FROM events WHERE stream = ?')
  }

  append(stream: string, kind: string, data: unknown): StoredEvent {
    const at = this.#clock.now()
    const text = JSON.stringify(data)
    const { lastInsertRowid } = this.#guard(() => this.#append.run(stream, kind, text, at.getTime()))
    return { position: Number(lastInsertRowid), stream, kind, data: JSON.parse(text) as unknown, at }
  }

  read(stream: string, afterPosition = 0): StoredEvent[] {
    const rows = this.#guard(() => this.#read.all(stream, afterPosition))
    return rows.map(row => ({ position: row.position, stream, kind: row.kind, data: JSON.parse(row.data) as unknown, at: new Date(row.at) }))
  }

  streams(prefix: string): string[] {
    const found: string[] = []
    this.#guard(() => {
      for (const { stream } of this.#streams.iterate(prefix)) {
        if (!stream.startsWith(prefix)) break
        found.push(stream)
      }
    })
    return found
  }

  firstBetween(from: Date, to: Date): number | null {
    return this.#guard(() => this.#firstBetween.get(from.getTime(), to.getTime()))?.first ?? null
  }

  erase(stream: string): void {
    this.#guard(() => this.#erase.run(stream))
  }
}
