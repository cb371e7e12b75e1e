import { expect, it } from 'vitest'
import { chooseLanguage, i18n } from '.'
import { en } from './en'
import { zh } from './zh'

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, prefix = ''): [string, string][] {
	return Object.entries(tree).flatMap(([key, value]) =>
		typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
	)
}
const english = flat(en)
const chinese = new Map(flat(zh))

it('has the same keys in both languages', () => {
	expect([...chinese.keys()].sort()).toEqual(english.map(([key]) => key).sort())
})

it.each(english)('%s: same names to fill in, same number of forms, nothing empty', (key, text) => {
	const other = chinese.get(key) ?? ''
	const names = (s: string) => [...new Set(s.match(/\{\w+\}/g) ?? [])].sort()
	expect(other.trim()).not.toBe('')
	expect(names(other)).toEqual(names(text))
	expect(other.split(' | ').length).toBe(text.split(' | ').length)
})

it('translates what is not a name', () => {
	const same = english.filter(([key, text]) => chinese.get(key) === text).map(([key]) => key)
	expect(same).toEqual(['app.name'])
})

it.each([
	['zh', ['en-GB'], 'zh'],
	[null, ['fr-FR', 'zh-Hant-TW', 'en'], 'zh'],
	[null, ['en-US', 'zh'], 'en'],
	['xx', ['fr'], 'en'],
	[null, [], 'en'],
] as const)('kept %s, wanted %o: %s', (stored, wanted, want) => expect(chooseLanguage(stored, wanted)).toBe(want))

it('counts in words', () => {
	const { t } = i18n.global
	expect([0, 1, 12].map((n) => t('common.photos', n))).toEqual(['no photos', '1 photo', '12 photos'])
})
