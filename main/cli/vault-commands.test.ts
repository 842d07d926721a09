import { expect, test } from 'vitest'
import { CommandLine } from '../../tests/support/command-line.ts'

const cortex = new CommandLine()

test('the vault from the command line: a passphrase, a code, and a code where the passphrase was wanted', { timeout: 120_000 }, async () => {
  expect(await cortex.runWith('four words of nonsense\n', 'vault', 'passphrase')).toBe(0)
  expect(await cortex.runWith('', 'vault', 'status')).toBe(0)
  expect(cortex.out).toContain('The vault is locked: it needs its passphrase.')
  expect(await cortex.runWith('0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ-0123\n', 'vault', 'unlock')).toBe(2)
  expect(cortex.errors).toContain('cortex vault unlock --recovery-code')
  expect(await cortex.runWith('not the passphrase\n', 'vault', 'unlock')).toBe(1)
  expect(cortex.errors).toContain('This is not its passphrase.')
  expect(await cortex.runWith('four words of nonsense\n', 'vault', 'unlock')).toBe(0)
  expect(cortex.out).toBe('The vault is open.\n')
})
