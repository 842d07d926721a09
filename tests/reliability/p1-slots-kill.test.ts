import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openVault } from '../../main/platform/vault/open-vault.ts'

const rounds = process.env['CORTEX_SOAK'] ? 500 : 25
const latestKillMilliseconds = 200

/** Lets the slots be changed for a random moment and kills; the last recovery code that was told, null where it was removed. */
async function changeAndKill(folder: string): Promise<{ code: string | null; told: number }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../support/slots-host.ts'), folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', chunk => (output += String(chunk)))
  // On a slow disk a change takes longer than the moment: some stand before it.
  const standing = 1 + Math.floor(Math.random() * 4)
  while (output.split('\n').length - 1 < standing) await new Promise(resolve => child.stdout.once('data', resolve))
  await new Promise(resolve => setTimeout(resolve, Math.random() * latestKillMilliseconds))
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
  const lines = output.split('\n').slice(0, -1).map(line => JSON.parse(line) as { code?: string | null })
  return { code: lines.at(-1)?.code ?? null, told: lines.length - 1 }
}

test(`a vault killed at ${rounds} random moments of changes to its slots opens with the same keys`, { timeout: 600_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-slots-'))
  try {
    const first = await openVault(folder)
    const keys = first.vault.key('database')
    let changes = 0
    for (let round = 0; round < rounds; round++) {
      const { told } = await changeAndKill(folder)
      changes += told
      const { vault } = await openVault(folder)
      expect(vault.isOpen, `round ${round}`).toBe(true)
      expect(vault.key('database')).toEqual(keys)
      // Of a key that was being renewed, both are still there.
      vault.settle('files', vault.candidates('files')[0] ?? keys)
    }
    process.stdout.write(`vault slots: ${rounds} kills over ${changes} changes, all opened\n`)
    expect(changes).toBeGreaterThan(rounds / 2)
    expect(readdirSync(folder).filter(name => name.endsWith('.json') || name.endsWith('.key')).sort()).toEqual(['vault.json', 'vault.key'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
