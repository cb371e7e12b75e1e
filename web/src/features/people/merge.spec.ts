import { person } from '@/shared/util/peopleTesting'
import { describe, expect, it } from 'vitest'
import { staysOf } from './merge'

describe('staysOf', () => {
	it.each([
		['a name before more faces', [person(1, { faces: 9 }), person(2, { name: 'Ann', faces: 1 })], undefined, 2],
		['what it was dropped on', [person(1, { faces: 9 }), person(2, { faces: 1 })], 2, 2],
		['a name before what it was dropped on', [person(1), person(2, { name: 'Ann' })], 1, 2],
		['most faces', [person(1, { faces: 2 }), person(2, { faces: 5 })], undefined, 2],
	])('%s', (_, people, wished, stays) => expect(staysOf(people, wished)).toBe(stays))
})
