import { effectScope } from 'vue'
import { afterEach, expect, test, vi } from 'vitest'

import { shortcuts, useShortcuts } from '@/composables/shortcuts'

const press = (key: string, target: EventTarget = window) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))

afterEach(() => {
  shortcuts.clear()
  document.body.innerHTML = ''
})

test('two keys in turn go before the second alone', () => {
  const both = vi.fn()
  const alone = vi.fn()
  effectScope().run(() =>
    useShortcuts({ keys: 'g q', label: '', run: both }, { keys: 'q', label: '', run: alone }),
  )
  press('g')
  press('q')
  expect(both).toHaveBeenCalledOnce()
  expect(alone).not.toHaveBeenCalled()
  press('q')
  expect(alone).toHaveBeenCalledOnce()
})

test('nothing happens while somebody types', () => {
  const run = vi.fn()
  effectScope().run(() => useShortcuts({ keys: 'n', label: '', run }))
  const field = document.body.appendChild(document.createElement('input'))
  press('n', field)
  expect(run).not.toHaveBeenCalled()
})

test('Enter on a link or a button is left to it', () => {
  const run = vi.fn()
  effectScope().run(() => useShortcuts({ keys: 'Enter', label: '', run }))
  press('Enter', document.body.appendChild(document.createElement('button')))
  expect(run).not.toHaveBeenCalled()
  press('Enter', document.body)
  expect(run).toHaveBeenCalledOnce()
})

test('shortcuts end with the page that brought them', () => {
  const run = vi.fn()
  const scope = effectScope()
  scope.run(() => useShortcuts({ keys: 'n', label: '', run }))
  scope.stop()
  press('n')
  expect(run).not.toHaveBeenCalled()
})
