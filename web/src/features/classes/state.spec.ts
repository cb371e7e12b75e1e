import type { OwnClass } from '@/api/client'
import { i18n } from '@/shared/i18n'
import { expect, it } from 'vitest'
import { stateOf } from './state'

const { t } = i18n.global
const own = (put_in: number, learnt: Partial<NonNullable<OwnClass['learnt']>> | null, judged = 0): OwnClass => ({
	id: 1,
	name: 'Our garden',
	created_at: 0,
	removed: false,
	count: put_in,
	guessed: 0,
	cover: null,
	put_in,
	kept_out: 0,
	judged,
	precision: judged ? 0.8 : null,
	examples_needed: 10,
	fresh: false,
	learnt: learnt && {
		version: 1,
		made_at: 0,
		used: true,
		put_in,
		kept_out: 0,
		others: 100,
		found: 0.9,
		others_taken: 0,
		...learnt,
	},
})

it.each([
	[own(9, null), '1 more photo is needed before others are found.'],
	[own(4, null), '6 more photos are needed before others are found.'],
	[own(10, null), 'Learning…'],
	[own(10, {}), 'Of the examples, 90% are found when they are left out. Say no to what does not belong.'],
	[
		own(10, {}, 1),
		'Of the examples, 90% are found when they are left out; of one photo that was found, 80% belongs.',
	],
	[own(10, {}, 5), 'Of the examples, 90% are found when they are left out; of 5 photos that were found, 80% belong.'],
	[
		own(10, { used: false, found: null }),
		'Too hard to tell so far (0% of the examples found): more examples may help.',
	],
])('%#', (some, text) => expect(stateOf(some, t, 'en')).toBe(text))
