import { describe, expect, it } from 'vitest'

import { square, together, type Owner } from '@/pages/admin/ownership/matrix'

const area = { code: '610526001', path: ['610526', '610526001'] }

function owner(unit: string, given: Partial<Owner>): Owner {
  return {
    id: unit + JSON.stringify(given),
    unit: { id: unit, code: unit, name: unit },
    account: null,
    role: null,
    place: null,
    area: null,
    area_square_metres: null,
    category: null,
    valid_from: '2025-01-01T00:00:00Z',
    valid_to: null,
    ...given,
  } as Owner
}

const units = (owners: Owner[]) => owners.map(({ unit }) => unit?.id)

describe('the owner of a class in an area', () => {
  it('is who has the narrowest class, then the narrowest place', () => {
    const owners = [
      owner('city', {}),
      owner('big', { category: 'E01' }),
      owner('here', { category: 'E01', place: '610526001' }),
      owner('district', { category: 'E01', place: '610526' }),
    ]
    expect(units(square(owners, 'E0112', area).owners)).toEqual(['here'])
    expect(units(square(owners, 'E0201', area).owners)).toEqual(['city'])
  })

  it('are several when they have one rank', () => {
    const owners = [owner('a', { category: 'E01' }), owner('b', { category: 'E01' })]
    expect(units(square(owners, 'E0112', area).owners)).toEqual(['a', 'b'])
  })

  it('is nobody where no rule covers the whole area; what covers a part is told apart', () => {
    const owners = [owner('cell', { place: '610526001001001' }), owner('other', { place: '6106' })]
    const found = square(owners, 'E0112', area)
    expect(found.owners).toEqual([])
    expect(units(found.exceptions)).toEqual(['cell'])
  })

  it('is one for a big class only if all its classes agree', () => {
    const owners = [owner('city', {}), owner('one', { category: 'E0112' })]
    const squares = ['E0111', 'E0112'].map((code) => square(owners, code, area))
    expect(together(squares)).toBeNull()
    expect(units(together(squares.slice(0, 1))?.owners ?? [])).toEqual(['city'])
  })
})
