/** In the order of the page; each is the id of a section there. */
const links = [
  { id: 'models-loaded', title: 'Loaded' },
  { id: 'models-installed', title: 'On this machine' },
  { id: 'models-catalogue', title: 'Catalogue' },
  { id: 'models-roles', title: 'Roles' },
  { id: 'models-add', title: 'Add' },
  { id: 'models-presets', title: 'Presets' },
  { id: 'models-server', title: 'Server' },
  { id: 'models-machine', title: 'This machine' },
] as const

export type SectionId = (typeof links)[number]['id']

/** The page is several screens long: one press leads to each part of it, and the keyboard goes on from there. */
export function SectionLinks() {
  return (
    <nav aria-label="Sections of this page" className="scroll-shown flex h-9 shrink-0 items-center gap-x-1 overflow-x-auto border-b border-line px-6 @max-[560px]:px-2">
      {links.map(({ id, title }) => (
        <button key={id} type="button" onClick={() => show(id)} className="focus-inset h-6 shrink-0 rounded-control px-2 text-12 whitespace-nowrap text-muted hover:bg-hover hover:text-text">
          {title}
        </button>
      ))}
    </nav>
  )
}

function show(id: SectionId): void {
  const section = document.getElementById(id)
  section?.scrollIntoView({ block: 'start' })
  section?.querySelector('h2')?.focus({ preventScroll: true })
}
