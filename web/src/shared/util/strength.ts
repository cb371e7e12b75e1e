/* How hard a password is to guess, roughly: bits of its characters, less for repeats, runs and what everybody takes. */

export type Strength = 0 | 1 | 2 | 3
export const minPasswordLength = 8

const common = ['password', '12345', 'qwert', 'letmein', 'iloveyou', 'admin', 'welcome', 'abc123', 'tintype']

export function passwordStrength(password: string, name = ''): Strength {
	if ([...password].length < minPasswordLength) return 0
	let pool = 0
	if (/[a-z]/.test(password)) pool += 26
	if (/[A-Z]/.test(password)) pool += 26
	if (/[0-9]/.test(password)) pool += 10
	if (/[^\sA-Za-z0-9\u0080-\uffff]/.test(password)) pool += 30
	if (/\s/.test(password)) pool += 4
	if (/[\u0080-\uffff]/.test(password)) pool += 200

	const codes = [...password].map((c) => c.codePointAt(0) ?? 0)
	const surprising = codes.filter((code, i) => {
		const before = codes[i - 1]
		return before === undefined || Math.abs(code - before) > 1
	}).length
	let bits = surprising * Math.log2(Math.max(pool, 2))
	const lower = password.toLowerCase()
	if (common.some((word) => lower.includes(word))) bits *= 0.45
	if (name.length > 2 && lower.includes(name.toLowerCase())) bits *= 0.5
	if (bits < 35) return 0
	if (bits < 50) return 1
	if (bits < 70) return 2
	return 3
}
