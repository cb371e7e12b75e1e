import { describe, expect, it } from 'vitest'
import { labelName } from './labels'

describe('labels', () => {
	it.each([
		['cat', 'en', 'cat'],
		['cat', 'zh', '猫'],
		['police officer', 'zh', '警察'],
		['not in the table', 'zh', 'not in the table'],
	])('%s in %s is %s', (name, language, wanted) => {
		expect(labelName(name, language)).toBe(wanted)
	})
})
