import {
  type Attributes,
  type Context,
  context,
  INVALID_TRACEID,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

// Spans go to whatever SDK the operator loaded with --import; without one these functions do next to nothing.
// No span holds a path, a parameter of a statement, an address or a message of an error: they may be personal.

/** Stands for the SDK's tracer from the moment one is registered. */
const tracer = trace.getTracer('clientele');

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const headersOf = {
  keys: (headers: Headers) => Object.keys(headers),
  get(headers: Headers, name: string) {
    const value = headers[name];
    return typeof value === 'string' ? value : value?.[0];
  },
};

/** What a request is traced as. */
export interface RequestTrace {
  /** Undefined where no SDK is loaded. */
  readonly traceId: string | undefined;
  /** Names the span by the pattern of the path and ends it. */
  end(method: string, route: string, status: number): void;
}

const untraced: RequestTrace = { traceId: undefined, end: () => {} };

/**
 * Runs the work of a request in a span: below the one that an instrumentation of HTTP has made, or else in the trace of the
 * caller (`traceparent`).
 */
export function traceRequest<T>(headers: Headers, work: (trace: RequestTrace) => Promise<T>): Promise<T> {
  const active = context.active();
  const parent = trace.getSpan(active) ? active : propagation.extract(active, headers, headersOf);
  const span = tracer.startSpan('request', { kind: SpanKind.SERVER }, parent);
  const { traceId } = span.spanContext();
  if (traceId === INVALID_TRACEID) return work(untraced);
  return context.with(trace.setSpan(parent, span), () =>
    work({ traceId, end: (method, route, status) => endRequest(span, method, route, status) }),
  );
}

function endRequest(span: Span, method: string, route: string, status: number): void {
  if (span.isRecording()) {
    span.updateName(`${method} ${route}`);
    span.setAttributes({
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
    });
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/** Runs a job in a trace of its own. */
export function traceJob<T>(queue: string, work: () => Promise<T>): Promise<T> {
  const attributes = () => ({ 'messaging.destination.name': queue });
  return inSpan(ROOT_CONTEXT, `job ${queue}`, SpanKind.CONSUMER, attributes, work);
}

/**
 * Runs a step of a request or a job in a span below it. Outside of both there is none: the job queue asks for work all
 * the time. `attributes` is called only if the span is recorded.
 */
export function traceStep<T>(
  name: string | (() => string),
  attributes: () => Attributes,
  work: () => Promise<T>,
): Promise<T> {
  const active = context.active();
  if (active === ROOT_CONTEXT || !trace.getSpan(active)) return work();
  return inSpan(active, typeof name === 'string' ? name : name(), SpanKind.CLIENT, attributes, work);
}

async function inSpan<T>(
  parent: Context,
  name: string,
  kind: SpanKind,
  attributes: () => Attributes,
  work: () => Promise<T>,
): Promise<T> {
  const span = tracer.startSpan(name, { kind }, parent);
  if (span.spanContext().traceId === INVALID_TRACEID) return work();
  if (span.isRecording()) span.setAttributes(attributes());
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
    throw error;
  } finally {
    span.end();
  }
}
