import { expect, test } from 'vitest'

import type { Schemas } from '@/api/client'
import { commandOf, complete, fieldsOf, shared } from '@/components/moves/forms'

const a = (status: string, pending: string | null = null) =>
  ({ status, pending }) as Schemas['IncidentOut']

test('what was left empty is not sent, and moments are the city’s', () => {
  const draft = { reason: '待配件', until: '2026-12-01 08:00', co: [], note: '' }
  expect(commandOf(draft, 'Asia/Shanghai')).toEqual({
    reason: '待配件',
    until: '2026-12-01T00:00:00.000Z',
  })
})

test('a command goes when all that it needs is there', () => {
  expect(complete('reject', {})).toBe(false)
  expect(complete('reject', { reason: '  ' })).toBe(false)
  expect(complete('reject', { reason: '不属城管职责' })).toBe(true)
  expect(complete('urge', {})).toBe(true)
  expect(complete('decide', { approved: true })).toBe(true)
  expect(complete('decide', { approved: false })).toBe(false)
  expect(complete('place', { place: { lon: 1, lat: 2, crs: 'wgs84' } })).toBe(true)
})

test('a command without a form of its own takes a note', () => {
  expect(fieldsOf('urge').map(({ name }) => name)).toEqual(['note'])
})

test('cases are moved together only by what the states of all allow', () => {
  const names = (...cases: Schemas['IncidentOut'][]) => shared(cases).map(({ name }) => name)
  expect(names(a('reported'), a('reported'))).toContain('accept')
  expect(names(a('reported'), a('filed'))).toEqual(['claim', 'unclaim', 'urge', 'supervise'])
  expect(names(a('handling', 'extension'))).toContain('decide')
  expect(names(a('handling'))).not.toContain('decide')
  expect(names(a('merged'))).toEqual([])
})
