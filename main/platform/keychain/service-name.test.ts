import { expect, it } from 'vitest'
import { nameOfProcess, serviceName } from './service-name.ts'

it('names what answers by what it is', () => {
  expect(serviceName('gnome-keyring-d')).toBe('GNOME Keyring')
  expect(serviceName('kwalletd6')).toBe('Secret Service (KWallet)')
  expect(serviceName('something')).toBe('Secret Service')
  expect(nameOfProcess(process.pid)).toBe('Secret Service')
  expect(nameOfProcess(2 ** 30)).toBe('Secret Service')
})
