/** Keys: one letter, or two in turn (`g q`). They are silent while somebody types. */
import { onScopeDispose, shallowReactive } from 'vue'

export interface Shortcut {
  keys: string
  /** The key of its description in the messages. */
  label: string
  run: () => void
}

const PAUSE_MS = 1200
export const shortcuts = shallowReactive(new Set<Shortcut>())

let before = ''
let at = 0

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))

/** Enter on a link or a button is meant for that. */
const pressing = (event: KeyboardEvent): boolean =>
  event.key === 'Enter' &&
  event.target instanceof HTMLElement &&
  event.target.closest('a, button, summary, [role="button"]') !== null

const covered = (): boolean =>
  document.querySelector('.el-overlay:not([style*="display: none"]) [role="dialog"]') !== null

window.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (typing(event.target) || pressing(event) || covered()) return
  const pair = Date.now() - at < PAUSE_MS ? `${before} ${event.key}` : event.key
  before = event.key
  at = Date.now()
  const found = [...shortcuts].reverse()
  const chosen =
    found.find(({ keys }) => keys === pair) ?? found.find(({ keys }) => keys === event.key)
  if (!chosen) return
  event.preventDefault()
  chosen.run()
})

/** Shortcuts for as long as the component lives; later ones go before earlier ones. */
export function useShortcuts(...given: Shortcut[]): void {
  for (const one of given) shortcuts.add(one)
  onScopeDispose(() => given.forEach((one) => shortcuts.delete(one)))
}
