import { expect, it } from 'vitest'
import { passwordStrength } from './strength'

it.each([
	['', 0],
	['short', 0],
	['aaaaaaaaaaaaaaaa', 0],
	['abcdefghijkl', 0],
	['password123', 0],
	['tulip garden', 1],
	['correct horse battery', 3],
	['gT7#kq9!Zp', 2],
	['我的猫喜欢晒太阳呢', 2],
] as const)('%s', (password, want) => expect(passwordStrength(password)).toBe(want))

it('does not take the own name for a secret', () => {
	expect(passwordStrength('margarethe.w', 'margarethe')).toBeLessThan(passwordStrength('margarethe.w'))
})
