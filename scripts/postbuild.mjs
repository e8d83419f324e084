// Makes the command that package.json's `bin` names executable; npm does so for an installed package only.
import { chmodSync } from 'node:fs'

chmodSync(new URL('../dist/cli/main.js', import.meta.url), 0o755)
