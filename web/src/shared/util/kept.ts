/* What this device keeps of the user's choices. A browser that refuses storage just forgets. */

export function kept(name: string): string | null {
	try {
		return localStorage.getItem(`tintype.${name}`)
	} catch {
		return null
	}
}

export function keep(name: string, value: string): void {
	try {
		localStorage.setItem(`tintype.${name}`, value)
	} catch {
		// private mode: the choice lasts for this page only
	}
}
