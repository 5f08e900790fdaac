import { afterEach, expect, test, vi } from 'vitest'

import { newId } from '@/api/secure'

afterEach(() => vi.unstubAllGlobals())

test('an id is a UUID of version 4, also where a page came over plain http', () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  expect(newId()).toMatch(uuid)
  const { getRandomValues } = crypto
  vi.stubGlobal('crypto', { getRandomValues: getRandomValues.bind(crypto) })
  expect('randomUUID' in crypto).toBe(false)
  expect(newId()).toMatch(uuid)
  expect(newId()).not.toBe(newId())
})
