import { describe, expect, it } from 'vitest'
import { ageAt } from './age'

describe('ageAt', () => {
	it.each([
		['2010-05-20', '2019-05-19T23:59:59', 8],
		['2010-05-20', '2019-05-20T00:00:00', 9],
		['2010-05-20', '2010-12-01', 0],
		['2010-05-20', '2009-12-31', null],
		['2012-02-29', '2013-02-28', 0],
		[null, '2019-05-19', null],
		['2010-05-20', null, null],
	])('%s on %s', (born, day, age) => expect(ageAt(born, day)).toBe(age))
})
