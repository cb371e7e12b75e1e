/* The tab key goes round inside `root` and never leaves it. */
export function keepFocusInside(event: KeyboardEvent, root: HTMLElement | undefined): void {
	const all = [
		...(root?.querySelectorAll<HTMLElement>('a[href], button:not(:disabled), input, video, [tabindex="0"]') ?? []),
	]
	const shown = all.filter((e) => e.getClientRects().length > 0)
	const edge = event.shiftKey ? shown[0] : shown.at(-1)
	const now = document.activeElement
	if (root?.contains(now) && now !== edge && now !== root) return
	event.preventDefault()
	const next = event.shiftKey ? shown.at(-1) : shown[0]
	next?.focus()
}
