type MetricAttributes = Readonly<Record<string, string | number>>

/** OpenTelemetry's meter, as far as it is needed. */
export interface OtelMeter {
  createHistogram(
    name: string,
    options: object,
  ): { record(value: number, attributes: MetricAttributes): void }
  createObservableCounter(
    name: string,
    options: object,
  ): {
    addCallback(
      observe: (result: { observe(value: number, attributes: MetricAttributes): void }) => void,
    ): void
  }
}

export interface OtelMeterProvider {
  getMeter(name: string, version?: string): OtelMeter
}
