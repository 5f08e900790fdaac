import { describe, expect, it } from 'vitest'

import type { Schemas } from '@/api/client'
import { asQuery, fits } from '@/map/filters'

const one = {
  status: 'filed',
  source: 'hotline',
  category: { code: 'E0112' },
  cell: { code: '610526001001006' },
  clock: { light: 'yellow' },
  reported_at: '2026-11-24T08:00:00Z',
} as Schemas['IncidentOut']

describe('the filters of a map', () => {
  it('become the query of a list, without what is not set', () => {
    const query = asQuery({ status: ['filed', 'handling'], category: 'E01', ended: false })
    expect(query.toString()).toBe('status=filed&status=handling&category=E01')
  })

  it('let pass what they name', () => {
    expect(fits(one, {})).toBe(true)
    expect(
      fits(one, { status: ['filed'], category: 'E01', area: '610526001', light: 'yellow' }),
    ).toBe(true)
  })

  it('keep out each that differs', () => {
    expect(fits(one, { status: ['handling'] })).toBe(false)
    expect(fits(one, { category: 'C01' })).toBe(false)
    expect(fits(one, { light: 'red' })).toBe(false)
    expect(fits(one, { reported_from: '2026-11-24T08:00:01Z' })).toBe(false)
    expect(fits(one, { reported_to: '2026-11-24T08:00:00Z' })).toBe(false)
  })

  it('keep out ended cases unless they are asked for', () => {
    const closed = { ...one, status: 'closed' } as typeof one
    expect(fits(closed, {})).toBe(false)
    expect(fits(closed, { ended: true })).toBe(true)
  })
})
