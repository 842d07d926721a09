let tree: HTMLElement | null = null
let isWanted = false

/** The tree tells where it stands, so that commands can bring the focus to it. */
export function setTreeElement(element: HTMLElement | null): void {
  tree = element
  if (element && isWanted) focusTree()
}

/** Puts the focus on the tree, at once or when it is drawn. */
export function focusTree(): void {
  isWanted = tree === null
  tree?.focus()
}
