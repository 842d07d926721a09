import { useEffect, useRef, useState, type RefObject } from 'react'

/** How near the end counts as being there. */
const NEAR = 24

export interface FollowEnd {
  scroller: RefObject<HTMLDivElement | null>
  content: RefObject<HTMLDivElement | null>
  isAtEnd: boolean
  jump: () => void
}

/** Keeps the end in view while the person is there; someone who scrolled up to read is left alone. `subject` begins anew at the end. */
export function useFollowEnd(subject: unknown): FollowEnd {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const isFollowing = useRef(true)
  const [isAtEnd, setAtEnd] = useState(true)

  useEffect(() => {
    const box = scroller.current
    const inner = content.current
    if (!box || !inner) return
    isFollowing.current = true
    const toEnd = (): void => {
      if (isFollowing.current) box.scrollTop = box.scrollHeight
    }
    // Only a move upwards lets go: text that grew before its scroll event arrives must not.
    let top = box.scrollTop
    const onScroll = (): void => {
      if (box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR) isFollowing.current = true
      else if (box.scrollTop < top) isFollowing.current = false
      top = box.scrollTop
      setAtEnd(isFollowing.current)
    }
    const observer = new ResizeObserver(toEnd)
    observer.observe(inner)
    observer.observe(box)
    box.addEventListener('scroll', onScroll, { passive: true })
    toEnd()
    return () => {
      observer.disconnect()
      box.removeEventListener('scroll', onScroll)
    }
  }, [subject])

  return {
    scroller,
    content,
    isAtEnd,
    jump: () => {
      isFollowing.current = true
      setAtEnd(true)
      scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
    },
  }
}
