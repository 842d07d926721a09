import Sqlite from 'better-sqlite3-multiple-ciphers'
import { keepTemporaryInMemory } from '#shared/database-pragmas.ts'
import type { Clock } from '../clock/clock.ts'
import { systemClock } from '../clock/clock.ts'
import { migrate } from './open-storage.ts'
import { SqliteStorage } from './sqlite-storage.ts'
import type { Storage } from './storage.ts'

/** The same database in memory, gone when it is closed. */
export function openFakeStorage(clock: Clock = systemClock): Storage {
  const database = new Sqlite(':memory:')
  keepTemporaryInMemory(database)
  migrate(database, ':memory:')
  return new SqliteStorage(database, ':memory:', clock)
}
