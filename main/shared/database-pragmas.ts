/** All that this needs of a database: the host and the keeper's process share no code of SQLite. */
interface Pragmas {
  pragma(source: string): unknown
}

/**
 * What SQLite puts aside while it sorts, copies or undoes stays in memory. In a file, in the system's folder for temporary ones, it would
 * be content that nothing encrypts. Whoever opens a database calls this first.
 */
export function keepTemporaryInMemory(database: Pragmas): void {
  database.pragma('temp_store = MEMORY')
}

/** The same, and the key: that of a database and its salt, 48 bytes as hexadecimal digits. */
export function applyKey(database: Pragmas, key: string): void {
  keepTemporaryInMemory(database)
  database.pragma(`cipher = 'sqlcipher'`)
  database.pragma(`key = "x'${key}'"`)
}
