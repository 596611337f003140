// What ESLint asks of the browser code. `make lint` runs it; the app itself needs no node.

import js from "@eslint/js"
import globals from "globals"

export default [
  { ignores: [".venv/", "node_modules/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2024, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-undef": "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: ["assets/**", "tests/browser/**"], languageOptions: { globals: globals.browser } },
  // The index page calls it.
  {
    files: ["assets/frame/first_paint.js"],
    rules: { "no-unused-vars": ["error", { varsIgnorePattern: "^firstPaint$" }] },
  },
  { files: ["tests/js/**"], languageOptions: { globals: globals.node } },
]
