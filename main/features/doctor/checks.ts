import type { Check } from '#shared/contract/doctor.ts'

export function ok(name: string, found: string): Check {
  return { name, status: 'ok', found, next: null }
}

export function warning(name: string, found: string, next: string | null): Check {
  return { name, status: 'warning', found, next }
}

export function problem(name: string, found: string, next: string | null): Check {
  return { name, status: 'problem', found, next }
}
