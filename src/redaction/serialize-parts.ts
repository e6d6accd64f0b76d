/** A getter's exception, standing in for the value that it did not give. */
export class Fault {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

/** A value that has been written already. */
export class Written {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}
