import type { ModelRole } from '#shared/contract/models.ts'

/** What a model is used for now. */
export function RoleTags({ roles }: { roles: readonly ModelRole[] }) {
  if (roles.length === 0) return <span className="text-muted">none</span>
  return (
    <span className="flex flex-wrap gap-1">
      {roles.map(role => (
        <span key={role} className="rounded-small border border-line px-1.5 text-11 text-muted">
          {role}
        </span>
      ))}
    </span>
  )
}
