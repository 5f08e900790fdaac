import { expect, test } from 'vitest'

import type { Schemas } from '@/api/client'
import { KEYS, offers, refusals } from '@/pages/case/moves'

const move = (name: string, command: string, allowed: boolean, title = '') =>
  ({
    name,
    command,
    allowed,
    label: name,
    to: null,
    problem: allowed ? null : { type: 'x', status: 409, title },
  }) as Schemas['MoveOut']

test('moves at one address are one offer, open if any of them is', () => {
  const [decide, ...others] = offers([
    move('refuse', 'decide', false, '不可'),
    move('extend', 'decide', true),
  ])
  expect(decide).toMatchObject({ command: 'decide', name: 'decide', allowed: true })
  expect(others).toEqual([])
})

test('the likeliest comes first, and evidence is offered elsewhere', () => {
  const found = offers([
    move('urge', 'urge', true),
    move('add_evidence', 'media', true),
    move('claim', 'claim', true),
    move('accept', 'accept', true),
    move('close', 'close', false, '状态不允许'),
  ])
  expect(found.map(({ command }) => command)).toEqual(['accept', 'close', 'claim', 'urge'])
  expect(found[1]?.why).toBe('状态不允许')
})

test('no letter of a move is one that the page itself uses', () => {
  for (const letter of Object.values(KEYS))
    expect('gnjkxp[]/?'.replace('k', '')).not.toContain(letter)
})

test('reasons that lie in the case come before those of its state and of other people’s duties', () => {
  const refused = (name: string, type: string): Schemas['MoveOut'] => ({
    ...move(name, name, false),
    problem: { type: `/problems/${type}`, status: 409, title: type },
  })
  const found = offers([
    refused('file', 'forbidden'),
    refused('take', 'illegal-move'),
    refused('dispatch', 'forbidden'),
    refused('close', 'no-after-photo'),
  ])
  expect(refusals(found)).toEqual([
    { why: 'no-after-photo', names: ['close'] },
    { why: 'illegal-move', names: ['take'] },
    { why: 'forbidden', names: ['file', 'dispatch'] },
  ])
})
