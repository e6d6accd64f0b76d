import { randomBytes } from 'node:crypto'

/** Values that must not come out, one for each way in. */
export type CanaryName = (typeof canaryNames)[number]

export const canaryNames = [
  'password',
  'authorization',
  'nested',
  'urlPassword',
  'queryKey',
  'errorMessage',
  'errorConfig',
  'interpolated',
  'jsonText',
  'jwt',
  'card',
  'binding',
  'serializerPassword',
  'serializerToken',
  'serializerHeader',
  'serializerUrl',
] as const

export type Canaries = Readonly<Record<CanaryName, string>>

/** How a canary is planted, for people. */
export const canaryPlaces: Readonly<Record<CanaryName, string>> = {
  password: 'a field called password',
  authorization: 'a header authorization',
  nested: 'a field credentials.secret three levels down',
  urlPassword: 'the password of a URL',
  queryKey: 'a query parameter api_key in a message',
  errorMessage: "a connection string in an error's message and stack",
  errorConfig: 'headers of the request on an error, as HTTP clients put them there',
  interpolated: 'password=%s in a message',
  jsonText: 'JSON inside of a text',
  jwt: 'a JSON Web Token under a harmless name',
  card: 'a card number under a harmless name',
  binding: 'a binding of a child logger',
  serializerPassword: 'a field password of what a serializer gets',
  serializerToken: 'a field token of what a serializer gets',
  serializerHeader: 'a header of what a serializer gets',
  serializerUrl: 'the URL of what a serializer gets',
}

/** New ones for each run, so that nothing can know them. */
export function makeCanaries(): Canaries {
  const make = (name: CanaryName): string => {
    if (name === 'card') return '4242424242424242'
    const random = randomBytes(15).toString('base64url')
    if (name !== 'jwt') return `k9-${random}`
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: random })}.${randomBytes(32).toString('base64url')}`
  }
  return Object.fromEntries(canaryNames.map((name) => [name, make(name)])) as Canaries
}
