import { Braces, Cog, Database, File, FileArchive, FileCode, FileImage, FileKey, FileSymlink, FileTerminal, FileText, FileType, type LucideIcon } from 'lucide-react'
import type { FileEntry } from '#shared/contract/files.ts'

const groups: readonly (readonly [LucideIcon, string])[] = [
  [FileCode, 'ts tsx js jsx mjs cjs mts cts py rb rs go java kt kts c h cc cpp hpp cs swift php lua dart scala clj ex exs erl hs ml r jl vue svelte html htm xml css scss less sass sol zig nim vb fs pl graphql proto'],
  [Braces, 'json jsonc json5 webmanifest geojson'],
  [FileText, 'md mdx txt rst adoc org log csv tsv tex'],
  [FileImage, 'png jpg jpeg gif webp avif svg ico bmp tiff'],
  [FileTerminal, 'sh bash zsh fish ps1 bat cmd'],
  [Database, 'sql db sqlite sqlite3 parquet gguf'],
  [Cog, 'yml yaml toml ini conf cfg editorconfig env properties'],
  [FileArchive, 'zip gz tgz tar xz zst 7z rar jar'],
  [FileType, 'ttf otf woff woff2'],
  [FileKey, 'pem key crt cer'],
  [FileText, 'lock'],
]
const byEnding = new Map(groups.flatMap(([icon, endings]) => endings.split(' ').map(ending => [ending, icon] as const)))

/** The icon of a file, by its name alone. */
export function fileIcon(entry: Pick<FileEntry, 'name' | 'kind' | 'isLink'>): LucideIcon {
  if (entry.isLink) return FileSymlink
  const name = entry.name.toLowerCase()
  // A lock is the mark of a secret file.
  if (name === 'dockerfile' || name === 'makefile' || name.startsWith('.git') || name.startsWith('.env')) return Cog
  return byEnding.get(name.slice(name.lastIndexOf('.') + 1)) ?? File
}
