import { expect, it } from 'vitest'
import { averageColour } from './blurhash'

it('reads the mean colour', () => {
	expect(averageColour('LEHV6nWB2yk8pyo0adR*.7kCMdnj')).toMatch(/^rgb\(\d+, \d+, \d+\)$/)
	expect(averageColour('00TSUA')).toBe('rgb(255, 255, 255)')
})
it.each(['', 'L', '   "  ', 'L"""""'])('takes "%s" for no colour', (hash) =>
	expect(averageColour(hash)).toBeUndefined(),
)
