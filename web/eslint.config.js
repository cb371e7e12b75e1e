import prettier from 'eslint-config-prettier'
import pluginVue from 'eslint-plugin-vue'
import a11y from 'eslint-plugin-vuejs-accessibility'
import { readdirSync } from 'node:fs'
import ts from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'

// The direction of imports: app -> features -> shared -> api. A feature never knows another.
const features = readdirSync(new URL('./src/features', import.meta.url))
const forbid = (...group) => ({
	'no-restricted-imports': ['error', { patterns: [{ group, message: 'see web/README.md, layers' }] }],
})
const others = (own) =>
	features.filter((f) => f !== own).flatMap((f) => [`@/features/${f}`, `@/features/${f}/**`, `../${f}/**`])

export default ts.config(
	{ ignores: ['dist', 'node_modules', 'src/api/schema.ts'] },
	...ts.configs.recommended,
	...pluginVue.configs['flat/recommended'],
	...a11y.configs['flat/recommended'],
	{
		files: ['**/*.vue'],
		languageOptions: { parser: vueParser, parserOptions: { parser: ts.parser } },
	},
	prettier,
	{
		rules: {
			'vue/multi-word-component-names': 'off',
			'vue/attributes-order': 'off',
			// A static style attribute is refused by the server's content policy.
			'vue/no-static-inline-styles': 'error',
			'vuejs-accessibility/label-has-for': 'off',
			'vuejs-accessibility/media-has-caption': 'off',
			'vuejs-accessibility/no-static-element-interactions': 'off',
			'no-restricted-globals': ['error', 'fetch', 'XMLHttpRequest', 'EventSource'],
			'max-lines': ['error', 400],
		},
	},
	{
		files: ['src/api/**'],
		rules: { 'no-restricted-globals': 'off', ...forbid('@/app/**', '@/features/**', '@/shared/**') },
	},
	{ files: ['src/shared/**'], rules: forbid('@/app/**', '@/features/**', '**/features/**') },
	...features.map((own) => ({ files: [`src/features/${own}/**`], rules: forbid('@/app/**', ...others(own)) })),
)
