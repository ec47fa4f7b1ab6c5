// What the demo LMS wants of a log.
export interface DemoLog {
  info(o: object, msg: string): void;
  warn(o: object, msg: string): void;
}
