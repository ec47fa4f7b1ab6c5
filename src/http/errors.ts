// The one error class of the application. A code knows its status and its words (config/locales/*/errors.json);
// exactly one place (error-handler.ts) turns it into an answer. Unknown errors are never shown.

export interface AppErrorOptions {
  /** HTTP status, 400 to 599. */
  status: number;
  /** Values for the words of the code in the catalogue; shown to people, so never a secret or a token. */
  values?: Record<string, string | number>;
  /** Faults per form field, in words, for 400 and 422. */
  fields?: Record<string, string>;
  /** What the person had typed, given back to the form so that nothing is lost. */
  typed?: Record<string, string>;
  headers?: Record<string, string>;
  cause?: unknown;
}

export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly values: Record<string, string | number>;
  readonly fields: Record<string, string>;
  readonly typed: Record<string, string>;
  readonly headers: Record<string, string>;

  /** `code` is `area.reason`; the catalogue holds `errors:area.reason.title` and `errors:area.reason.text`. */
  constructor(code: string, options: AppErrorOptions) {
    super(
      describe(code, options.values),
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.name = 'AppError';
    this.code = code;
    this.status = options.status;
    this.values = options.values ?? {};
    this.fields = options.fields ?? {};
    this.typed = options.typed ?? {};
    this.headers = options.headers ?? {};
  }
}

/** True for an error that is ours and may be shown in its words. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}

function describe(code: string, values?: Record<string, string | number>): string {
  if (!values) return code;
  const pairs = Object.entries(values).map(([key, value]) => `${key}=${String(value)}`);
  return `${code} (${pairs.join(', ')})`;
}
