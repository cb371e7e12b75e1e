/* Languages: chosen by the browser, overruled by the user, kept on this device. */
import { createI18n } from 'vue-i18n'
import { keep, kept } from '../util/kept'
import { en } from './en'
import { zh } from './zh'

export const languages = [
	{ code: 'en', name: 'English' },
	{ code: 'zh', name: '中文' },
] as const
export type Language = (typeof languages)[number]['code']

const known = (code: string | null | undefined): code is Language => languages.some((l) => l.code === code)

export function chooseLanguage(stored: string | null, wanted: readonly string[]): Language {
	if (known(stored)) return stored
	for (const tag of wanted) {
		const code = tag.toLowerCase().split('-')[0]
		if (known(code)) return code
	}
	return 'en'
}

export const i18n = createI18n({
	legacy: false,
	locale: chooseLanguage(kept('language'), navigator.languages),
	fallbackLocale: 'en',
	messages: { en, zh },
})
document.documentElement.lang = i18n.global.locale.value

export function setLanguage(code: Language): void {
	i18n.global.locale.value = code
	document.documentElement.lang = code
	keep('language', code)
}
