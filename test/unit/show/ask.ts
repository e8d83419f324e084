import { type RenderOptions, render } from '../../../src/show/render.js'
import { parseShow } from '../command/parse.js'
import { type Content, source } from './fixtures.js'

/** The whole answer to a command line without the word `show`. */
export async function ask(
  line: string,
  content: Content = {},
  dialect: RenderOptions['dialect'] = 'ruijie',
): Promise<string> {
  const parsed = parseShow(line.split(' '))
  if ('error' in parsed) throw new Error(parsed.error)
  let text = ''
  for await (const chunk of render(parsed.show, source(content), { json: parsed.json, dialect }))
    text += chunk
  return text
}
